"""The connection to the cluster that a command asks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from ..kube import Cluster, ClusterConfig, connect


@asynccontextmanager
async def cluster_at(config: ClusterConfig) -> AsyncIterator[Cluster]:
    """A connection that is closed in the end. Raises InputInvalid."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield await connect(session, config)
