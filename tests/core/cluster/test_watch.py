"""What a watched cluster comes to: findings, summaries and what is told of them."""

import asyncio
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from assistant_core.cluster import ClusterWatch, Patience
from assistant_core.errors import ConnectionFailed
from assistant_core.kube import Cluster, ClusterConfig, WatchState, connect
from assistant_core.models.application import HealthStatus
from assistant_core.models.finding import Category, Severity, Source
from demo.faults import Fault, FaultKind, FaultProxy
from demo.kubernetes import READER_TOKEN, KubernetesSimulator
from demo.kubernetes_objects import kind_named
from demo.results import K8SGPT_NAMESPACE, result
from demo.serving import serving

from .conftest import APPLICATIONS, AT_ONCE, QUICK, RESULTS, Clock, Heard, Watching, changed, scale


async def test_one_problem_is_one_finding_whoever_sees_it(watching: Watching) -> None:
    async with watching() as heard:
        await heard.watch.wait_synced()
        found = {each.name: each for each in heard.watch.findings}
        assert set(found) == {"jellyfin", "config-jellyfin", "mosquitto"}
        assert {each.sources for each in found.values()} == {(Source.K8SGPT, Source.CHECK)}
        assert found["jellyfin"].category is Category.STORAGE
        assert found["mosquitto"].kind == "StatefulSet"
        assert found["mosquitto"].category is Category.CRASH
        assert found["config-jellyfin"].explanation.startswith("Error: The claim asks")
        assert heard.findings == [], "what was there before anybody looked is no news"
        assert heard.watch.observation.value == heard.watch.findings
        assert heard.watch.observation.error is None


async def test_nodes_workloads_and_applications_are_summed_up(watching: Watching) -> None:
    async with watching() as heard:
        await heard.watch.wait_synced()
        nodes, workloads = heard.watch.nodes.value, heard.watch.workloads.value
        applications = heard.watch.applications.value
        assert nodes is not None
        assert workloads is not None
        assert applications is not None
        assert [(node.name, node.ready) for node in nodes] == [("k3s-1", True), ("k3s-2", True), ("k3s-server", True)]
        assert [(each.name, each.ready, each.wanted) for each in workloads if each.ready < each.wanted] == [
            ("mosquitto", 0, 1),
            ("jellyfin", 0, 1),
        ]
        assert {each.application for each in workloads} == {each.name for each in applications}
        assert sum(each.health is HealthStatus.HEALTHY for each in applications) == 4
        assert heard.watch.mutations == ()
        await heard.until(lambda: {each.state for each in heard.watch.health} == {WatchState.WATCHING})


async def test_without_k8sgpt_our_own_checks_find_the_same(watching: Watching, kubernetes: KubernetesSimulator) -> None:
    for resource in ("results", "k8sgpts", "mutations"):
        kubernetes.store.remove_crd(kind_named(f"{resource}.core.k8sgpt.ai"))
    async with watching() as heard:
        await heard.watch.wait_synced()
        assert heard.names == {"jellyfin", "config-jellyfin", "mosquitto"}
        assert {each.sources for each in heard.watch.findings} == {(Source.CHECK,)}
        assert heard.watch.observation.error is None
        assert heard.watch.state is WatchState.NOT_INSTALLED
        assert heard.watch.k8sgpt_quiet_since is None


async def test_a_problem_opens_grows_and_clears(watching: Watching, kubernetes: KubernetesSimulator) -> None:
    async with watching() as heard:
        await heard.watch.wait_synced()
        scale(kubernetes, "homepage", ready=1)
        await heard.until(lambda: "homepage" in heard.names)
        kubernetes.store.apply(result("Pod", "web/homepage-7d9c6b8f5d-x2k4q", "ErrImagePull", explanation="because"))
        await heard.until(lambda: len(heard.findings) == 2)
        [it] = [each for each in heard.watch.findings if each.name == "homepage"]
        assert (it.kind, it.category, it.severity) == ("Deployment", Category.IMAGE, Severity.CRITICAL)
        assert (it.sources, it.explanation) == ((Source.K8SGPT, Source.CHECK), "because")
        kubernetes.store.delete(RESULTS, K8SGPT_NAMESPACE, "webhomepage7d9c6b8f5dx2k4q")
        scale(kubernetes, "homepage", ready=2)
        await heard.until(lambda: "homepage" not in heard.names)
        events = [event for event, name in heard.findings if name == "homepage"]
        assert events[:2] == ["opened", "changed"]
        assert events[-1] == "cleared"


async def test_what_does_not_last_is_shown_but_alarms_nobody(
    watching: Watching, kubernetes: KubernetesSimulator
) -> None:
    clock = Clock()
    async with watching(patience=Patience(), clock=clock) as heard:
        await heard.watch.wait_synced()
        scale(kubernetes, "homepage", ready=1)
        await heard.until(lambda: "homepage" in heard.names)
        scale(kubernetes, "homepage", ready=2)
        await heard.until(lambda: "homepage" not in heard.names)
        scale(kubernetes, "sonarr", ready=0)
        await heard.until(lambda: "sonarr" in heard.names)
        assert heard.findings == []
        clock.ahead = timedelta(minutes=2)
        scale(kubernetes, "paperless", ready=0)
        await heard.until(lambda: bool(heard.findings))
        assert heard.findings == [("opened", "sonarr")]


