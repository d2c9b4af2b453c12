"""The actions for changes: every operation, lists, undoing, and who is taken for a person."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser, async_capture_events
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.homelab_assistant.assistant_core.models.change import ProposalState
from custom_components.homelab_assistant.const import EVENT_CHANGE
from demo.github import GitHubSimulator
from tests.component.conftest import Act

DOMAIN = "homelab_assistant"
PLANS = [
    {"operation": "set_replicas", "name": "jellyfin", "replicas": 2},
    {"operation": "restart", "name": "jellyfin"},
    {"operation": "set_image", "name": "sonarr", "tag": "4.0.99"},
    {"operation": "set_resources", "name": "jellyfin", "memory_limit": "3Gi"},
    {"operation": "set_env", "name": "sonarr", "variable": "TZ", "value": "Europe/Vienna"},
    {"operation": "set_chart_version", "name": "grafana", "version": "9.9.9"},
    {"operation": "add_app", "name": "whoami", "template": "web", "image": "traefik/whoami:v1.11", "port": 80},
]


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan["operation"])
async def test_every_operation_can_be_proposed_as_a_plan(act: Act, plan: dict[str, Any]) -> None:
    proposed = await act("propose_change", plan=plan)

    assert (proposed["state"], proposed["operation"]) == ("awaiting", plan["operation"])
    assert proposed["diff"]
    assert proposed["risk"] in {"low", "medium", "high"}


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("variable", "value"), [pytest.param("PUID", "1001", id="beside"), pytest.param("DB_PASSWORD", None, id="itself")]
)
async def test_a_secret_that_stands_in_the_repository_is_shown_to_nobody(
    hass: HomeAssistant,
    act: Act,
    edited: Any,
    hass_ws_client: WebSocketGenerator,
    variable: str,
    value: str | None,
) -> None:
    secret = "correct-horse-battery"
    with_secret = f"- {{name: DB_PASSWORD, value: {secret}}}\n        - {{name: PUID".encode()
    await edited("apps/media/sonarr/sonarr.yaml", b"- {name: PUID", with_secret)
    happened = async_capture_events(hass, EVENT_CHANGE)

    proposed = await act(
        "propose_change", plan={"operation": "set_env", "name": "sonarr", "variable": variable, "value": value}
    )
    await hass.async_block_till_done()
    client = await hass_ws_client()
    await client.send_json_auto_id({"type": f"{DOMAIN}/changes/show", "change": proposed["id"]})
    details = (await client.receive_json())["result"]

    assert "[redacted]" in details["diff"]
    told = [proposed, await act("list_changes", history=True), details, *(event.data for event in happened)]
    states = [f"{state.state} {state.attributes}" for state in hass.states.async_all()]
    assert [each for each in (*map(str, told), *states) if secret in each] == []


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("plan", [{}, {"operation": "delete_everything"}, {"operation": "restart", "force": True}])
async def test_a_plan_that_is_none_is_refused_in_words(act: Act, plan: dict[str, Any]) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await act("propose_change", plan=plan)
    assert refused.value.translation_domain == DOMAIN


@pytest.mark.usefixtures("repository")
async def test_any_change_that_is_understood_aloud_is_understood_here(hass: HomeAssistant, act: Act) -> None:
    await hass.async_block_till_done(wait_background_tasks=True)  # the names are read from the repository
    proposed = await act("propose_change", text="Give jellyfin 3 gigabytes of memory")
    assert (proposed["operation"], proposed["words"]) == ("set_resources", "Give jellyfin 3 gigabytes of memory")


@pytest.mark.usefixtures("repository")
async def test_changes_are_listed_the_latest_first_with_their_history(act: Act) -> None:
    await act("propose_change", name="jellyfin", replicas=3)
    second = await act("propose_change", name="sonarr", replicas=2)
    await act("reject_change", hash=second["hash"])

    everything = await act("list_changes", history=True)
    waiting = await act("list_changes", state=["awaiting"], limit=5)

    assert [each["name"] for each in everything["changes"]] == ["sonarr", "jellyfin"]
    assert [line["step"] for line in everything["changes"][0]["history"]] == ["asked", "rejected"]
    assert [each["name"] for each in waiting["changes"]] == ["jellyfin"]


@pytest.mark.usefixtures("hurry")
async def test_what_was_merged_last_is_undone_by_another_pull_request(
    act: Act, github: GitHubSimulator, on_github: Any, reached: Any
) -> None:
    with pytest.raises(ServiceValidationError, match="nothing to undo"):
        await act("revert_change")
    proposed = await act("propose_change", name="jellyfin", replicas=3)
    await act("approve_change", hash=proposed["hash"])
    await on_github("pulls/1/merge")
    await reached(ProposalState.MERGED)

    undone = await act("revert_change")
    assert (undone["state"], undone["before"], undone["after"]) == ("awaiting", "3", "1")
    await act("approve_change", hash=undone["hash"])
    assert len(github.hub.pulls) == 2


@pytest.mark.usefixtures("repository")
async def test_a_script_that_an_administrator_starts_approves_nothing(
    hass: HomeAssistant, act: Act, hass_admin_user: MockUser, github: GitHubSimulator
) -> None:
    await act("propose_change", name="jellyfin", replicas=3)
    call = {"action": f"{DOMAIN}.approve_change"}
    assert await async_setup_component(hass, "script", {"script": {"say_yes": {"sequence": [call]}}})

    with pytest.raises(ServiceValidationError, match="not a script"):
        await hass.services.async_call(
            "script", "say_yes", {}, blocking=True, context=Context(user_id=hass_admin_user.id)
        )
    assert github.hub.pulls == []


@pytest.mark.usefixtures("repository")
async def test_what_is_told_of_a_change_is_told_in_the_language_of_the_house(
    hass: HomeAssistant, repository: ConfigEntry, act: Act
) -> None:
    hass.config.language = "de"
    await hass.config_entries.async_unload(repository.entry_id)
    await hass.config_entries.async_setup(repository.entry_id)

    stopped = await act("propose_change", name="sonarr", replicas=0)
    assert stopped["reasons"] == ["Sie hält Deployment media/sonarr an."]
    added = await act("propose_change", plan=PLANS[-1])
    assert any(note.startswith("Sie kommt nach apps/") for note in added["notes"])


@pytest.mark.usefixtures("repository")
async def test_refusals_are_told_in_the_language_of_the_house(
    hass: HomeAssistant, repository: ConfigEntry, act: Act
) -> None:
    hass.config.language = "de"
    await hass.config_entries.async_unload(repository.entry_id)
    await hass.config_entries.async_setup(repository.entry_id)

    with pytest.raises(ServiceValidationError) as refused:
        await act("approve_change", code="blue seven")
    assert refused.value.translation_placeholders["message"] == "Auf „Blau sieben“ wartet nichts."
