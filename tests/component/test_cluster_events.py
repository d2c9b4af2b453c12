"""What a cluster tells automations and the logbook."""

import asyncio
from collections.abc import Callable
from typing import Any

from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from demo.kubernetes import KubernetesSimulator
from demo.kubernetes_objects import kind_named
from demo.results import K8SGPT_NAMESPACE, result

APPLICATIONS = kind_named("applications.argoproj.io")
RESULTS = kind_named("results.core.k8sgpt.ai")
FINDING = "event.homelab_finding"
APPLICATION = "event.homelab_application"


@pytest.fixture
def kubernetes() -> KubernetesSimulator:
    return KubernetesSimulator()


@pytest.fixture
async def eager(hass: HomeAssistant, cluster: ConfigEntry) -> ConfigEntry:
    """The cluster, set up to alarm at once."""
    hass.config_entries.async_update_entry(cluster, options={"alarms": {"persistence": 0}})
    await hass.async_block_till_done()
    await cluster.runtime_data.cluster.watch.wait_synced()
    return cluster


def is_about(event_type: str, name: str) -> Callable[[State], bool]:
    return lambda state: (state.attributes["event_type"], state.attributes.get("name")) == (event_type, name)


def health(kubernetes: KubernetesSimulator, name: str, status: str) -> None:
    item = kubernetes.store.objects(APPLICATIONS)["argocd", name]
    kubernetes.store.apply({**item, "status": {**item["status"], "health": {"status": status}}})


@pytest.mark.usefixtures("eager")
async def test_what_was_there_before_anybody_looked_is_no_event(hass: HomeAssistant) -> None:
    assert hass.states.get(FINDING).state == "unknown"
    assert hass.states.get(APPLICATION).state == "unknown"


@pytest.mark.usefixtures("eager")
async def test_a_finding_opens_changes_and_clears_with_what_automations_need(
    kubernetes: KubernetesSimulator, until: Callable[..., Any]
) -> None:
    kubernetes.store.apply(result("Service", "web/homepage", "Service has no endpoints"))
    opened = await until(FINDING, is_about("opened", "homepage"))

    assert {name: opened.attributes[name] for name in ("kind", "namespace", "severity", "category", "others")} == {
        "kind": "Service",
        "namespace": "web",
        "severity": "warning",
        "category": "network",
        "others": 0,
    }
    assert opened.attributes["message"] == "Service homepage in web: Service has no endpoints."

    kubernetes.store.apply(result("Service", "web/homepage", "Service has no ready endpoints"))
    changed = await until(FINDING, is_about("changed", "homepage"))
    assert changed.attributes["finding_id"] == opened.attributes["finding_id"]

    kubernetes.store.delete(RESULTS, K8SGPT_NAMESPACE, "webhomepage")
    await until(FINDING, is_about("cleared", "homepage"))


@pytest.mark.usefixtures("eager")
async def test_an_application_that_degrades_and_recovers_is_two_events(
    kubernetes: KubernetesSimulator, until: Callable[..., Any]
) -> None:
    health(kubernetes, "homepage", "Degraded")
    degraded = await until(APPLICATION, is_about("degraded", "homepage"))
    assert degraded.attributes["health"] == "Degraded"

    health(kubernetes, "homepage", "Healthy")
    await until(APPLICATION, is_about("healthy", "homepage"))


@pytest.mark.usefixtures("eager")
async def test_of_many_at_once_the_worst_are_told_and_the_others_counted(
    hass: HomeAssistant, kubernetes: KubernetesSimulator, until: Callable[..., Any]
) -> None:
    told: list[State] = []
    done = asyncio.Event()

    @callback
    def hear(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if state.entity_id == FINDING:
            told.append(state)
            done.set()

    hass.bus.async_listen("state_changed", hear)
    for number in range(30):
        kubernetes.store.apply(result("Service", f"web/service-{number}", "Service has no endpoints"))
    kubernetes.store.apply(result("Pod", "web/broken", "Back-off pulling image nowhere/nothing"))
    await until("sensor.homelab_findings", lambda state: state.state == "34")
    await done.wait()

    assert len(told) == 10
    assert (told[0].attributes["name"], told[0].attributes["others"]) == ("broken", 21)


async def test_the_logbook_has_a_line_for_what_happened(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    eager: ConfigEntry,
    kubernetes: KubernetesSimulator,
    until: Callable[..., Any],
    hass_ws_client: WebSocketGenerator,
) -> None:
    assert await async_setup_component(hass, "logbook", {})
    start = dt_util.utcnow()
    kubernetes.store.apply(result("Service", "web/homepage", "Service has no endpoints"))
    health(kubernetes, "homepage", "Degraded")
    await until(FINDING, is_about("opened", "homepage"))
    await until(APPLICATION, is_about("degraded", "homepage"))
    await hass.async_block_till_done()
    await get_instance(hass).async_block_till_done()

    client = await hass_ws_client()
    await client.send_json_auto_id({"type": "logbook/get_events", "start_time": start.isoformat()})
    lines = {line.get("message") for line in (await client.receive_json())["result"]}
    assert {"Opened: Service homepage in web: Service has no endpoints.", "Degraded: homepage"} <= lines
