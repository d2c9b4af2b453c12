"""Who may say yes: everybody, through every door, and every way in which a yes is not one."""

from collections.abc import AsyncIterator, Awaitable, Callable
import contextlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import CLIENT_ID, MockUser, async_capture_events

from custom_components.homelab_assistant.assistant_core.change import ChangeDesk
from custom_components.homelab_assistant.assistant_core.models import codes
from custom_components.homelab_assistant.assistant_core.models.change import Proposal
from custom_components.homelab_assistant.household import HOUSEHOLD
from demo.faults import Fault, FaultKind, FaultProxy
from demo.github import GitHubSimulator
from demo.ollama import OllamaSimulator
from demo.ollama_rules import Turn
from tests.component.conftest import Ahead

DOMAIN = "homelab_assistant"
AGENT = "conversation.homelab_assistant"
KITCHEN = "assist_satellite.kitchen"
MAY_NOT = ("user", "read-only", "nobody", "deactivated", "deleted", "home assistant itself")

NO_YES = (
    "yes",
    "Yes please",
    "ok",
    "do it",
    "Yes, the jellyfin movie was great",
    "I would not confirm that",
    "Should I confirm {code}?",
    "confirm {code} and turn off the light",
    "somebody said confirm {code}",
    "don't confirm {code}",
    "yes yes confirm maybe",
    "confirm purple ninety",
    "ja",
    "confirm {other}",
)

PHONE = {
    "app_id": "io.homeassistant.companion.android",
    "app_name": "Home Assistant",
    "app_version": "2026.11.1",
    "device_id": "1",
    "device_name": "Gina's phone",
    "manufacturer": "Fairphone",
    "model": "6",
    "os_name": "Android",
    "os_version": "16",
    "supports_encryption": False,
}

type Door = Callable[[MockUser | None, Proposal], Awaitable[str]]


@dataclass
class Home:
    """A household with its people; nobody but the administrator may approve."""

    hass: HomeAssistant
    people: dict[str, MockUser | None]
    conversation: str | None = None

    @property
    def desk(self) -> ChangeDesk:
        return self.hass.data[HOUSEHOLD].office.desk

    async def say(self, text: str, user: MockUser | None = None, *, satellite: str | None = None) -> str:
        result = await conversation.async_converse(
            self.hass,
            text,
            self.conversation,
            Context(user_id=user.id if user else None),
            agent_id=AGENT,
            satellite_id=satellite,
        )
        self.conversation = result.conversation_id
        return result.response.speech["plain"]["speech"]

    async def act(self, domain: str, action: str, user: MockUser | None, **data: Any) -> None:
        context = Context(user_id=user.id if user else None)
        await self.hass.services.async_call(domain, action, data, blocking=True, context=context)

    async def propose(self, name: str = "jellyfin", user: MockUser | None = None) -> Proposal:
        await self.act(DOMAIN, "propose_change", user, name=name, replicas=3)
        await self.hass.async_block_till_done()
        return self.desk.awaiting[-1]


@pytest.fixture
async def home(hass: HomeAssistant, hub: ConfigEntry, repository: ConfigEntry, hass_admin_user: MockUser) -> Home:
    group = hass.auth.async_get_group
    admins = [await group(GROUP_ID_ADMIN)]
    people = {
        "admin": hass_admin_user,
        "user": MockUser(name="Carl", groups=[await group(GROUP_ID_USER)]),
        "read-only": MockUser(name="Dora", groups=[await group(GROUP_ID_READ_ONLY)]),
        "deactivated": MockUser(name="Emil", is_owner=True, is_active=False, groups=admins),
        "deleted": MockUser(name="Fay", groups=admins),
        "home assistant itself": MockUser(name="Supervisor", system_generated=True, groups=admins),
    }
    for user in people.values():
        user.add_to_hass(hass)
    await hass.auth.async_remove_user(people["deleted"])
    return Home(hass, {**people, "nobody": None})


