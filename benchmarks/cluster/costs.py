"""Processor time for a long list and for many events, and the time from a change to us."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
import time

from kubernetes_asyncio.watch import Watch

from assistant_core.cluster import ClusterWatch, Patience
from assistant_core.findings import Board, finding_from_result
from assistant_core.kube import Reflector, WatchState
from assistant_core.kube.resource import RESULTS as OUR_RESULTS
from demo.results import result

from ..figures import Figure, Target, interleaved
from .server import MANY, RESULTS, Server, many, server

PAIRS = 5
CHANGES = 40
IDLE = 0.6  # seconds: longer than a burst is gathered


@asynccontextmanager
async def watching(running: Server, on_change: Callable[[], None] = lambda: None) -> AsyncIterator[ClusterWatch]:
    """Our whole watch of the cluster, synced."""
    watch = ClusterWatch(running.cluster, patience=Patience())
    watch.listen(on_change)
    task = asyncio.create_task(watch.run())
    try:
        await watch.wait_synced()
        yield watch
    finally:
        task.cancel()
        await asyncio.wait([task])


_read = partial(finding_from_result, cluster="bench")


async def against_kubernetes_asyncio() -> AsyncIterator[Figure]:
    """Ours normalises, groups and redacts on the way; theirs only reads.

    As a real server does, this one compresses a long list for whoever takes it: theirs does, ours asks for it as it is.
    """
    async with server(MANY) as running:
        yield await _list(running)
        yield await _events(running)
    async with server() as running:
        yield await _latency(running)


async def _list(running: Server) -> Figure:
    async def ours() -> float:
        begin = time.process_time()
        board = Board()
        reflector = Reflector(running.cluster, OUR_RESULTS, _read, lambda: None)
        task = asyncio.create_task(reflector.run())
        await reflector.wait_synced()
        for uid, finding in reflector.items.items():
            board.put(uid, finding)
        grouped = list(board.drain())
        spent = time.process_time() - begin
        task.cancel()
        await asyncio.wait([task])
        if len(grouped) < MANY:
            raise AssertionError("not everything was read")
        return spent * 1e3

    async def theirs() -> float:
        begin = time.process_time()
        found = await running.theirs.list_cluster_custom_object(**RESULTS)
        if len(found["items"]) < MANY:
            raise AssertionError("not everything was read")
        return (time.process_time() - begin) * 1e3

    series = await interleaved(ours, theirs, pairs=PAIRS)
    return Figure(
        name=f"a list of {MANY:,} Results: processor time",
        ours=series[0],
        theirs=series[1],
        unit="ms",
        target=Target(value=1.3),
    )


async def _events(running: Server) -> Figure:
    before = await running.version()
    await running.put(many(MANY, " again"))
    after = await running.version()

    async def ours() -> float:
        heard = asyncio.Event()
        reflector = Reflector(running.cluster, OUR_RESULTS, _read, heard.set)
        reflector._version = before  # noqa: SLF001 - as after a connection that broke
        task = asyncio.create_task(reflector.run())
        begin = time.process_time()
        while reflector._version != after:  # noqa: SLF001 - same
            await heard.wait()
            heard.clear()
        spent = time.process_time() - begin
        task.cancel()
        await asyncio.wait([task])
        return spent * 1e3

    async def theirs() -> float:
        begin = time.process_time()
        watch = Watch()
        async with watch.stream(
            running.theirs.list_cluster_custom_object, **RESULTS, resource_version=before, timeout_seconds=60
        ) as events:
            async for event in events:
                if event["object"]["metadata"]["resourceVersion"] == after:
                    break
        return (time.process_time() - begin) * 1e3

    series = await interleaved(ours, theirs, pairs=PAIRS)
    return Figure(
        name=f"{MANY:,} events of a watch: processor time",
        ours=series[0],
        theirs=series[1],
        unit="ms",
        target=Target(value=0.6),
    )


async def _latency(running: Server) -> Figure:
    told = asyncio.Event()
    number = 0

    async def change() -> None:
        await running.put(iter([result("Node", "k3s-1", "text", explanation=f"{number}")]))

    async with watching(running, told.set) as watch:
        while {each.state for each in watch.health} != {WatchState.WATCHING}:
            await told.wait()
            told.clear()

        async def idle() -> None:
            nonlocal number
            number += 1
            await asyncio.sleep(IDLE)

        async def ours() -> float:
            await idle()
            begin = time.perf_counter()
            putting = asyncio.create_task(change())
            while not any(each.explanation == f"{number}" for each in watch.findings):
                told.clear()
                await told.wait()
            spent = time.perf_counter() - begin
            await putting
            return spent * 1e3

        async def theirs() -> float:
            await idle()
            return await running.bare_watch(change)

        series = await interleaved(ours, theirs, pairs=CHANGES)
    return Figure(
        name="from a change to our listener, beside a bare watch",
        ours=series[0],
        theirs=series[1],
        unit="ms",
        target=Target(value=2),
    )
