import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from assistant_core.errors import ConnectionFailed, NotFound
from assistant_core.findings import FindingsWatch
from assistant_core.kube import Cluster, Timing, WatchState
from demo.faults import Fault, FaultKind, FaultProxy
from demo.kubernetes import KubernetesSimulator
from demo.kubernetes_objects import kind_named
from demo.results import K8SGPT_NAMESPACE, result

KIND = kind_named("results.core.k8sgpt.ai")
QUICK = Timing(page=1, silence=5, denied=0.02, not_installed=0.02, pause_shortest=0.01, pause_longest=0.05)


class Heard:
    """A running watch and what it told."""

    def __init__(self, watch: FindingsWatch) -> None:
        self.watch = watch
        self.changes: list[tuple[str, str, str]] = []
        self._again = asyncio.Event()
        self.unsubscribe = watch.subscribe(
            lambda change: self.changes.append((change.event, change.finding.kind, change.finding.name))
        )
        self.stop_listening = watch.listen(self._again.set)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self._again.clear()
                await self._again.wait()


@asynccontextmanager
async def running(cluster: Cluster) -> AsyncIterator[Heard]:
    watch = FindingsWatch(cluster, "home", timing=QUICK)
    heard = Heard(watch)
    task = asyncio.create_task(watch.run())
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.fixture
async def heard(cluster: Cluster) -> AsyncIterator[Heard]:
    async with running(cluster) as heard:
        await heard.watch.wait_synced()
        yield heard


def names(heard: Heard) -> set[str]:
    return {finding.name for finding in heard.watch.findings}


async def test_the_demos_findings_are_open_from_the_start_and_are_no_news(heard: Heard) -> None:
    assert names(heard) == {"jellyfin", "config-jellyfin", "mosquitto-0"}
    assert heard.changes == []
    assert heard.watch.observation.value == heard.watch.findings
    assert heard.watch.observation.at is not None


async def test_findings_are_ordered_from_the_oldest(heard: Heard) -> None:
    seen = [finding.first_seen for finding in heard.watch.findings]
    assert seen == sorted(seen)


async def test_a_finding_opens_changes_and_clears(heard: Heard, kubernetes: KubernetesSimulator) -> None:
    kubernetes.store.apply(result("Node", "k3s-1", "text"))
    await heard.until(lambda: "k3s-1" in names(heard))
    kubernetes.store.apply(result("Node", "k3s-1", "text", explanation="because"))
    await heard.until(lambda: "because" in {finding.explanation for finding in heard.watch.findings})
    kubernetes.store.delete(KIND, K8SGPT_NAMESPACE, "k3s1")
    await heard.until(lambda: "k3s-1" not in names(heard))
    assert [event for event, kind, name in heard.changes if (kind, name) == ("Node", "k3s-1")] == [
        "opened",
        "changed",
        "cleared",
    ]


async def test_a_status_that_says_nothing_new_is_no_change(heard: Heard, kubernetes: KubernetesSimulator) -> None:
    item = kubernetes.store.get(KIND, K8SGPT_NAMESPACE, "mediajellyfin")
    kubernetes.store.apply({**item, "status": {"lifecycle": "historical"}})
    kubernetes.store.apply(result("Node", "k3s-1", "text"))
    await heard.until(lambda: "k3s-1" in names(heard))
    assert heard.changes == [("opened", "Node", "k3s-1")]


async def test_an_object_that_turns_to_another_kind_is_another_finding(
    heard: Heard, kubernetes: KubernetesSimulator
) -> None:
    kubernetes.store.apply(result("Service", "media/jellyfin", "Service has no endpoints, expected label app=jellyfin"))
    await heard.until(lambda: bool(heard.changes))
    assert heard.changes == [("cleared", "Deployment", "jellyfin"), ("opened", "Service", "jellyfin")]


async def test_who_unsubscribed_hears_no_more(heard: Heard, kubernetes: KubernetesSimulator) -> None:
    heard.unsubscribe()
    heard.unsubscribe()
    kubernetes.store.apply(result("Node", "k3s-1", "text"))
    await heard.until(lambda: "k3s-1" in names(heard))
    assert heard.changes == []
    heard.stop_listening()


async def test_what_was_missed_while_the_cluster_was_away_is_told_when_it_is_back(
    heard: Heard, kubernetes: KubernetesSimulator, proxy: FaultProxy
) -> None:
    await proxy.inject(Fault(kind=FaultKind.REFUSE))
    await heard.until(lambda: isinstance(heard.watch.observation.error, ConnectionFailed))
    away = heard.watch.observation
    assert (away.value, away.at is not None, away.since is not None) == (heard.watch.findings, True, True)
    kubernetes.store.delete(KIND, K8SGPT_NAMESPACE, "mediajellyfin")
    kubernetes.store.apply(result("Node", "k3s-1", "text"))
    kubernetes.store.compact(kubernetes.store.version)
    await proxy.clear()
    await heard.until(lambda: heard.watch.observation.error is None and "k3s-1" in names(heard))
    assert heard.changes == [("cleared", "Deployment", "jellyfin"), ("opened", "Node", "k3s-1")]


async def test_a_cluster_without_k8sgpt_says_so_and_heals_when_it_is_installed(
    cluster: Cluster, kubernetes: KubernetesSimulator
) -> None:
    kubernetes.store.remove_crd(KIND)
    async with running(cluster) as heard:
        await heard.watch.wait_synced()
        await heard.until(lambda: heard.watch.state is WatchState.NOT_INSTALLED)
        observation = heard.watch.observation
        assert observation.value == ()
        assert isinstance(observation.error, NotFound)
        assert str(observation.error) == "The cluster home has no results.core.k8sgpt.ai."
        kubernetes.store.install_crd(KIND)
        kubernetes.store.apply(result("Node", "k3s-1", "text"))
        await heard.until(lambda: "k3s-1" in names(heard))


async def test_a_cluster_never_reached_has_no_findings_rather_than_none(cluster: Cluster, proxy: FaultProxy) -> None:
    await proxy.inject(Fault(kind=FaultKind.REFUSE))
    async with running(cluster) as heard:
        await heard.until(lambda: heard.watch.observation.error is not None)
        assert heard.watch.observation.value is None
        assert heard.watch.observation.at is None
