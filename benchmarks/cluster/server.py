"""A simulated API server with many Results, and both clients of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import batched
import time
from typing import Any

import aiohttp
from kubernetes_asyncio.client import ApiClient, Configuration, CustomObjectsApi

from assistant_core.kube import Cluster, ClusterConfig, connect
from assistant_core.kube.resource import RESULTS as OUR_RESULTS
from demo.kubernetes import READER_TOKEN, KubernetesSimulator
from demo.results import result

from ..figures import BenchmarkError
from ..served import served

MANY = 10_000
RESULTS: dict[str, Any] = {"group": "core.k8sgpt.ai", "version": "v1alpha1", "plural": "results"}
EXPLANATION = (
    "Error: The only pod of the deployment does not run, because its image cannot be pulled.\n"
    "Solution: 1. Look at the events of the pod. 2. See that the tag exists in the registry. 3. See that the node can "
    "reach the registry and that the secret for it is right. 4. Correct the tag in the manifest and let it be synced."
)


def many(number: int, text: str = "") -> Iterator[dict[str, Any]]:
    """Results about so many workloads, every second one about its pod, with names to redact."""
    for index in range(number):
        team, name = f"team-{index % 40}", f"service-{index}"
        if index % 2:
            pod = f"{name}-7c9f6d5b84-x7v2k"
            error = f"the last termination reason is Error container={name} pod={pod}{text}"
            yield result("Pod", f"{team}/{pod}", error, explanation=EXPLANATION, sensitive=(pod,))
        else:
            error = f"Deployment {team}/{name} has 3 replicas but {index % 3} are available with status running{text}"
            yield result("Deployment", f"{team}/{name}", error, explanation=EXPLANATION, sensitive=(name,))


@dataclass(frozen=True)
class Server:
    """The server, its control port, and a connection of each side."""

    url: str
    control: str
    session: aiohttp.ClientSession
    cluster: Cluster
    theirs: CustomObjectsApi

    async def put(self, items: Iterator[dict[str, Any]]) -> None:
        """Create or replace objects. Raises BenchmarkError."""
        for some in batched(items, 500, strict=False):
            async with self.session.put(f"{self.control}/objects", json=some) as response:
                if not response.ok:
                    raise BenchmarkError(f"The simulator refused its objects: {await response.text()}")

    async def bare_watch(self, change: Callable[[], Coroutine[Any, Any, None]]) -> float:
        """How long (ms) it takes a change to reach somebody who watches the Results and does no more."""
        version = await self.version()
        async with self.cluster.watch(OUR_RESULTS, version, seconds=60, silence=60) as batches:
            begin = time.perf_counter()
            changing = asyncio.create_task(change())
            await anext(batches)
            spent = time.perf_counter() - begin
        await changing
        return spent * 1e3

    async def version(self) -> str:
        """The version of the list of Results."""
        page = await self.theirs.list_cluster_custom_object(**RESULTS, limit=1)
        return str(page["metadata"]["resourceVersion"])


@asynccontextmanager
async def server(number: int = 0) -> AsyncIterator[Server]:
    """A server with so many Results."""
    async with served(KubernetesSimulator) as where, aiohttp.ClientSession() as session:
        cluster = await connect(session, ClusterConfig(name="bench", server=where.url, token=READER_TOKEN))
        settings = Configuration(host=where.url)
        settings.api_key = {"BearerToken": f"Bearer {READER_TOKEN}"}
        async with ApiClient(settings) as client:
            running = Server(where.url, where.control, session, cluster, CustomObjectsApi(client))
            await running.put(many(number))
            yield running
