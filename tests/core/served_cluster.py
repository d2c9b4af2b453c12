"""A simulated API server behind a proxy that can make it fail, and a connection to it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from assistant_core.kube import Cluster, ClusterConfig, Timing, connect
from demo.faults import FaultProxy
from demo.kubernetes import READER_TOKEN, KubernetesSimulator
from demo.serving import serving

__all__ = ["QUICK", "cluster", "proxy", "session"]

QUICK = Timing(
    silence=5,
    denied=0.02,
    poll=0.02,
    not_installed=0.02,
    turn=0.01,
    proof=0.05,
    pause_shortest=0.01,
    pause_longest=0.05,
)


@pytest.fixture
async def proxy(kubernetes: KubernetesSimulator) -> AsyncIterator[FaultProxy]:
    async with serving(kubernetes) as proxy:
        yield proxy
    assert {seen.method for seen in proxy.seen} <= {"GET"}, "the cluster is read-only to us"


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def cluster(session: aiohttp.ClientSession, proxy: FaultProxy) -> Cluster:
    return await connect(session, ClusterConfig(name="home", server=proxy.url, token=READER_TOKEN))
