"""The demo's cluster behind a proxy that can make it fail, and a watch of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from copy import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant_core.cluster import ClusterWatch, Patience
from assistant_core.journal import SqliteJournal
from assistant_core.kube import Cluster
from demo.kubernetes import KubernetesSimulator
from demo.kubernetes_objects import Object, kind_named
from tests.clock import FastClock

from ..served_cluster import QUICK as SOON
from ..served_cluster import cluster, proxy, session

__all__ = ["cluster", "proxy", "session"]

QUICK = replace(SOON, page=1, answer=0.5, burst=0.02)
AT_ONCE = Patience(persistence=timedelta())
RESULTS = kind_named("results.core.k8sgpt.ai")
DEPLOYMENTS = kind_named("deployments.apps")
APPLICATIONS = kind_named("applications.argoproj.io")

PATIENCE = 45  # seconds; only ever reached by a test that fails


class Heard:
    """A watch, and what it told."""

    def __init__(self, watch: ClusterWatch) -> None:
        self.watch = watch
        self.findings: list[tuple[str, str]] = []
        self.applications: list[tuple[str, str]] = []
        self.calls = 0
        self._again = asyncio.Event()
        watch.subscribe(lambda change: self.findings.append((change.event, change.finding.name)))
        watch.subscribe_applications(lambda change: self.applications.append((change.event, change.application.name)))
        watch.listen(self._listen)

    def _listen(self) -> None:
        self.calls += 1
        self._again.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._again.clear()
                await self._again.wait()

    @property
    def names(self) -> set[str]:
        return {finding.name for finding in self.watch.findings}


class Clock:
    """The time, and as much more as a test wants."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def changed(kubernetes: KubernetesSimulator, item: Object, **status: Any) -> None:
    kubernetes.store.apply({**item, "status": {**item["status"], **status}})


def scale(kubernetes: KubernetesSimulator, name: str, ready: int) -> None:
    """Let a deployment of the demo have so many ready pods."""
    found = kubernetes.store.objects(DEPLOYMENTS)
    [item] = [item for (_, each), item in found.items() if each == name]
    changed(kubernetes, item, readyReplicas=ready)


@pytest.fixture(autouse=True)
async def fast_clock(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Nothing times out because the machine is busy."""
    with FastClock(monkeypatch).running():
        yield


@pytest.fixture
async def kubernetes() -> KubernetesSimulator:
    return KubernetesSimulator()


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[SqliteJournal]:
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    await journal.open()
    yield journal
    await journal.close()


type Watching = Callable[..., AbstractAsyncContextManager[Heard]]


@pytest.fixture
def watching(cluster: Cluster) -> Watching:
    """A running watch; what it is built with can be given."""

    @asynccontextmanager
    async def watching(**options: Any) -> AsyncIterator[Heard]:
        watch = ClusterWatch(cluster, **{"patience": AT_ONCE, "timing": QUICK, **options})
        heard = Heard(watch)
        task = asyncio.create_task(watch.run())
        try:
            yield heard
        finally:
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled(), "only cancelling ends a watch"

    return watching
