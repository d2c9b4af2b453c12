"""Whatever goes wrong on the way, afterwards the findings are those of somebody who looks for the first time."""

import asyncio
import json

import pytest

from assistant_core.cluster import ClusterWatch
from assistant_core.errors import AuthenticationFailed, ConnectionFailed
from assistant_core.kube import Cluster, WatchState
from assistant_core.models.finding import Finding
from demo.faults import Fault, FaultKind, FaultProxy
from demo.kubernetes import READER, READER_TOKEN, KubernetesSimulator
from demo.kubernetes_access import Account
from demo.kubernetes_objects import kind_named
from demo.results import K8SGPT_NAMESPACE, result

from .conftest import AT_ONCE, QUICK, RESULTS, Watching

WATCH = r".*watch=true.*"
GONE = json.dumps({"kind": "Status", "code": 410, "reason": "Expired"})
FAULTS = {
    "refused": Fault(kind=FaultKind.REFUSE),
    "blackhole": Fault(kind=FaultKind.HANG),
    "silent under way": Fault(kind=FaultKind.HANG, after=600),
    "slowloris": Fault(kind=FaultKind.SLOW, delay=0.2),
    "cut": Fault(kind=FaultKind.CUT, after=900),
    "no answer at all": Fault(kind=FaultKind.CUT),
    "not http": Fault(kind=FaultKind.GARBAGE),
    "a web page": Fault(kind=FaultKind.STATUS, status=200, body="<html>no cluster</html>"),
    "401": Fault(kind=FaultKind.STATUS, status=401),
    "401 once": Fault(kind=FaultKind.STATUS, status=401, times=1),
    "403": Fault(kind=FaultKind.STATUS, status=403),
    "403 for watches": Fault(kind=FaultKind.STATUS, status=403, path=WATCH),
    "404": Fault(kind=FaultKind.STATUS, status=404, body="404 page not found\n"),
    "410": Fault(kind=FaultKind.STATUS, status=410, body=GONE),
    "410 for watches": Fault(kind=FaultKind.STATUS, status=410, body=GONE, path=WATCH),
    "410 as an event": Fault(
        kind=FaultKind.STATUS, status=200, path=WATCH, body=f'{{"type":"ERROR","object":{GONE}}}\n'
    ),
    "429": Fault(kind=FaultKind.STATUS, status=429, headers={"Retry-After": "0"}),
    "500": Fault(kind=FaultKind.STATUS, status=500),
    "503": Fault(kind=FaultKind.STATUS, status=503, body="<html>"),
    "watches that end at once": Fault(kind=FaultKind.STATUS, status=200, path=WATCH, body=""),
    "an event that is none": Fault(kind=FaultKind.STATUS, status=200, path=WATCH, body="nonsense\n"),
    "an unknown type": Fault(
        kind=FaultKind.STATUS,
        status=200,
        path=WATCH,
        body='{"type":"NEW","object":{"metadata":{"resourceVersion":"1","uid":"u"}}}\n',
    ),
}


def said(findings: tuple[Finding, ...]) -> set[tuple[str, str, frozenset[str]]]:
    return {(each.id, each.explanation, frozenset(each.errors)) for each in findings}


async def at_first_sight(cluster: Cluster) -> set[tuple[str, str, frozenset[str]]]:
    """What somebody sees who looks for the first time."""
    watch = ClusterWatch(cluster, patience=AT_ONCE, timing=QUICK)
    task = asyncio.create_task(watch.run())
    await watch.wait_synced()
    task.cancel()
    await asyncio.wait([task])
    return said(watch.findings)


def move_on(kubernetes: KubernetesSimulator) -> None:
    """Something comes, changes and goes while nobody hears of it."""
    kubernetes.store.delete(RESULTS, K8SGPT_NAMESPACE, "mediajellyfin")
    kubernetes.store.apply(result("Pod", "home/mosquitto-0", "another text", explanation="another"))
    kubernetes.store.apply(result("Node", "k3s-1", "text"))
    kubernetes.store.delete(kind_named("persistentvolumeclaims"), "media", "config-jellyfin")
    [deployment] = [
        item for (_, name), item in kubernetes.store.objects(kind_named("deployments.apps")).items() if name == "sonarr"
    ]
    kubernetes.store.apply({**deployment, "status": {"replicas": 1}})


@pytest.mark.parametrize("name", FAULTS)
async def test_after_a_fault_under_way_nothing_is_lost_and_nothing_left_over(
    name: str, watching: Watching, proxy: FaultProxy, kubernetes: KubernetesSimulator, cluster: Cluster
) -> None:
    async with watching() as heard:
        await heard.watch.wait_synced()
        await proxy.inject(FAULTS[name])
        await proxy.drop_connections()
        asked = len(proxy.seen)
        move_on(kubernetes)
        if FAULTS[name].kind is not FaultKind.REFUSE:
            await heard.until(lambda: len(proxy.seen) > asked)
        await proxy.clear()
        await proxy.drop_connections()
        truth = await at_first_sight(cluster)
        assert len(truth) == 5
        await heard.until(lambda: said(heard.watch.findings) == truth)
        await heard.until(lambda: heard.watch.observation.error is None)
        events = [event for event, each in heard.findings if each == "k3s-1"]
        assert events == ["opened"]


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_from_the_start_heals(name: str, watching: Watching, proxy: FaultProxy, cluster: Cluster) -> None:
    await proxy.inject(FAULTS[name])
    async with watching() as heard:
        await heard.until(lambda: len(proxy.seen) > 0 or heard.watch.observation.error is not None)
        await proxy.clear()
        await proxy.drop_connections()
        truth = await at_first_sight(cluster)
        await heard.until(lambda: said(heard.watch.findings) == truth)


