"""What diagnostics and system health tell of a watch."""

import json
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import ExtendedJSONEncoder
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info

from custom_components.homelab_assistant.diagnostics import async_get_config_entry_diagnostics
from demo.faults import Fault, FaultKind, FaultProxy
from demo.kubernetes import READER_TOKEN, KubernetesSimulator
from demo.kubernetes_access import Account
from demo.results import result

DOMAIN = "homelab_assistant"


@pytest.fixture
def kubernetes() -> KubernetesSimulator:
    return KubernetesSimulator()


async def told(hass: HomeAssistant, entry: ConfigEntry) -> dict[str, Any]:
    return json.loads(json.dumps(await async_get_config_entry_diagnostics(hass, entry), cls=ExtendedJSONEncoder))


async def test_diagnostics_tell_how_every_watch_fares(hass: HomeAssistant, cluster: ConfigEntry) -> None:
    diagnostics = await told(hass, cluster)

    watches = {each["resource"]: each for each in diagnostics["watches"]}
    assert {"results.core.k8sgpt.ai", "nodes", "pods", "applications.argoproj.io"} <= watches.keys()
    assert watches["nodes"]["objects"] == 3
    assert watches["nodes"]["lists"] == 1
    assert diagnostics["findings"]["by_state"] == {"open": 3}
    assert diagnostics["findings"]["by_source"] == {"k8sgpt": 3, "check": 3}
    assert diagnostics["error"] is None


async def test_diagnostics_repeat_neither_a_finding_nor_a_model_nor_a_token(
    hass: HomeAssistant, cluster: ConfigEntry
) -> None:
    text = json.dumps(await told(hass, cluster))

    for secret in (READER_TOKEN, "Solution", "Jellyfin", "jellyfin", "longhorn"):
        assert secret not in text


async def test_diagnostics_name_what_is_refused(
    hass: HomeAssistant, cluster: ConfigEntry, kubernetes: KubernetesSimulator
) -> None:
    kubernetes.server.accounts = {READER_TOKEN: Account("poor", denied=("* nodes",))}
    await hass.config_entries.async_reload(cluster.entry_id)
    await cluster.runtime_data.cluster.watch.wait_synced()

    watches = {each["resource"]: each for each in (await told(hass, cluster))["watches"]}
    assert watches["nodes"]["state"] == "denied"
    assert "list nodes" in watches["nodes"]["error"]


async def test_system_health_sums_up_the_watches(
    hass: HomeAssistant, cluster: ConfigEntry, kubernetes: KubernetesSimulator, kubernetes_proxy: FaultProxy, until: Any
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    well = await get_system_health_info(hass, DOMAIN)
    every = len(cluster.runtime_data.cluster.watch.health)
    assert (well["clusters"], well["watches"], well["relists"]) == ("ok", f"{every}/{every}", 0)
    assert well["events_per_minute"] == 0
    assert 0 <= well["lag"] < 60

    kubernetes.store.apply(result("Service", "web/homepage", "Service has no endpoints"))
    await until("sensor.homelab_findings", lambda state: state.state == "4")
    assert (await get_system_health_info(hass, DOMAIN))["events_per_minute"] == 1

    await kubernetes_proxy.inject(Fault(kind=FaultKind.REFUSE))
    await until("sensor.homelab_findings", lambda state: state.state == "unavailable")
    assert "connection refused" in (await get_system_health_info(hass, DOMAIN))["clusters"]


@pytest.mark.usefixtures("cluster")
async def test_system_health_counts_the_lists_that_had_to_be_read_again(
    hass: HomeAssistant, kubernetes: KubernetesSimulator, kubernetes_proxy: FaultProxy, until: Any
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    gone = json.dumps({"kind": "Status", "code": 410, "reason": "Expired"})
    watch = r".*/results\?.*watch=true.*"
    await kubernetes_proxy.inject(Fault(kind=FaultKind.STATUS, status=410, body=gone, path=watch, times=1))
    await kubernetes_proxy.drop_connections(watch)
    kubernetes.store.apply(result("Service", "web/grafana", "Service has no endpoints"))
    await until("sensor.homelab_findings", lambda state: state.state == "4")
    assert (await get_system_health_info(hass, DOMAIN))["relists"] == 1
