"""What the sensors show, and what they show while a service is down."""

from collections.abc import Callable
from datetime import timedelta
import logging
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from demo.faults import Fault, FaultKind, FaultProxy
from demo.kubernetes import KubernetesSimulator
from demo.kubernetes_objects import kind_named
from demo.results import result

OLLAMA = "binary_sensor.ai_hub_ollama_reachable"
EXPORTER = "binary_sensor.ai_hub_gpu_exporter_reachable"
VERSION = "sensor.ai_hub_ollama_version"
CLUSTER = "binary_sensor.homelab_cluster_reachable"
FINDINGS = "sensor.homelab_findings"
RESULTS = kind_named("results.core.k8sgpt.ai")


async def poll(hass: HomeAssistant) -> None:
    """Let so much time pass that even a service that is down is asked again."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=10))
    await hass.async_block_till_done(wait_background_tasks=True)


def is_on(state: State) -> bool:
    return state.state == "on"


def is_off(state: State) -> bool:
    return state.state == "off"


@pytest.mark.usefixtures("hub")
@pytest.mark.usefixtures("every_entity")
async def test_a_hub_shows_its_version_its_models_and_its_card(hass: HomeAssistant) -> None:
    assert hass.states.get(OLLAMA).state == "on"
    assert hass.states.get(EXPORTER).state == "on"
    assert hass.states.get(VERSION).state.startswith("0.32")
    models = hass.states.get("sensor.ai_hub_loaded_models")
    assert models.state == "0"
    assert models.attributes["models"] == []
    card = {state.entity_id.rpartition("_")[2]: state for state in hass.states.async_all("sensor")}
    assert 0 <= float(card["utilisation"].state) <= 100
    assert card["utilisation"].attributes["unit_of_measurement"] == "%"
    assert card["temperature"].attributes["unit_of_measurement"] == "°C"
    assert card["used"].attributes["unit_of_measurement"] == "GiB"
    assert card["clock"].attributes["unit_of_measurement"] == "MHz"
    assert 0 <= float(card["fan"].state) <= 100


async def test_ollama_going_down_and_up_shows_and_is_logged_once_each(
    hass: HomeAssistant, hub: ConfigEntry, ollama_proxy: FaultProxy, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await ollama_proxy.inject(Fault(kind=FaultKind.REFUSE))
    caplog.clear()
    for _ in range(3):
        await poll(hass)

    assert hub.state is ConfigEntryState.LOADED
    assert hass.states.get(OLLAMA).state == "off"
    assert hass.states.get(VERSION).state == "unavailable"
    assert hass.states.get(EXPORTER).state == "on"
    (line,) = ours(caplog)
    assert "connection refused" in line

    caplog.clear()
    await ollama_proxy.clear()
    for _ in range(3):
        await poll(hass)

    assert hass.states.get(OLLAMA).state == "on"
    assert hass.states.get(VERSION).state.startswith("0.32")
    assert len(ours(caplog)) == 1


def ours(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What a person with default log levels would read of us."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components.homelab_assistant") and record.levelno >= logging.INFO
    ]


@pytest.mark.usefixtures("hub")
async def test_a_gpu_exporter_that_is_down_does_not_touch_ollama(hass: HomeAssistant, gpu_proxy: FaultProxy) -> None:
    await gpu_proxy.inject(Fault(kind=FaultKind.STATUS, status=500))
    await poll(hass)

    assert hass.states.get(EXPORTER).state == "off"
    assert hass.states.get(OLLAMA).state == "on"
    assert hass.states.get(VERSION).state != "unavailable"


async def test_a_hub_loads_while_ollama_is_down(
    hass: HomeAssistant, hub: ConfigEntry, ollama_proxy: FaultProxy
) -> None:
    await ollama_proxy.inject(Fault(kind=FaultKind.REFUSE))
    await hass.config_entries.async_reload(hub.entry_id)
    await hass.async_block_till_done()

    assert hub.state is ConfigEntryState.LOADED
    assert hass.states.get(OLLAMA).state == "off"
    assert hass.states.get("conversation.homelab_assistant").state != "unavailable"


async def test_a_hub_that_no_longer_accepts_the_token_asks_for_another(
    hass: HomeAssistant, hub: ConfigEntry, ollama_proxy: FaultProxy
) -> None:
    await ollama_proxy.inject(Fault(kind=FaultKind.STATUS, status=401))
    await poll(hass)
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH

    form = await hass.config_entries.flow.async_configure(flow["flow_id"], {"token": "still wrong"})
    assert form["errors"] == {"base": "authentication_failed_credentials"}
    await ollama_proxy.clear()
    done = await hass.config_entries.flow.async_configure(flow["flow_id"], {"token": "right"})
    await hass.async_block_till_done()

    assert (done["type"], done["reason"]) == ("abort", "reauth_successful")
    assert hub.data["token"] == "right"
    assert hass.states.get(OLLAMA).state == "on"


@pytest.mark.usefixtures("cluster")
async def test_findings_are_counted_and_the_worst_are_named(hass: HomeAssistant) -> None:
    findings = hass.states.get(FINDINGS)

    assert findings.state == "2"
    assert {(each["namespace"], each["name"]) for each in findings.attributes["worst"]} == {
        ("media", "jellyfin"),
        ("home", "mosquitto"),
    }
    assert hass.states.get(CLUSTER).state == "on"


@pytest.mark.usefixtures("cluster")
async def test_a_finding_appears_and_clears_without_a_poll(
    kubernetes: KubernetesSimulator, until: Callable[..., Any]
) -> None:
    problem = kubernetes.store.apply(result("Service", "web/homepage", "Service has no endpoints"))
    await until(FINDINGS, lambda state: state.state == "3")

    meta = problem["metadata"]
    kubernetes.store.delete(RESULTS, meta["namespace"], meta["name"])
    await until(FINDINGS, lambda state: state.state == "2")


@pytest.mark.usefixtures("cluster")
async def test_a_cluster_going_down_and_up_shows_and_is_logged_once_each(
    hass: HomeAssistant,
    kubernetes_proxy: FaultProxy,
    until: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.clear()
    await kubernetes_proxy.inject(Fault(kind=FaultKind.REFUSE))
    await until(FINDINGS, lambda state: state.state == "unavailable")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=1))
    await until(CLUSTER, is_off)
    assert len(ours(caplog)) == 1

    caplog.clear()
    await kubernetes_proxy.clear()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=2))
    await until(CLUSTER, is_on)
    await until(FINDINGS, lambda state: state.state == "2")
    assert len(ours(caplog)) == 1


async def test_without_k8sgpt_our_own_checks_count(
    hass: HomeAssistant, kubernetes: KubernetesSimulator, cluster: ConfigEntry, until: Callable[..., Any]
) -> None:
    kubernetes.store.remove_crd(RESULTS)
    kubernetes.store.apply(
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": "k3s-1"},
            "status": {"conditions": [{"type": "Ready", "status": "False", "reason": "KubeletNotReady"}]},
        }
    )
    await hass.config_entries.async_reload(cluster.entry_id)
    await until(FINDINGS, lambda state: state.state == "1")

    assert hass.states.get(CLUSTER).state == "on"
    assert [each["name"] for each in hass.states.get(FINDINGS).attributes["worst"]] == ["k3s-1"]


async def test_findings_that_were_there_before_a_restart_keep_their_age(
    hass: HomeAssistant, cluster: ConfigEntry, until: Callable[..., Any]
) -> None:
    before = hass.states.get(FINDINGS).attributes["worst"]
    await hass.config_entries.async_unload(cluster.entry_id)
    await hass.config_entries.async_setup(cluster.entry_id)
    after = await until(FINDINGS, lambda state: state.state == "2")

    assert after.attributes["worst"] == before


@pytest.mark.usefixtures("hub", "cluster", "repository")
async def test_everything_unloads(hass: HomeAssistant) -> None:
    for entry in hass.config_entries.async_entries("homelab_assistant"):
        assert await hass.config_entries.async_unload(entry.entry_id)
        assert entry.state is ConfigEntryState.NOT_LOADED

    assert {state.state for state in hass.states.async_all(["sensor", "binary_sensor"])} == {"unavailable"}
