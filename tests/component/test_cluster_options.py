"""What a household chooses for a cluster: alarms, quiet, muted namespaces, and devices."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest

from demo.faults import Fault, FaultKind, FaultProxy
from demo.kubernetes import KubernetesSimulator
from demo.kubernetes_objects import kind_named
from demo.results import result
from tests.component.conftest import quiet_now

DEPLOYMENTS = kind_named("deployments.apps")
FINDING = "event.homelab_finding"

type Choose = Callable[..., Awaitable[None]]


@pytest.fixture
def kubernetes() -> KubernetesSimulator:
    return KubernetesSimulator()


@pytest.fixture
def choose(hass: HomeAssistant, cluster: ConfigEntry) -> Choose:
    """Fill in the options of the cluster as a person does."""

    async def fill(**sections: dict[str, Any]) -> None:
        form = await hass.config_entries.options.async_init(cluster.entry_id)
        assert form["step_id"] == "watching"
        given = {"alarms": {}, "devices": {}, **sections}
        done = await hass.config_entries.options.async_configure(form["flow_id"], given)
        assert done["type"] == "create_entry"
        await hass.async_block_till_done()
        await cluster.runtime_data.cluster.watch.wait_synced()
        await hass.async_block_till_done()

    return fill


def devices(hass: HomeAssistant, entry: ConfigEntry) -> set[tuple[str | None, str | None]]:
    """Name and model of every device but the cluster itself."""
    return {
        (device.name, device.model)
        for device in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
        if device.via_device_id is not None
    }


async def test_what_is_muted_is_asked_only_while_it_can_be_remembered(
    hass: HomeAssistant, cluster: ConfigEntry
) -> None:
    async def asked() -> bool:
        form = await hass.config_entries.options.async_init(cluster.entry_id)
        return "muted_namespaces" in form["data_schema"].schema["alarms"].schema.schema

    assert await asked()
    await hass.config_entries.async_unload(cluster.entry_id)
    assert not await asked()


async def test_nothing_is_a_device_unless_it_is_chosen(hass: HomeAssistant, cluster: ConfigEntry) -> None:
    assert devices(hass, cluster) == set()


async def test_the_workloads_of_a_namespace_become_devices(
    hass: HomeAssistant, cluster: ConfigEntry, choose: Choose
) -> None:
    await choose(devices={"kinds": ["workloads"], "namespaces": ["media"]})

    assert devices(hass, cluster) == {("jellyfin", "Deployment"), ("sonarr", "Deployment")}
    assert hass.states.get("sensor.sonarr_pods_ready").state == "1"
    assert hass.states.get("binary_sensor.sonarr_short_of_pods").state == "off"
    assert hass.states.get("sensor.jellyfin_pods_ready").state == "0"
    assert hass.states.get("sensor.jellyfin_pods_ready").attributes["images"] == ["jellyfin/jellyfin:10.10.7"]
    assert hass.states.get("binary_sensor.jellyfin_short_of_pods").state == "on"


async def test_applications_become_devices_with_their_sync_and_health(
    hass: HomeAssistant, cluster: ConfigEntry, choose: Choose
) -> None:
    await choose(devices={"kinds": ["applications"], "namespaces": ["media"]})

    assert devices(hass, cluster) == {("jellyfin", "Application"), ("sonarr", "Application")}
    assert hass.states.get("sensor.jellyfin_sync").state == "synced"
    assert hass.states.get("sensor.jellyfin_health").state == "degraded"


async def test_labels_choose_too(hass: HomeAssistant, cluster: ConfigEntry, choose: Choose) -> None:
    await choose(devices={"kinds": ["workloads"], "labels": ["app=paperless"]})
    assert devices(hass, cluster) == {("paperless", "Deployment")}

    await choose(devices={"kinds": ["workloads"], "labels": ["app.kubernetes.io/name"]})
    assert devices(hass, cluster) == {("mosquitto", "StatefulSet"), ("grafana", "Deployment")}

    await choose()
    assert devices(hass, cluster) == set()


async def test_devices_come_and_go_with_what_they_stand_for(
    hass: HomeAssistant,
    cluster: ConfigEntry,
    choose: Choose,
    kubernetes: KubernetesSimulator,
    kubernetes_proxy: FaultProxy,
    until: Any,
) -> None:
    await choose(devices={"kinds": ["workloads"], "namespaces": ["media"]})
    sonarr = kubernetes.store.objects(DEPLOYMENTS)["media", "sonarr"]
    kubernetes.store.apply({**sonarr, "metadata": {"name": "radarr", "namespace": "media", "labels": {}}})
    await until("sensor.radarr_pods_ready", lambda state: state.state == "1")

    await kubernetes_proxy.inject(Fault(kind=FaultKind.REFUSE))
    await until("sensor.radarr_pods_ready", lambda state: state.state == "unavailable")
    assert ("radarr", "Deployment") in devices(hass, cluster), "nobody can look, so it may be there"

    await kubernetes_proxy.clear()
    await until("sensor.radarr_pods_ready", lambda state: state.state == "1")
    kubernetes.store.delete(DEPLOYMENTS, "media", "radarr")
    await until("sensor.homelab_workloads", lambda state: state.state == "7")
    await hass.async_block_till_done()
    assert devices(hass, cluster) == {("jellyfin", "Deployment"), ("sonarr", "Deployment")}
    assert hass.states.get("sensor.radarr_pods_ready") is None


async def test_a_muted_namespace_is_silent_until_it_is_heard_again(
    hass: HomeAssistant, cluster: ConfigEntry, choose: Choose, until: Any
) -> None:
    await choose(alarms={"muted_namespaces": ["media"]})
    findings = await until("sensor.homelab_findings", lambda state: state.state == "1")
    assert findings.attributes["silenced"] == 2
    form = await hass.config_entries.options.async_init(cluster.entry_id)
    [alarms] = [field for name, field in form["data_schema"].schema.items() if name == "alarms"]
    [muted] = [field for field in alarms.schema.schema if field == "muted_namespaces"]
    assert muted.description == {"suggested_value": ["media"]}

    await choose()
    await until("sensor.homelab_findings", lambda state: state.state == "3")


async def test_events_say_whether_it_is_a_quiet_hour(
    hass: HomeAssistant, choose: Choose, kubernetes: KubernetesSimulator, until: Any
) -> None:
    await choose(alarms={"persistence": 0, **quiet_now()})
    kubernetes.store.apply(result("Service", "web/homepage", "Service has no endpoints"))
    told = await until(FINDING, lambda state: state.attributes.get("name") == "homepage")
    assert told.attributes["quiet"] is True