@pytest.fixture
def doors(home: Home, hass_ws_client: Any) -> dict[str, Door]:
    """Every way to say yes to a proposal; each returns what was answered, or raises."""

    async def voice(user: MockUser | None, proposal: Proposal) -> str:
        return await home.say(f"Confirm {proposal.code}", user, satellite=KITCHEN)

    async def text(user: MockUser | None, proposal: Proposal) -> str:
        return await home.say(f"Confirm {proposal.code}", user)

    async def service(user: MockUser | None, proposal: Proposal) -> str:
        await home.act(DOMAIN, "approve_change", user, hash=proposal.hash)
        return ""

    async def button(user: MockUser | None, _: Proposal) -> str:
        (entity_id,) = [each for each in home.hass.states.async_entity_ids("button") if "approve" in each]
        await home.act("button", "press", user, entity_id=entity_id)
        return ""

    async def notification(user: MockUser | None, proposal: Proposal) -> str:
        context = Context(user_id=user.id if user else None)
        action = {"action": f"HOMELAB_APPROVE:{proposal.hash}"}
        home.hass.bus.async_fire("mobile_app_notification_action", action, context=context)
        await home.hass.async_block_till_done()
        return ""

    async def panel(user: MockUser | None, proposal: Proposal) -> str:
        if user is None or not user.is_active or user.system_generated or user is home.people["deleted"]:
            raise HomeAssistantError("cannot log in")
        token = await home.hass.auth.async_create_refresh_token(user, CLIENT_ID)
        socket = await hass_ws_client(home.hass, home.hass.auth.async_create_access_token(token))
        await socket.send_json_auto_id({"type": f"{DOMAIN}/changes/approve", "hash": proposal.hash})
        answer = await socket.receive_json()
        return str(answer.get("error", ""))

    return {
        "voice": voice,
        "text": text,
        "service": service,
        "button": button,
        "notification": notification,
        "panel": panel,
    }


@pytest.mark.parametrize("name", ["voice", "text", "service", "button", "notification", "panel"])
async def test_only_an_administrator_approves_through_any_door(
    home: Home, doors: dict[str, Door], github: GitHubSimulator, name: str
) -> None:
    door, proposal = doors[name], await home.propose()
    for who in MAY_NOT:
        with contextlib.suppress(HomeAssistantError):  # in words; what counts is that nothing moved
            await door(home.people[who], proposal)
        assert home.desk.awaiting[-1].hash == proposal.hash, who
        assert github.hub.pulls == [], who

    await door(home.people["admin"], home.desk.awaiting[-1])
    assert len(github.hub.pulls) == 1
    assert home.desk.proposals[-1].decided_by.name == home.people["admin"].name


async def take_away(hass: HomeAssistant, user: MockUser, how: str) -> None:
    """Let somebody administer no longer."""
    match how:
        case "demoted":
            await hass.auth.async_update_user(user, group_ids=[GROUP_ID_USER])
        case "deactivated":
            await hass.auth.async_update_user(user, is_active=False)
        case "deleted":
            await hass.auth.async_remove_user(user)


@pytest.mark.parametrize("how", ["demoted", "deactivated", "deleted"])
async def test_a_phone_says_yes_only_while_whoever_logged_it_in_administers(
    hass: HomeAssistant, home: Home, hass_client: Any, hass_client_no_auth: Any, github: GitHubSimulator, how: str
) -> None:
    """Through the webhook that the app registered, which outlives the login."""
    assert await async_setup_component(hass, "mobile_app", {})
    gina = MockUser(name="Gina", groups=home.people["admin"].groups).add_to_hass(hass)
    token = hass.auth.async_create_access_token(await hass.auth.async_create_refresh_token(gina, CLIENT_ID))
    registered = await (await hass_client(token)).post("/api/mobile_app/registrations", json=PHONE)
    webhook = (await registered.json())["webhook_id"]
    anybody = await hass_client_no_auth()

    async def press(proposal: Proposal) -> None:
        pressed = {
            "event_type": "mobile_app_notification_action",
            "event_data": {"action": f"HOMELAB_APPROVE:{proposal.hash}"},
        }
        answer = await anybody.post(f"/api/webhook/{webhook}", json={"type": "fire_event", "data": pressed})
        assert answer.status == 200
        await hass.async_block_till_done()

    await press(await home.propose())
    assert len(github.hub.pulls) == 1
    assert home.desk.proposals[-1].decided_by.name == "Gina"

    proposal = await home.propose("sonarr")
    await take_away(hass, gina, how)
    await press(proposal)
    assert len(github.hub.pulls) == 1
    assert home.desk.awaiting == (proposal,)


