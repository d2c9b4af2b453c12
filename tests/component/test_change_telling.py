"""Who is asked and who is told: phones, satellites, and the pages of Home Assistant."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.components import conversation
from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant, ServiceCall
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockUser, async_mock_service

from custom_components.homelab_assistant.assistant_core.models.change import Proposal, Step
from custom_components.homelab_assistant.household import HOUSEHOLD
from demo.faults import Fault, FaultKind, FaultProxy
from demo.github import GitHubSimulator
from tests.component.conftest import PATIENCE, Ahead, quiet_now

DOMAIN = "homelab_assistant"
AGENT = "conversation.homelab_assistant"
KITCHEN = "assist_satellite.kitchen"
PHONE = "notify.mobile_app_anna"


@pytest.fixture
def phone(hass: HomeAssistant) -> list[ServiceCall]:
    """What was sent to the administrator's phone."""
    return async_mock_service(hass, "notify", "mobile_app_anna")


@pytest.fixture
def announced(hass: HomeAssistant) -> list[ServiceCall]:
    """What was said in the kitchen unasked."""
    return async_mock_service(hass, "assist_satellite", "announce")


@pytest.fixture
def speak(hass: HomeAssistant, hub: ConfigEntry) -> Callable[..., Awaitable[str]]:
    """Say something to the satellite in the kitchen, to which nobody is logged in."""

    async def say(text: str, *, satellite: str = KITCHEN, user: MockUser | None = None) -> str:
        result = await conversation.async_converse(
            hass, text, None, Context(user_id=user.id if user else None), agent_id=AGENT, satellite_id=satellite
        )
        await told(hass)
        return result.response.speech["plain"]["speech"]

    return say


async def told(hass: HomeAssistant) -> None:
    """Wait until everybody was told."""
    await hass.async_block_till_done()
    while tellers := [each for each in asyncio.all_tasks() if each.get_name().startswith(f"{DOMAIN} tell")]:
        await asyncio.gather(*tellers, return_exceptions=True)
        await hass.async_block_till_done()


async def press(hass: HomeAssistant, action: str, user: MockUser | None) -> None:
    hass.bus.async_fire(
        "mobile_app_notification_action", {"action": action}, context=Context(user_id=user.id if user else None)
    )
    await hass.async_block_till_done()
    await told(hass)


def happens(hass: HomeAssistant, step: Step) -> Callable[[], Awaitable[Proposal]]:
    """Listen from now on; returns how to wait until that step was told."""
    desk = hass.data[HOUSEHOLD].office.desk
    heard: asyncio.Queue[Proposal] = asyncio.Queue()
    stop = desk.subscribe(heard.put_nowait)

    async def wait() -> Proposal:
        async with asyncio.timeout(PATIENCE):
            while (proposal := await heard.get()).step is not step:
                pass
        stop()
        await told(hass)
        return proposal

    return wait


def actions(call: ServiceCall) -> list[str]:
    return [each["action"] for each in call.data["data"]["actions"]]


def shown(hass: HomeAssistant) -> list[str]:
    return [each["message"] for each in _async_get_or_create_notifications(hass).values()]


async def test_a_satellite_asks_the_phones_and_the_yes_there_counts(
    hass: HomeAssistant,
    choose: Any,
    speak: Any,
    phone: list[ServiceCall],
    announced: list[ServiceCall],
    hass_admin_user: MockUser,
    github: GitHubSimulator,
) -> None:
    await choose(telling={"notify": [PHONE]})
    asked = await speak("Scale jellyfin to 3")
    code = asked.partition('"confirm ')[2].rstrip('".')
    assert phone == []

    answer = await speak(f"Confirm {code}")
    assert answer.startswith("Only an administrator can approve a change.")
    (question,) = phone
    assert question.data["message"].startswith("Jellyfin in media: replicas from 1 to 3, one line in ")
    assert question.data["message"].endswith("low risk.")
    approve, show, reject = actions(question)
    (proposal,) = hass.data[HOUSEHOLD].office.desk.awaiting
    assert (approve, show, reject) == (f"HOMELAB_APPROVE:{proposal.hash}", "URI", f"HOMELAB_REJECT:{proposal.hash}")

    await press(hass, approve, hass_admin_user)
    assert len(github.hub.pulls) == 1
    assert [call.data["message"] for call in announced] == [
        "Jellyfin in media: replicas from 1 to 3: pull request 1 opened."
    ]
    assert announced[0].data["entity_id"] == KITCHEN
    assert phone[-1].data["message"] == announced[0].data["message"]
    assert phone[-1].data["data"]["tag"] == question.data["data"]["tag"]


