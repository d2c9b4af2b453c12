"""How long the event loop is held up, and how often it is woken."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
import gc
import subprocess
import sys
import time

import orjson

from ..figures import Figure, Series, Target, counted
from .costs import watching
from .server import MANY, RESULTS, Server, many, server

ROUNDS = 3
IMPORT_PROBE = """
import asyncio, aiohttp, time
from assistant_core.kube import ClusterConfig, connect
from assistant_core.cluster import ClusterWatch
from benchmarks.cluster.loop import heartbeat
from demo.kubernetes import KubernetesSimulator

async def main():
    config = ClusterConfig(name="bench", kubeconfig=KubernetesSimulator.kubeconfig("http://127.0.0.1:1"))
    async with aiohttp.ClientSession() as session, heartbeat() as gaps:
        await connect(session, config)
    print(max(gaps))

asyncio.run(main())
"""


@asynccontextmanager
async def heartbeat() -> AsyncIterator[list[float]]:
    """How long (ms of processor time of this thread) each turn of the event loop took meanwhile.

    The garbage collector leaves alone what was there before, which would be another program's.
    """
    gc.collect()
    gc.freeze()
    gaps: list[float] = [0.0]

    async def beat() -> None:
        last = time.thread_time()
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            gaps.append((now - last) * 1e3)
            last = now

    task = asyncio.create_task(beat())
    try:
        yield gaps
        await asyncio.sleep(0)
    finally:
        task.cancel()
        await asyncio.wait([task])
        gc.unfreeze()


async def against_the_event_loop() -> AsyncIterator[Figure]:
    """Longest blocks, beside a client that reads and parses at once; state writes, beside one per event."""
    async with server(MANY) as running:
        yield Figure(
            name=f"longest event-loop block while ingesting {MANY:,}",
            ours=Series(tuple([await _longest_of_ours(running) for _ in range(ROUNDS)])),
            theirs=Series(tuple([await _longest_of_theirs(running) for _ in range(ROUNDS)])),
            unit="ms",
            target=Target(value=20, of="ours"),
        )
        calls, called = 0, asyncio.Event()

        def count() -> None:
            nonlocal calls
            calls += 1
            called.set()

        async with watching(running, count) as watch:
            await asyncio.sleep(1)
            calls, before = 0, sum(each.events for each in watch.health)
            await running.put(many(MANY, " again"))
            while sum(each.events for each in watch.health) < before + MANY:
                await called.wait()
                called.clear()
            await asyncio.sleep(1)
        yield Figure(
            name=f"state writes for a burst of {MANY:,} events",
            ours=counted(calls),
            theirs=counted(MANY),
            unit="writes",
            target=Target(value=20, of="ours"),
        )
    yield Figure(
        name="longest event-loop block while connecting with a kubeconfig",
        ours=Series(tuple(_imports())),
        theirs=counted(_import_on_the_loop()),
        unit="ms",
        target=Target(value=20, of="ours"),
    )


async def _longest_of_ours(running: Server) -> float:
    async with heartbeat() as gaps, watching(running) as watch:
        if len(watch.findings) < MANY:
            raise AssertionError("not everything was read")
    return max(gaps)


async def _longest_of_theirs(running: Server) -> float:
    async with heartbeat() as gaps:
        await running.theirs.list_cluster_custom_object(**RESULTS)
    return max(gaps)


def _imports() -> Iterator[float]:
    for _ in range(ROUNDS):
        yield float(orjson.loads(_probe(IMPORT_PROBE)))


def _import_on_the_loop() -> float:
    return (
        float(
            _probe(
                "import time; begin = time.thread_time(); import kubernetes_asyncio; print(time.thread_time() - begin)"
            )
        )
        * 1e3
    )


def _probe(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own