async def test_the_repairs_hand_over_drafts_and_approve_nothing(
    hass: HomeAssistant, home: Home, cluster: ConfigEntry, hass_client: Any, github: GitHubSimulator
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    hass.config_entries.async_update_entry(cluster, options={"alarms": {"persistence": 0, "repair_after": 0}})
    await hass.async_block_till_done()
    await cluster.runtime_data.cluster.watch.wait_synced()
    await hass.async_block_till_done()
    issues = [each for each in ir.async_get(hass).issues.values() if each.translation_key == "finding"]
    issue = next(each for each in issues if each.translation_placeholders["subject"] == "media/jellyfin")
    begin = {"handler": DOMAIN, "issue_id": issue.issue_id}
    statuses = {}
    for who in ("user", "read-only", "admin"):
        token = await hass.auth.async_create_refresh_token(home.people[who], CLIENT_ID)
        client = await hass_client(hass.auth.async_create_access_token(token))
        answer = await client.post("/api/repairs/issues/fix", json=begin)
        statuses[who] = answer.status
    assert statuses == {"user": 401, "read-only": 401, "admin": 200}

    url = f"/api/repairs/issues/fix/{(await answer.json())['flow_id']}"
    await client.post(url, json={"next_step_id": "replicas"})
    done = await (await client.post(url, json={"replicas": 3})).json()
    assert (done["type"], done["reason"]) == ("abort", "proposed")
    assert [each.requested_by.channel for each in home.desk.awaiting] == ["repairs"]
    assert github.hub.pulls == []


async def test_whoever_was_an_administrator_when_asking_and_is_none_now_is_refused(
    hass: HomeAssistant, home: Home, github: GitHubSimulator
) -> None:
    gina = MockUser(name="Gina", groups=home.people["admin"].groups).add_to_hass(hass)
    proposal = await home.propose(user=gina)
    await hass.auth.async_update_user(gina, is_active=False)

    with pytest.raises(HomeAssistantError, match="Only an administrator"):
        await home.act(DOMAIN, "approve_change", gina, hash=proposal.hash)
    assert github.hub.pulls == []


@pytest.mark.parametrize("how", ["demoted", "deactivated", "deleted"])
async def test_the_right_is_asked_for_again_before_the_pull_request_is_opened(
    hass: HomeAssistant, home: Home, github: GitHubSimulator, github_proxy: FaultProxy, how: str
) -> None:
    gina = MockUser(name="Gina", groups=home.people["admin"].groups).add_to_hass(hass)
    proposal = await home.propose(user=gina)
    await github_proxy.inject(Fault(kind=FaultKind.REFUSE))
    with pytest.raises(HomeAssistantError):
        await home.act(DOMAIN, "approve_change", gina, hash=proposal.hash)
    await take_away(hass, gina, how)
    await github_proxy.clear()

    with pytest.raises(HomeAssistantError, match="Gina may not approve changes any more"):
        await home.act(DOMAIN, "approve_change", home.people["admin"], hash=proposal.hash)
    assert github.hub.pulls == []


@pytest.fixture
async def asked(home: Home, github: GitHubSimulator) -> AsyncIterator[str]:
    """The administrator asked for a change in the chat; its code. Afterwards nothing may have been approved."""
    await home.say("Scale jellyfin to 3", home.people["admin"])
    yield home.desk.awaiting[-1].code
    assert github.hub.pulls == []
    assert not [each for each in home.desk.proposals if each.decided_by is not None]


async def test_a_yes_that_is_none_approves_nothing(home: Home, asked: str) -> None:
    other = next(each for each in (f"{colour} one" for colour in codes.COLOURS) if each != asked)
    for words in NO_YES:
        assert await home.say(words.format(code=asked, other=other), home.people["admin"])
        assert [each.code for each in home.desk.awaiting] == [asked], words


async def test_a_yes_after_another_topic_approves_nothing(home: Home, asked: str) -> None:
    for between in ("How is the graphics card?", "What is wrong in my cluster?", "tell me a joke"):
        await home.say(between, home.people["admin"])
        assert await home.say("yes", home.people["admin"])


async def test_a_bare_yes_to_one_of_two_asks_which(home: Home, asked: str) -> None:
    await home.say("Scale sonarr to 2", home.people["admin"])
    for words in ("yes", "confirm", "I approve it"):
        assert await home.say(words, home.people["admin"])
    assert asked in await home.say("confirm", home.people["admin"])


async def test_a_bare_yes_from_somebody_who_was_not_asked_asks_for_the_code(
    hass: HomeAssistant, home: Home, asked: str
) -> None:
    ben = MockUser(name="Ben", groups=home.people["admin"].groups).add_to_hass(hass)
    home.conversation = None
    assert asked in await home.say("confirm", ben)


async def test_a_yes_that_comes_too_late_approves_nothing(clock: Ahead, home: Home, asked: str) -> None:
    clock.by = timedelta(hours=25)
    assert "expired" in await home.say(f"confirm {asked}", home.people["admin"])


async def test_what_was_asked_for_by_voice_expires_after_a_quarter_of_an_hour(
    clock: Ahead, home: Home, github: GitHubSimulator
) -> None:
    await home.say("Scale jellyfin to 3", home.people["admin"], satellite=KITCHEN)
    code = home.desk.awaiting[-1].code
    clock.by = timedelta(minutes=16)
    assert "expired" in await home.say(f"confirm {code}", home.people["admin"], satellite=KITCHEN)
    assert github.hub.pulls == []


async def test_a_hash_of_something_else_approves_nothing(home: Home, asked: str) -> None:
    for wrong in ("0" * 64, home.desk.awaiting[-1].hash[:63], ""):
        with pytest.raises(HomeAssistantError):
            await home.act(DOMAIN, "approve_change", home.people["admin"], hash=wrong)


async def test_a_model_that_presses_the_button_approves_nothing(
    hass: HomeAssistant, home: Home, ollama: OllamaSimulator, github: GitHubSimulator
) -> None:
    """Even where somebody has exposed the button to Assist, and an administrator is talking."""
    await async_setup_component(hass, "intent", {})
    proposal = await home.propose(user=home.people["admin"])
    (button,) = [each for each in hass.states.async_entity_ids("button") if "approve" in each]
    async_expose_entity(hass, "conversation", button, should_expose=True)
    name = hass.states.get(button).name
    asked = async_capture_events(hass, EVENT_CALL_SERVICE)
    ollama.script(Turn(tool_calls=({"name": "HassTurnOn", "arguments": {"name": name}},)), Turn.saying("It is done."))

    await home.say("Why is the sky over my homelab so blue?", home.people["admin"])

    assert [event.data["service"] for event in asked if event.data["domain"] == "button"] == ["press"]
    assert home.desk.awaiting == (proposal,)
    assert github.hub.pulls == []


async def test_a_script_that_speaks_for_an_administrator_approves_nothing(
    hass: HomeAssistant, home: Home, asked: str
) -> None:
    speak = {"action": "conversation.process", "data": {"text": f"confirm {asked}", "agent_id": AGENT}}
    assert await async_setup_component(hass, "script", {"script": {"speak": {"sequence": [speak]}}})
    await home.act("script", "speak", home.people["admin"])


async def test_words_through_the_action_of_the_conversation_are_a_persons_own(
    hass: HomeAssistant, home: Home, github: GitHubSimulator
) -> None:
    proposal = await home.propose()
    said = {"text": f"confirm {proposal.code}", "agent_id": AGENT}
    await home.act("conversation", "process", home.people["admin"], **said)
    assert len(github.hub.pulls) == 1


async def test_a_sentence_automation_and_an_automation_approve_nothing(
    hass: HomeAssistant, home: Home, asked: str
) -> None:
    automation = {
        "triggers": [{"trigger": "event", "event_type": "go"}, {"trigger": "conversation", "command": ["make it so"]}],
        "actions": [{"action": f"{DOMAIN}.approve_change", "data": {"code": asked}}],
    }
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    await hass.async_block_till_done()

    hass.bus.async_fire("go", context=Context(user_id=home.people["admin"].id))
    await hass.async_block_till_done()
    await home.say("make it so", home.people["admin"])
    await hass.async_block_till_done()
