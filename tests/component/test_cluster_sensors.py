"""What the sensors of a cluster show: the demo's, with three problems."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er
import pytest

from demo.faults import Fault, FaultKind, FaultProxy
from demo.kubernetes import READER_TOKEN, KubernetesSimulator
from demo.kubernetes_access import Account
from demo.kubernetes_objects import Object, kind_named
from demo.results import K8SGPT_NAMESPACE, result
from tests.clock import FastClock

APPLICATIONS = kind_named("applications.argoproj.io")
HELM_RELEASES = kind_named("helmreleases.helm.toolkit.fluxcd.io")
KUSTOMIZATIONS = kind_named("kustomizations.kustomize.toolkit.fluxcd.io")
K8SGPTS = kind_named("k8sgpts.core.k8sgpt.ai")
DEPLOYMENTS = kind_named("deployments.apps")
NODES = kind_named("nodes")
RESULTS = kind_named("results.core.k8sgpt.ai")
BURST = 10_000


@pytest.fixture
def kubernetes() -> KubernetesSimulator:
    return KubernetesSimulator()


@pytest.fixture
def value(hass: HomeAssistant) -> Callable[[str], str]:
    return lambda name: hass.states.get(f"sensor.homelab_{name}").state


def found(kubernetes: KubernetesSimulator, kind: Any, name: str) -> Object:
    [item] = [item for (_, each), item in kubernetes.store.objects(kind).items() if each == name]
    return item


@pytest.mark.usefixtures("cluster")
async def test_everything_that_runs_is_counted(value: Callable[[str], str]) -> None:
    assert (value("nodes"), value("nodes_ready")) == ("3", "3")
    assert (value("workloads"), value("workloads_ready")) == ("7", "5")
    assert (value("applications"), value("applications_in_sync"), value("applications_healthy")) == ("6", "6", "4")


@pytest.mark.usefixtures("cluster")
async def test_findings_are_summed_up_by_category_and_namespace_and_the_worst_are_named(hass: HomeAssistant) -> None:
    findings = hass.states.get("sensor.homelab_findings")

    assert findings.state == "3"
    assert sum(findings.attributes["categories"].values()) == 3
    assert findings.attributes["categories"]["storage"] >= 1
    assert findings.attributes["namespaces"] == {"media": 2, "home": 1}
    assert findings.attributes["silenced"] == 0
    assert findings.attributes["worst"][0]["severity"] == "critical"
    assert "Solution" not in str(findings.attributes)


@pytest.mark.usefixtures("cluster")
async def test_what_is_not_as_it_should_be_is_named(hass: HomeAssistant) -> None:
    def others(name: str) -> list[str]:
        return hass.states.get(f"sensor.homelab_{name}").attributes["others"]

    assert others("nodes_ready") == []
    assert others("workloads_ready") == ["home/mosquitto", "media/jellyfin"]
    assert others("applications_healthy") == ["argocd/jellyfin", "argocd/mosquitto"]


async def test_a_node_that_is_lost_shows_at_once(
    cluster: ConfigEntry, kubernetes: KubernetesSimulator, until: Callable[..., Any]
) -> None:
    node = found(kubernetes, NODES, "k3s-2")
    lost = [{"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown", "message": "gone"}]
    kubernetes.store.apply({**node, "status": {**node["status"], "conditions": lost}})

    await until("sensor.homelab_nodes_ready", lambda state: state.state == "2")
    await until("sensor.homelab_findings", lambda state: state.state == "4")


@pytest.mark.usefixtures("cluster")
async def test_the_worst_findings_stay_small_however_many_there_are(
    hass: HomeAssistant, kubernetes: KubernetesSimulator, until: Callable[..., Any]
) -> None:
    for number in range(50):
        kubernetes.store.apply(result("Service", f"team-{number}/app", "x" * 4000, explanation="y" * 4000))
    state = await until("sensor.homelab_findings", lambda state: state.state == "53")

    assert len(state.attributes["worst"]) == 5
    assert len(str(state.attributes)) < 4096


@pytest.mark.usefixtures("cluster")
async def test_a_problem_shows_until_there_is_none(
    hass: HomeAssistant, kubernetes: KubernetesSimulator, until: Callable[..., Any]
) -> None:
    problem = "binary_sensor.homelab_problem"
    assert hass.states.get(problem).state == "on"

    for item in list(kubernetes.store.objects(RESULTS).values()):
        kubernetes.store.delete(RESULTS, K8SGPT_NAMESPACE, item["metadata"]["name"])
    for kind, name, ready in ((DEPLOYMENTS, "jellyfin", 1), (kind_named("statefulsets.apps"), "mosquitto", 1)):
        item = found(kubernetes, kind, name)
        kubernetes.store.apply({**item, "status": {**item["status"], "readyReplicas": ready}})
    for pods in ("jellyfin", "mosquitto"):
        [(namespace, name)] = [key for key in kubernetes.store.objects(kind_named("pods")) if key[1].startswith(pods)]
        kubernetes.store.delete(kind_named("pods"), namespace, name)
    for app in ("jellyfin", "mosquitto"):
        item = found(kubernetes, APPLICATIONS, app)
        kubernetes.store.apply({**item, "status": {**item["status"], "health": {"status": "Healthy"}}})
    kubernetes.store.delete(kind_named("persistentvolumeclaims"), "media", "config-jellyfin")

    await until(problem, lambda state: state.state == "off")
    await until("sensor.homelab_last_change", lambda state: state.state not in {"unknown", "unavailable"})


async def test_without_argo_cd_and_flux_there_are_no_sensors_of_applications(
    hass: HomeAssistant, kubernetes: KubernetesSimulator, kubernetes_proxy: FaultProxy, connect: Any
) -> None:
    for kind in (APPLICATIONS, HELM_RELEASES, KUSTOMIZATIONS, K8SGPTS):
        kubernetes.store.remove_crd(kind)
    form = {"url": kubernetes_proxy.url, "token": READER_TOKEN}
    entry = (await connect({"next_step_id": "cluster"}, {"next_step_id": "server"}, form))["result"]
    await entry.runtime_data.cluster.watch.wait_synced()

    assert hass.states.get("sensor.homelab_applications") is None
    assert hass.states.get("binary_sensor.homelab_k8sgpt_quiet") is None
    assert hass.states.get("sensor.homelab_nodes").state == "3"


@pytest.mark.usefixtures("cluster")
async def test_k8sgpt_that_does_its_work_is_not_quiet(hass: HomeAssistant) -> None:
    assert hass.states.get("binary_sensor.homelab_k8sgpt_quiet").state == "off"


async def test_what_may_not_be_read_is_unavailable_and_the_rest_is_not(
    hass: HomeAssistant, kubernetes: KubernetesSimulator, cluster: ConfigEntry
) -> None:
    kubernetes.server.accounts = {READER_TOKEN: Account("poor", denied=("* nodes",))}
    await hass.config_entries.async_reload(cluster.entry_id)
    await cluster.runtime_data.cluster.watch.wait_synced()
    await hass.async_block_till_done()

    assert hass.states.get("sensor.homelab_nodes").state == "unavailable"
    assert hass.states.get("sensor.homelab_workloads").state == "7"
    assert hass.states.get("binary_sensor.homelab_cluster_reachable").state == "on"


async def test_nothing_is_claimed_while_the_cluster_is_down(
    hass: HomeAssistant, cluster: ConfigEntry, kubernetes_proxy: FaultProxy, until: Callable[..., Any]
) -> None:
    await kubernetes_proxy.inject(Fault(kind=FaultKind.REFUSE))
    known = {"binary_sensor.homelab_cluster_reachable", "sensor.homelab_last_change"}
    known |= {"event.homelab_finding", "event.homelab_application"}  # when something last happened
    for name in {entity.entity_id for entity in entities(hass, cluster)} - known:
        await until(name, lambda state: state.state == "unavailable")


def entities(hass: HomeAssistant, entry: ConfigEntry) -> list[er.RegistryEntry]:
    return er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)


@pytest.mark.parametrize("options", [{}, {"alarms": {"persistence": 0}}], ids=["usual", "alarms at once"])
async def test_a_burst_of_ten_thousand_events_gives_at_most_twenty_state_writes(
    hass: HomeAssistant,
    cluster: ConfigEntry,
    kubernetes: KubernetesSimulator,
    until: Callable[..., Any],
    options: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hass.config_entries.async_update_entry(cluster, options=options)
    await hass.async_block_till_done()
    await until("sensor.homelab_findings", lambda state: state.state == "3")
    writes: list[str] = []

    @callback
    def count(event: Event[EventStateChangedData]) -> None:
        writes.append(event.data["entity_id"])

    def is_all(state: State) -> bool:
        return state.state == str(BURST + 3)

    stop = hass.bus.async_listen("state_changed", count)
    with FastClock(monkeypatch).running():
        for number in range(BURST):
            kubernetes.store.apply(result("Service", f"team-{number % 40}/app-{number}", "Service has no endpoints"))
            if not number % 100:
                await asyncio.sleep(0)
        await until("sensor.homelab_findings", is_all)
    stop()
    assert len(writes) <= 20, Counter(writes)