async def test_a_phone_is_as_good_as_whoever_holds_it(
    hass: HomeAssistant,
    choose: Any,
    speak: Any,
    phone: list[ServiceCall],
    hass_admin_user: MockUser,
    github: GitHubSimulator,
) -> None:
    await choose(telling={"notify": [PHONE]})
    code = (await speak("Scale jellyfin to 3")).partition('"confirm ')[2].rstrip('".')
    await speak(f"Confirm {code}")
    approve, _, reject = actions(phone[0])
    child = MockUser(groups=[await hass.auth.async_get_group(GROUP_ID_USER)]).add_to_hass(hass)
    gone = MockUser(is_owner=True, is_active=False).add_to_hass(hass)
    deleted = MockUser(is_owner=True)

    for user in (child, gone, deleted, None):
        await press(hass, approve, user)
    await press(hass, "HOMELAB_APPROVE:" + "0" * 64, hass_admin_user)
    await press(hass, "HOMELAB_APPROVE", hass_admin_user)
    assert github.hub.pulls == []
    assert any("Only an administrator" in message for message in shown(hass))

    await press(hass, reject, hass_admin_user)
    assert phone[-1].data["message"] == "clear_notification"
    await press(hass, approve, hass_admin_user)
    assert github.hub.pulls == []


async def test_what_is_pressed_while_nothing_is_set_up_is_answered(
    hass: HomeAssistant, repository: ConfigEntry, hass_admin_user: MockUser
) -> None:
    await hass.config_entries.async_unload(repository.entry_id)
    await press(hass, "HOMELAB_APPROVE:" + "0" * 64, hass_admin_user)
    assert any(message.startswith("Nothing is connected yet") for message in shown(hass))


@pytest.mark.usefixtures("repository")
async def test_without_a_phone_the_question_stands_on_our_own_pages(hass: HomeAssistant, speak: Any) -> None:
    code = (await speak("Scale jellyfin to 3")).partition('"confirm ')[2].rstrip('".')
    await speak(f"Confirm {code}")
    assert any(message.startswith("Jellyfin in media: replicas from 1 to 3") for message in shown(hass))


async def test_a_phone_that_cannot_be_asked_does_not_hide_the_question(
    hass: HomeAssistant, choose: Any, speak: Any
) -> None:
    hass.services.async_register("notify", "pager", lambda _: None, probatio.Schema({"message": str}))
    await choose(telling={"notify": ["notify.pager", "notify.nobody"]})
    code = (await speak("Scale jellyfin to 3")).partition('"confirm ')[2].rstrip('".')
    await speak(f"Confirm {code}")
    assert any(message.startswith("Jellyfin in media: replicas from 1 to 3") for message in shown(hass))


async def test_a_trusted_satellite_approves_by_the_code_alone(
    hass: HomeAssistant, choose: Any, speak: Any, github: GitHubSimulator
) -> None:
    await choose(approval={"trusted_satellites": [KITCHEN]})
    code = (await speak("Scale jellyfin to 3")).partition('"confirm ')[2].rstrip('".')

    await speak(f"Confirm {code}", satellite="assist_satellite.hall")
    await speak("Confirm")
    await speak("yes")
    assert github.hub.pulls == []

    assert (await speak(f"Confirm {code}")).startswith("Pull request 1 is open")


