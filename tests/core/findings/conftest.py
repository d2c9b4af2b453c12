"""The demo's cluster behind a proxy that can make it fail, and a connection to it."""

import pytest

from demo.kubernetes import KubernetesSimulator

from ..served_cluster import cluster, proxy, session

__all__ = ["cluster", "proxy", "session"]


@pytest.fixture
async def kubernetes() -> KubernetesSimulator:
    return KubernetesSimulator()
