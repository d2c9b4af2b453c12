"""What Home Assistant shows of a repository's changes."""

from typing import Any

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockUser, async_capture_events

from custom_components.homelab_assistant import logbook
from demo.github import GitHubSimulator
from tests.component.conftest import Act

DOMAIN = "homelab_assistant"
DEVICE = "changes_of_demo_homelab"
EVENT = f"event.{DEVICE}_change"
LAST = f"sensor.{DEVICE}_last_change"


@pytest.fixture
def act(hass: HomeAssistant, repository: ConfigEntry, act: Act) -> Act:
    """Call an action as the administrator, and wait for what it brings about."""

    async def call(action: str, **data: Any) -> Any:
        answer = await act(action, **data)
        await hass.async_block_till_done()
        return answer

    return call


def buttons(hass: HomeAssistant) -> list[str]:
    return sorted(state.entity_id for state in hass.states.async_all("button"))


async def press(hass: HomeAssistant, entity_id: str, user: MockUser | None) -> None:
    context = Context(user_id=user.id if user else None)
    await hass.services.async_call("button", "press", {"entity_id": entity_id}, blocking=True, context=context)
    await hass.async_block_till_done()


async def test_the_changes_of_a_repository_are_a_device_with_numbers(hass: HomeAssistant, act: Act) -> None:
    await act("propose_change", name="jellyfin", replicas=3)
    proposed = await act("propose_change", name="sonarr", replicas=2)
    await act("approve_change", hash=proposed["hash"])
    proposed = await act("propose_change", name="paperless", replicas=2)
    await act("reject_change", hash=proposed["hash"])

    numbers = {name: hass.states.get(f"sensor.{DEVICE}_{name}").state for name in ("open", "merged", "rejected")}
    assert numbers == {"open": "1", "merged": "0", "rejected": "1"}
    assert hass.states.get(f"sensor.{DEVICE}_time_to_healthy").state == "unknown"
    assert hass.states.get(LAST).state == "rejected"
    assert hass.states.get(LAST).attributes["name"] == "paperless"
    entry = er.async_get(hass).async_get(LAST)
    assert dr.async_get(hass).async_get(entry.device_id).name == "Changes of demo/homelab"


async def test_every_step_is_an_event_and_a_line_in_the_logbook(hass: HomeAssistant, act: Act) -> None:
    fired = async_capture_events(hass, f"{DOMAIN}_change")
    proposed = await act("propose_change", name="jellyfin", replicas=3)
    assert hass.states.get(EVENT).attributes["event_type"] == "asked"
    await act("approve_change", hash=proposed["hash"])

    state = hass.states.get(EVENT)
    assert (state.attributes["event_type"], state.attributes["hash"]) == ("opened", proposed["hash"])
    assert state.attributes["pull_request"].endswith("/pull/1")
    assert [(each.data["event_type"], each.data["entity_id"]) for each in fired] == [
        ("asked", EVENT),
        ("approved", EVENT),
        ("opened", EVENT),
    ]
    described: dict[str, Any] = {}
    logbook.async_describe_events(hass, lambda _, event_type, describe: described.update({event_type: describe}))
    line = described[f"{DOMAIN}_change"](fired[1])
    assert line["name"] == "demo/homelab"
    assert line["message"] == "Jellyfin in media: replicas from 1 to 3, approved by Mock User through an action"
    assert line["entity_id"] == EVENT


async def test_each_change_that_waits_has_two_buttons_until_it_is_decided(
    hass: HomeAssistant, act: Act, hass_admin_user: MockUser, github: GitHubSimulator
) -> None:
    assert buttons(hass) == []
    await act("propose_change", name="jellyfin", replicas=3)
    approve, reject = buttons(hass)
    assert "approve" in approve
    assert "reject" in reject

    await press(hass, approve, hass_admin_user)
    assert len(github.hub.pulls) == 1
    assert buttons(hass) == []
    assert not [each for each in er.async_get(hass).entities.values() if each.domain == "button"]

    await act("propose_change", name="sonarr", replicas=3)
    await press(hass, buttons(hass)[1], hass_admin_user)
    assert hass.states.get(LAST).state == "rejected"
    assert len(github.hub.pulls) == 1


async def test_the_buttons_survive_a_restart_and_old_ones_do_not(
    hass: HomeAssistant, act: Act, repository: ConfigEntry
) -> None:
    await act("propose_change", name="jellyfin", replicas=3)
    before = buttons(hass)
    er.async_get(hass).async_get_or_create("button", DOMAIN, "of_yesterday", config_entry=repository)

    await hass.config_entries.async_reload(repository.entry_id)
    await hass.async_block_till_done()

    assert buttons(hass) == before
    assert er.async_get(hass).async_get_entity_id("button", DOMAIN, "of_yesterday") is None


async def test_a_button_approves_for_nobody_but_an_administrator(
    hass: HomeAssistant, act: Act, hass_admin_user: MockUser, github: GitHubSimulator
) -> None:
    child = MockUser(groups=[await hass.auth.async_get_group(GROUP_ID_USER)]).add_to_hass(hass)
    await act("propose_change", name="jellyfin", replicas=3)
    approve, _ = buttons(hass)
    for user in (child, None):
        with pytest.raises(ServiceValidationError, match="Only an administrator"):
            await press(hass, approve, user)

    async_expose_entity(hass, "conversation", approve, should_expose=True)
    with pytest.raises(ServiceValidationError, match="not a script or a model"):
        await press(hass, approve, hass_admin_user)
    assert github.hub.pulls == []
