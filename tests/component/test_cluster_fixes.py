"""What a repair offers to mend a finding, as far as it depends on what runs."""

from typing import Any

from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.components.repairs.issue_handler import RepairsFlowManager
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from custom_components.homelab_assistant.household import HOUSEHOLD
from demo.kubernetes import KubernetesSimulator
from demo.kubernetes_objects import kind_named
from demo.kubernetes_seeds import seeds
from demo.results import result

DOMAIN = "homelab_assistant"
DEPLOYMENTS = kind_named("deployments.apps")
SIDECAR = {"name": "exporter", "image": "ghcr.io/onedr0p/exportarr:v2.0.1"}


@pytest.fixture
def kubernetes() -> KubernetesSimulator:
    """A pod that no node has room for, and a workload of two containers of which the second one fails."""
    simulator = KubernetesSimulator([each for each in seeds() if each["kind"] != "Result"])
    sonarr = simulator.store.objects(DEPLOYMENTS)["media", "sonarr"]
    containers = sonarr["spec"]["template"]["spec"]["containers"]
    sonarr["spec"]["template"]["spec"]["containers"] = [*containers, SIDECAR]
    simulator.store.apply(sonarr)
    no_room = "0/3 nodes are available: 3 Insufficient memory."
    simulator.store.apply(result("Pod", "web/homepage-7d9c6b8f5d-x2k4q", no_room))
    last = "the last termination reason is Error container=exporter pod=sonarr-7d9c6b8f5d-x2k4q"
    simulator.store.apply(result("Pod", "media/sonarr-7d9c6b8f5d-x2k4q", last))
    return simulator


@pytest.fixture
async def repairs(hass: HomeAssistant, cluster: ConfigEntry, repository: ConfigEntry) -> RepairsFlowManager:
    """Every finding is a repair at once, and changes can be asked for."""
    assert repository
    assert await async_setup_component(hass, REPAIRS, {})
    hass.config_entries.async_update_entry(cluster, options={"alarms": {"persistence": 0, "repair_after": 0}})
    await hass.async_block_till_done()
    await cluster.runtime_data.cluster.watch.wait_synced()
    return hass.data[REPAIRS]["flow_manager"]


async def begin(hass: HomeAssistant, repairs: RepairsFlowManager, about: str) -> dict[str, Any]:
    [issue] = [
        each
        for each in ir.async_get(hass).issues.values()
        if each.translation_key == "finding" and (each.translation_placeholders or {})["subject"] == about
    ]
    return dict(await repairs.async_init(DOMAIN, context={"issue_id": issue.issue_id}))


async def test_what_finds_no_room_is_offered_to_ask_for_less_and_not_for_more(
    hass: HomeAssistant, repairs: RepairsFlowManager
) -> None:
    flow = await begin(hass, repairs, "web/homepage")
    assert flow["menu_options"][:2] == ["memory_request", "replicas"]
    assert "memory" not in flow["menu_options"]
    await repairs.async_configure(flow["flow_id"], {"next_step_id": "memory_request"})
    done = await repairs.async_configure(flow["flow_id"], {"memory": "64Mi"})

    assert done["reason"] == "proposed"
    (proposal,) = hass.data[HOUSEHOLD].office.desk.awaiting
    assert proposal.target.field.endswith("requests.memory")
    assert (proposal.target.before, proposal.target.after) == ("128Mi", "64Mi")


async def test_the_container_that_fails_is_the_one_that_gets_another_image(
    hass: HomeAssistant, repairs: RepairsFlowManager
) -> None:
    flow = await begin(hass, repairs, "media/sonarr")
    form = await repairs.async_configure(flow["flow_id"], {"next_step_id": "image"})
    [tag] = form["data_schema"].schema
    assert tag.description == {"suggested_value": "v2.0.1"}
    done = await repairs.async_configure(flow["flow_id"], {"tag": "v2.0.2"})
    assert "exporter" in done["description_placeholders"]["message"], "the repository knows no such container"
