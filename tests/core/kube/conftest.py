"""A simulated API server behind a proxy that can make it fail, and a connection to it."""

from collections.abc import AsyncIterator

import pytest

from assistant_core.kube import Cluster
from demo.faults import FaultProxy
from demo.kubernetes import KubernetesSimulator
from tests.clock import FastClock

from ..served_cluster import cluster, proxy, session
from .following import Following

__all__ = ["cluster", "proxy", "session"]


@pytest.fixture
async def kubernetes() -> KubernetesSimulator:
    return KubernetesSimulator(objects=())


@pytest.fixture
async def following(
    kubernetes: KubernetesSimulator, proxy: FaultProxy, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Following]:
    following = Following(kubernetes, proxy, cluster)
    following.put("a")
    following.put("b")
    with FastClock(monkeypatch).running():
        yield following
        await following.stop()