async def test_an_application_tells_what_happens_to_it(watching: Watching, kubernetes: KubernetesSimulator) -> None:
    async with watching() as heard:
        await heard.watch.wait_synced()
        item = kubernetes.store.get(APPLICATIONS, "argocd", "grafana")
        changed(kubernetes, item, sync={"status": "OutOfSync"}, health={"status": "Degraded"})
        await heard.until(lambda: len(heard.applications) == 2)
        await heard.until(lambda: "grafana" in heard.names)
        entry = {"id": 8, "revision": "f" * 40, "deployedAt": "2026-11-22T20:00:00Z"}
        changed(kubernetes, item, history=[*item["status"]["history"], entry])
        await heard.until(lambda: "grafana" not in heard.names)
        kubernetes.store.delete(APPLICATIONS, "argocd", "grafana")
        await heard.until(lambda: ("removed", "grafana") in heard.applications)
        assert heard.applications == [
            ("out_of_sync", "grafana"),
            ("degraded", "grafana"),
            ("deployed", "grafana"),
            ("synced", "grafana"),
            ("healthy", "grafana"),
            ("removed", "grafana"),
        ]


async def test_what_changed_names_findings_and_deployments(watching: Watching, kubernetes: KubernetesSimulator) -> None:
    async with watching() as heard:
        await heard.watch.wait_synced()
        scale(kubernetes, "homepage", ready=0)
        await heard.until(lambda: "homepage" in heard.names)
        what = await heard.watch.what_changed(datetime(2026, 11, 22, tzinfo=UTC))
        assert [(entry.event, entry.finding.name) for entry in what.findings] == [("opened", "homepage")]
        assert {each.application for each in what.deployed} >= {"grafana", "jellyfin"}
        assert (await heard.watch.what_changed(datetime.now(UTC) + timedelta(days=1))).deployed == ()


async def test_k8sgpt_that_owes_an_answer_for_three_intervals_is_quiet(
    watching: Watching, kubernetes: KubernetesSimulator
) -> None:
    clock = Clock()

    async def later(heard: Heard, seconds: float) -> None:
        clock.ahead += timedelta(seconds=seconds)
        calls = heard.calls
        scale(kubernetes, "grafana", ready=calls)
        await heard.until(lambda: heard.calls > calls)

    async with watching(clock=clock) as heard:
        await heard.watch.wait_synced()
        await later(heard, 3600)
        assert heard.watch.k8sgpt_quiet_since is None, "nothing new to say is no silence"
        scale(kubernetes, "homepage", ready=0)
        await heard.until(lambda: "homepage" in heard.names)
        await later(heard, 60)
        assert heard.watch.k8sgpt_quiet_since is None
        await later(heard, 60)
        assert heard.watch.k8sgpt_quiet_since is None
        await later(heard, 60)
        assert heard.watch.k8sgpt_quiet_since is not None
        kubernetes.store.apply(result("Deployment", "web/homepage", "Deployment web/homepage has 2 replicas but 0 are"))
        await heard.until(lambda: heard.watch.findings[-1].sources == (Source.K8SGPT, Source.CHECK))
        await later(heard, 15)
        assert heard.watch.k8sgpt_quiet_since is None


async def test_a_burst_is_few_calls(watching: Watching, kubernetes: KubernetesSimulator) -> None:
    async with watching() as heard:
        await heard.watch.wait_synced()
        calls = heard.calls
        for number in range(2000):
            kubernetes.store.apply(result("Node", f"node-{number}", "text"))
        await heard.until(lambda: len(heard.names) == 2003)
        assert heard.calls - calls < 200
        assert len([event for event, _ in heard.findings if event == "opened"]) == 2000


async def test_a_defect_of_a_subscriber_loses_nothing(
    watching: Watching, kubernetes: KubernetesSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    async with watching() as heard:
        await heard.watch.wait_synced()

        def broken(_: object) -> None:
            unsubscribe()
            raise ZeroDivisionError

        unsubscribe = heard.watch.subscribe(broken)
        scale(kubernetes, "homepage", ready=0)
        await heard.until(lambda: isinstance(heard.watch.defect, ZeroDivisionError))
        kubernetes.store.delete(RESULTS, K8SGPT_NAMESPACE, "mediaconfigjellyfin")
        scale(kubernetes, "sonarr", ready=0)
        await heard.until(lambda: "sonarr" in heard.names)
        assert heard.names == {"jellyfin", "config-jellyfin", "mosquitto", "homepage", "sonarr"}
        assert "started again" in caplog.text


async def test_two_clusters_share_nothing(
    watching: Watching, proxy: FaultProxy, session: aiohttp.ClientSession
) -> None:
    other = KubernetesSimulator()
    async with serving(other) as elsewhere, watching() as heard:
        await heard.watch.wait_synced()
        cluster = await connect(session, ClusterConfig(name="away", server=elsewhere.url, token=READER_TOKEN))
        away = Heard(ClusterWatch(cluster, patience=AT_ONCE, timing=QUICK))
        task = asyncio.create_task(away.watch.run())
        await away.watch.wait_synced()
        await proxy.inject(Fault(kind=FaultKind.REFUSE))
        await heard.until(lambda: heard.watch.observation.error is not None)
        scale(other, "homepage", ready=0)
        await away.until(lambda: "homepage" in away.names)
        assert away.watch.observation.error is None
        assert isinstance(heard.watch.observation.error, ConnectionFailed)
        assert not {each.id for each in heard.watch.findings} & {each.id for each in away.watch.findings}
        task.cancel()
        await asyncio.wait([task])


async def test_a_cluster_that_never_answered_has_no_findings_rather_than_none(
    watching: Watching, proxy: FaultProxy, cluster: Cluster
) -> None:
    await proxy.inject(Fault(kind=FaultKind.REFUSE))
    async with watching() as heard:
        await heard.until(lambda: heard.watch.observation.error is not None)
        assert heard.watch.observation.value is None
        assert heard.watch.nodes.value is None
        assert isinstance(heard.watch.nodes.error, ConnectionFailed)
        assert heard.watch.name == cluster.name
        await proxy.clear()
        await heard.until(lambda: len(heard.names) == 3)
