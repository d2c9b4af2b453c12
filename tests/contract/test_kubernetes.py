"""What we rely on in an API server: the simulator, or with HOMELAB_TEST_KUBECONFIG (a file) a real one.

The role that we ask for is enough.
"""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
import json
import os
from pathlib import Path

import aiohttp
import pytest
import yaml

from assistant_core.cluster import ClusterWatch
from assistant_core.errors import AuthenticationFailed, NotFound, PermissionDenied, ResponseInvalid
from assistant_core.kube import Cluster, ClusterConfig, Page, Reflector, Resource, WatchState, connect, examine
from assistant_core.kube.resource import DEPLOYMENTS, NODES
from assistant_core.kube.status import Expired
from assistant_core.kube.wire import decode_item
from demo.kubernetes import KubernetesSimulator
from demo.serving import serving

REAL = Path(path).read_text() if (path := os.environ.get("HOMELAB_TEST_KUBECONFIG")) else None


@pytest.fixture
async def kubeconfig() -> AsyncIterator[str]:
    if REAL:
        yield REAL
        return
    simulator = KubernetesSimulator()
    simulator.store.compact(simulator.store.version)  # a real server has forgotten its beginnings too
    async with serving(simulator) as proxy:
        yield simulator.kubeconfig(proxy.url)


@pytest.fixture
async def cluster(kubeconfig: str) -> AsyncIterator[Cluster]:
    async with aiohttp.ClientSession() as session:
        yield await connect(session, ClusterConfig(name="home", kubeconfig=kubeconfig))


def names_of(page: Page) -> list[str]:
    return [decode_item(raw)["metadata"]["name"] for raw in page.items]


async def test_the_version_looks_like_kubernetes(cluster: Cluster) -> None:
    assert (await cluster.version()).startswith("v1.")


async def test_pages_make_up_the_list(cluster: Cluster) -> None:
    whole = await cluster.page(DEPLOYMENTS, limit=500)
    names, token = [], ""
    while True:
        page = await cluster.page(DEPLOYMENTS, limit=1, token=token)
        names += names_of(page)
        if not (token := page.following):
            break
    assert len(names) > 1
    assert names == names_of(whole)


async def test_a_resource_that_is_not_installed_is_not_found(cluster: Cluster) -> None:
    with pytest.raises((NotFound, PermissionDenied)):  # a role is looked at before it is looked for
        await cluster.page(Resource("nothing.example.com", "v1", "things"), limit=1)


async def test_a_watch_ends_when_it_was_asked_to_and_marks_where_it_was(cluster: Cluster) -> None:
    page = await cluster.page(DEPLOYMENTS, limit=500)
    async with cluster.watch(DEPLOYMENTS, page.version, seconds=3, silence=10) as batches:
        events = [json.loads(line) async for batch in batches for line in batch]
    if not events:  # before 1.21 an API server marks nothing where nothing happened since it started
        assert int((await cluster.version()).split(".")[1]) < 21
        return
    assert events[-1]["type"] == "BOOKMARK"
    assert int(events[-1]["object"]["metadata"]["resourceVersion"]) >= int(page.version)


async def test_a_reflector_has_what_a_list_has(cluster: Cluster) -> None:
    changed = asyncio.Event()
    reflector = Reflector(cluster, DEPLOYMENTS, lambda item: item["metadata"]["name"], changed.set)
    task = asyncio.create_task(reflector.run())
    async with asyncio.timeout(30):
        while reflector.state is not WatchState.WATCHING:
            changed.clear()
            await changed.wait()
    page = await cluster.page(DEPLOYMENTS, limit=500)
    assert set(reflector.items.values()) == set(names_of(page))
    task.cancel()
    await asyncio.wait([task])


async def test_a_version_from_long_ago_is_expired(cluster: Cluster) -> None:
    """As a status or as an event, whichever the server prefers."""

    async def code() -> int:
        try:
            async with cluster.watch(DEPLOYMENTS, "1", seconds=3, silence=10) as batches:
                return int(json.loads((await anext(batches))[0])["object"]["code"])
        except Expired:
            return HTTPStatus.GONE

    assert await code() == HTTPStatus.GONE


async def test_a_made_up_continue_token_is_refused(cluster: Cluster) -> None:
    with pytest.raises((Expired, ResponseInvalid)):
        await cluster.page(DEPLOYMENTS, limit=1, token="bm9uc2Vuc2U")


async def test_a_watch_from_a_list_tells_nothing_that_the_list_had(cluster: Cluster) -> None:
    page = await cluster.page(DEPLOYMENTS, limit=500)
    async with cluster.watch(DEPLOYMENTS, page.version, seconds=2, silence=10) as batches:
        kinds = [json.loads(line)["type"] async for batch in batches for line in batch]
    assert "ADDED" not in kinds


async def test_credentials_that_are_made_up_are_not_accepted(kubeconfig: str) -> None:
    made_up = yaml.safe_load(kubeconfig)
    for user in made_up["users"]:
        user["user"] = {"token": "made-up"}
    async with aiohttp.ClientSession() as session:
        cluster = await connect(session, ClusterConfig(name="home", kubeconfig=yaml.safe_dump(made_up)))
        with pytest.raises(AuthenticationFailed):
            await cluster.page(DEPLOYMENTS, limit=1)


async def test_what_is_installed_and_what_we_may_do_is_found_out(cluster: Cluster) -> None:
    report = await examine(cluster)
    assert report.installed(NODES)
    for each in report.resources:
        if each.installed and "list" in each.verbs:
            await cluster.page(each.resource, limit=1)


async def test_the_whole_cluster_can_be_watched(cluster: Cluster) -> None:
    """Every resource is watched, or says why it is not; findings are those of somebody who looks again."""
    first, second = [ClusterWatch(cluster) for _ in range(2)]
    for watch in (first, second):
        task = asyncio.create_task(watch.run())
        async with asyncio.timeout(60):
            await watch.wait_synced()
        task.cancel()
        await asyncio.wait([task])
    for health in first.health:
        assert health.last_contact is not None or health.error is not None
        assert health.skipped == 0, health.resource
        assert health.restarts == 0, health.resource
    nodes = first.nodes.value
    assert nodes
    assert {each.id for each in first.findings} == {each.id for each in second.findings}