@pytest.mark.parametrize("as_status", [False, True])
async def test_an_apiserver_that_restarts_and_forgets_how_things_came_to_be(
    watching: Watching, proxy: FaultProxy, kubernetes: KubernetesSimulator, cluster: Cluster, *, as_status: bool
) -> None:
    kubernetes.server.expired_as_status = as_status
    async with watching() as heard:
        await heard.watch.wait_synced()
        await proxy.inject(Fault(kind=FaultKind.REFUSE))
        await heard.until(lambda: isinstance(heard.watch.observation.error, ConnectionFailed))
        before = said(heard.watch.findings)
        assert before, "what was last known stays"
        move_on(kubernetes)
        kubernetes.store.compact(kubernetes.store.version)
        kubernetes.server.busy, kubernetes.server.retry_after = 3, 0
        await proxy.clear()
        await heard.until(lambda: heard.watch.observation.error is None)
        truth = await at_first_sight(cluster)
        await heard.until(lambda: said(heard.watch.findings) == truth)


async def test_an_etcd_that_was_restored_is_noticed(
    watching: Watching, proxy: FaultProxy, kubernetes: KubernetesSimulator, cluster: Cluster
) -> None:
    async with watching() as heard:
        await heard.watch.wait_synced()
        await heard.until(lambda: {each.state for each in heard.watch.health} == {WatchState.WATCHING})
        kubernetes.store.version -= 30
        move_on(kubernetes)
        await proxy.drop_connections()
        truth = await at_first_sight(cluster)
        await heard.until(lambda: said(heard.watch.findings) == truth)


async def test_a_token_that_is_refused_is_asked_for_again_and_said(
    watching: Watching, kubernetes: KubernetesSimulator, proxy: FaultProxy
) -> None:
    async with watching() as heard:
        await heard.watch.wait_synced()
        kubernetes.server.accounts = {}
        await proxy.drop_connections()
        await heard.until(lambda: isinstance(heard.watch.observation.error, AuthenticationFailed))
        kubernetes.server.accounts = {READER_TOKEN: READER}
        await heard.until(lambda: heard.watch.observation.error is None)


async def test_a_missing_right_to_watch_is_named_and_the_findings_stay_right(
    watching: Watching, kubernetes: KubernetesSimulator, cluster: Cluster
) -> None:
    kubernetes.server.accounts = {READER_TOKEN: Account("poor", denied=("watch results.core.k8sgpt.ai",))}
    async with watching() as heard:
        await heard.until(lambda: heard.watch.state is WatchState.POLLING)
        [denied] = heard.watch.denied
        assert (denied.placeholders["verb"], denied.placeholders["resource"]) == ("watch", "results.core.k8sgpt.ai")
        move_on(kubernetes)
        truth = await at_first_sight(cluster)
        await heard.until(lambda: said(heard.watch.findings) == truth)


async def test_k8sgpt_installed_later_is_noticed(
    watching: Watching, kubernetes: KubernetesSimulator, cluster: Cluster
) -> None:
    kubernetes.store.remove_crd(RESULTS)
    async with watching() as heard:
        await heard.watch.wait_synced()
        kubernetes.store.install_crd(RESULTS)
        kubernetes.store.apply(result("Service", "web/homepage", "Service has no endpoints"))
        await heard.until(lambda: ("opened", "homepage") in heard.findings)
        assert said(heard.watch.findings) == await at_first_sight(cluster)


@pytest.mark.parametrize(
    ("number", "text"), [(5000, "text"), (50, "x" * 1024 * 1024)], ids=["5,000 results", "50 objects of 1 MiB"]
)
async def test_much_is_read_whole(number: int, text: str, watching: Watching, kubernetes: KubernetesSimulator) -> None:
    for each in range(number):
        kubernetes.store.apply(result("Node", f"node-{each}", text))
    async with watching() as heard:
        await heard.until(lambda: len(heard.names) == number + 3)
        assert all(len("".join(each.errors)) <= 4096 for each in heard.watch.findings)


async def test_a_watch_that_is_stopped_leaves_nothing_behind(watching: Watching, proxy: FaultProxy) -> None:
    def ours() -> set[str]:
        names = {task.get_coro().__qualname__ for task in asyncio.all_tasks()}  # type: ignore[union-attr] - they have one
        return {name for name in names if name.startswith(("ClusterWatch", "Reflector"))}

    async with watching() as heard:
        await heard.watch.wait_synced()
        assert ours()
    assert not ours()
    async with watching():
        pass
    assert not ours()
