"""The cluster that a command names, as a witness of what the files leave open."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ..cluster import ClusterEvidence
from .clusters import cluster_at
from .services import Addresses, cluster_config


@asynccontextmanager
async def evidence(addresses: Addresses) -> AsyncIterator[ClusterEvidence | None]:
    """What the cluster tells; None when none is named. Raises HomelabError."""
    config = await asyncio.to_thread(cluster_config, addresses)
    if config is None:
        yield None
        return
    async with cluster_at(config) as cluster:
        yield ClusterEvidence(cluster)
