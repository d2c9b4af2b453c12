"""The actions: what they answer, what they refuse and to whom."""

from typing import Any

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from demo.github import GitHubSimulator
from tests.component.conftest import Act

DOMAIN = "homelab_assistant"
PENDING = "sensor.demo_homelab_awaiting_proposals"


@pytest.mark.usefixtures("repository")
async def test_a_change_is_proposed_by_name_and_approved_by_hash(
    hass: HomeAssistant, act: Act, github: GitHubSimulator
) -> None:
    proposed = await act("propose_change", name="jellyfin", replicas=3)
    assert proposed["state"] == "awaiting"
    assert (proposed["namespace"], proposed["name"], proposed["after"]) == ("media", "jellyfin", "3")
    assert "+  replicas: 3" in proposed["diff"]
    assert hass.states.get(PENDING).state == "1"
    assert hass.states.get(PENDING).attributes["proposals"][0]["hash"] == proposed["hash"]

    approved = await act("approve_change", hash=proposed["hash"])
    assert approved["state"] == "open"
    assert approved["pull_request"].endswith("/pull/1")
    assert len(github.hub.pulls) == 1
    assert hass.states.get(PENDING).state == "0"


@pytest.mark.usefixtures("repository")
async def test_a_change_is_proposed_in_words_and_rejected_by_code(
    hass: HomeAssistant, act: Act, github: GitHubSimulator
) -> None:
    proposed = await act("propose_change", text="Scale jellyfin to 3")
    rejected = await act("reject_change", code=proposed["code"])

    assert rejected["state"] == "rejected"
    assert hass.states.get(PENDING).state == "0"
    assert github.hub.pulls == []


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"name": "nothere", "replicas": 3}, "unknown_workload"),
        ({"name": "jellyfin", "replicas": -1}, "input_invalid"),
        ({"name": "jellyfin", "replicas": 1}, "unchanged"),
        ({"name": "jellyfin", "replicas": 3, "repository": "demo/other"}, "input_invalid"),
        ({"text": "make me a coffee"}, "not_a_change"),
        ({"text": "Scale jellyfin to many"}, "input_invalid"),
    ],
)
async def test_a_change_that_cannot_be_is_refused_in_words(act: Act, data: dict[str, Any], key: str) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await act("propose_change", **data)

    assert refused.value.translation_key == key
    assert str(refused.value)


@pytest.mark.usefixtures("repository")
async def test_half_a_replica_is_no_replica(act: Act) -> None:
    with pytest.raises(Exception, match="whole number"):
        await act("propose_change", name="jellyfin", replicas=2.5)


@pytest.mark.usefixtures("repository")
async def test_only_an_admin_approves_and_an_automation_is_none(
    hass: HomeAssistant, act: Act, github: GitHubSimulator
) -> None:
    child = MockUser(groups=[await hass.auth.async_get_group(GROUP_ID_USER)]).add_to_hass(hass)
    proposed = await act("propose_change", name="jellyfin", replicas=3, user=None)

    for user in (child, None):
        with pytest.raises(ServiceValidationError) as refused:
            await act("approve_change", hash=proposed["hash"], user=user)
        assert refused.value.translation_key == "approval_refused"
    assert github.hub.pulls == []


@pytest.mark.usefixtures("repository")
async def test_approving_with_nothing_pending_is_refused(act: Act) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await act("approve_change")

    assert refused.value.translation_key == "approval_refused"


async def test_without_an_entry_the_actions_say_so(hass: HomeAssistant, act: Act) -> None:
    await async_setup_component(hass, "homeassistant", {})
    await async_setup_component(hass, DOMAIN, {})
    with pytest.raises(HomeAssistantError) as refused:
        await act("approve_change")

    assert refused.value.translation_key == "nothing_set_up"