async def test_a_trusted_satellite_that_hears_the_code_too_late_only_asks(
    clock: Ahead, choose: Any, speak: Any, phone: list[ServiceCall], github: GitHubSimulator
) -> None:
    await choose(approval={"trusted_satellites": [KITCHEN]}, telling={"notify": [PHONE]})
    code = (await speak("Scale jellyfin to 3")).partition('"confirm ')[2].rstrip('".')
    clock.by = timedelta(seconds=121)

    assert (await speak(f"Confirm {code}")).startswith("Only an administrator can approve a change.")
    assert len(phone) == 1
    assert github.hub.pulls == []


@pytest.mark.usefixtures("hurry")
async def test_what_becomes_of_it_is_said_where_it_was_asked(
    hass: HomeAssistant,
    choose: Any,
    speak: Any,
    announced: list[ServiceCall],
    on_github: Any,
    github: GitHubSimulator,
) -> None:
    await choose(approval={"trusted_satellites": [KITCHEN]})
    code = (await speak("Scale jellyfin to 3")).partition('"confirm ')[2].rstrip('".')
    failed, merged = happens(hass, Step.CHECKS_FAILED), happens(hass, Step.MERGED)
    await speak(f"Confirm {code}")
    assert announced == []  # the answer said it

    await on_github("checks", commit=github.hub.pulls[0].head_sha, name="lint", conclusion="failure")
    await failed()
    await on_github("pulls/1/merge")
    await merged()

    assert [call.data["message"] for call in announced] == [
        "Jellyfin in media: replicas from 1 to 3: its checks failed: Checks failed: lint.",
        "Jellyfin in media: replicas from 1 to 3: merged.",
    ]


@pytest.mark.usefixtures("hurry")
async def test_quiet_hours_are_quiet(
    hass: HomeAssistant,
    choose: Any,
    speak: Any,
    phone: list[ServiceCall],
    announced: list[ServiceCall],
    on_github: Any,
) -> None:
    await choose(approval={"trusted_satellites": [KITCHEN]}, telling={"notify": [PHONE], **quiet_now()})
    code = (await speak("Scale jellyfin to 3")).partition('"confirm ')[2].rstrip('".')
    merged = happens(hass, Step.MERGED)
    await speak(f"Confirm {code}")
    await on_github("pulls/1/merge")
    await merged()

    assert announced == []
    assert "Jellyfin in media: replicas from 1 to 3: merged." in shown(hass)
    assert phone[-1].data["data"]["push"] == {"interruption-level": "passive"}


@pytest.mark.usefixtures("hurry")
async def test_a_forge_that_stays_away_is_told_of_once(
    hass: HomeAssistant,
    choose: Any,
    speak: Any,
    phone: list[ServiceCall],
    announced: list[ServiceCall],
    hass_admin_user: MockUser,
    github_proxy: FaultProxy,
) -> None:
    await choose(telling={"notify": [PHONE]})
    await speak("Scale jellyfin to 3")
    desk = hass.data[HOUSEHOLD].office.desk
    (proposal,) = desk.awaiting
    await github_proxy.inject(Fault(kind=FaultKind.REFUSE))
    moves: asyncio.Queue[Proposal] = asyncio.Queue()
    stop = desk.subscribe(moves.put_nowait)
    await press(hass, f"HOMELAB_APPROVE:{proposal.hash}", hass_admin_user)
    while (retry := (await moves.get()).retry) is None or retry.count < 3:
        pass
    stop()
    await told(hass)
    assert len(announced) == len(phone) == 1
    assert "its pull request has to wait" in announced[0].data["message"]


async def test_a_phone_that_cannot_be_reached_stops_nothing(
    hass: HomeAssistant, choose: Any, speak: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await choose(telling={"notify": [PHONE]})
    code = (await speak("Scale jellyfin to 3")).partition('"confirm ')[2].rstrip('".')
    await speak(f"Confirm {code}")
    assert "notify.mobile_app_anna did not reach anybody" in caplog.text
    assert any(message.startswith("Jellyfin in media") for message in shown(hass))
