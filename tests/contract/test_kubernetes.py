"""What we rely on in an API server: the simulator, or with HOMELAB_TEST_KUBECONFIG (a file) a real one."""

import asyncio
from collections.abc import AsyncIterator
import json
import os
from pathlib import Path

import pytest

from assistant_core.errors import NotFound
from assistant_core.kube import Cluster, ClusterConfig, Reflector, Resource, WatchState, connect
from demo.kubernetes import KubernetesSimulator
from demo.serving import serving

REAL = Path(path).read_text() if (path := os.environ.get("HOMELAB_TEST_KUBECONFIG")) else None
NAMESPACES = Resource("", "v1", "namespaces")


@pytest.fixture
async def kubeconfig() -> AsyncIterator[str]:
    if REAL:
        yield REAL
        return
    simulator = KubernetesSimulator()
    async with serving(simulator) as proxy:
        yield simulator.kubeconfig(proxy.url)


@pytest.fixture
async def cluster(kubeconfig: str) -> AsyncIterator[Cluster]:
    cluster = await connect(ClusterConfig(name="home", kubeconfig=kubeconfig))
    yield cluster
    await cluster.close()


async def test_the_version_looks_like_kubernetes(cluster: Cluster) -> None:
    assert (await cluster.version()).startswith("v1.")


async def test_pages_make_up_the_list(cluster: Cluster) -> None:
    whole = await cluster.page(NAMESPACES, limit=500)
    names, token = [], ""
    while True:
        page = await cluster.page(NAMESPACES, limit=1, token=token)
        names += [item["metadata"]["name"] for item in page.items]
        if not (token := page.following):
            break
    assert len(names) > 1
    assert names == [item["metadata"]["name"] for item in whole.items]


async def test_a_resource_that_is_not_installed_is_not_found(cluster: Cluster) -> None:
    with pytest.raises(NotFound):
        await cluster.page(Resource("nothing.example.com", "v1", "things"), limit=1)


async def test_a_watch_ends_when_it_was_asked_to_and_marks_where_it_was(cluster: Cluster) -> None:
    page = await cluster.page(NAMESPACES, limit=500)
    async with cluster.watch(NAMESPACES, page.version, seconds=3, silence=10) as batches:
        events = [json.loads(line) async for batch in batches for line in batch]
    assert events[-1]["type"] == "BOOKMARK"
    assert int(events[-1]["object"]["metadata"]["resourceVersion"]) >= int(page.version)


async def test_a_reflector_has_what_a_list_has(cluster: Cluster) -> None:
    changed = asyncio.Event()
    reflector = Reflector(cluster, NAMESPACES, lambda item: item["metadata"]["name"], changed.set)
    task = asyncio.create_task(reflector.run())
    async with asyncio.timeout(30):
        while reflector.state is not WatchState.WATCHING:
            changed.clear()
            await changed.wait()
    page = await cluster.page(NAMESPACES, limit=500)
    assert set(reflector.items.values()) == {item["metadata"]["name"] for item in page.items}
    task.cancel()
    await asyncio.wait([task])
