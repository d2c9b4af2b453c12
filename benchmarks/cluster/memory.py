"""What is kept per finding, and what is lost per reconnect."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
import gc
import json
import tracemalloc
from typing import Any

import aiohttp

from assistant_core.findings import finding_from_result
from assistant_core.kube import ClusterConfig, Reflector, Timing, connect
from assistant_core.kube.resource import RESULTS as OUR_RESULTS
from demo.faults import Fault, FaultKind
from demo.kubernetes import READER_TOKEN, KubernetesSimulator
from demo.serving import serving

from ..figures import Figure, Target, counted
from .costs import watching
from .server import MANY, RESULTS, Server, server

RECONNECTS = 10_000
WARM_UP = 500


async def against_their_memory() -> AsyncIterator[Figure]:
    """Bytes, as tracemalloc counts them."""
    async with server(MANY) as running:
        yield Figure(
            name=f"memory kept for {MANY:,} findings",
            ours=counted(await _kept(lambda: _our_findings(running))),
            theirs=counted(await _kept(lambda: _their_dicts(running))),
            unit="kB",
            target=Target(value=0.3),
        )
    yield Figure(
        name=f"growth over 1,000 of {RECONNECTS:,} reconnects",
        ours=counted(await _growth()),
        theirs=counted(0),
        unit="kB",
        target=Target(value=1000, of="ours"),
    )


async def _kept(read: Callable[[], Awaitable[object]]) -> float:
    await read()  # what is loaded once is not counted
    gc.collect()
    tracemalloc.start()
    kept = await read()
    gc.collect()
    size = tracemalloc.get_traced_memory()[0] / 1e3
    tracemalloc.stop()
    del kept
    return size


async def _our_findings(running: Server) -> object:
    async with watching(running) as watch:
        return watch


async def _their_dicts(running: Server) -> Any:
    return (await running.theirs.list_cluster_custom_object(**RESULTS))["items"]


async def _growth() -> float:
    simulator = KubernetesSimulator()
    mark = {"kind": "Result", "apiVersion": "core.k8sgpt.ai/v1alpha1", "metadata": {"resourceVersion": "999999"}}
    body = json.dumps({"type": "BOOKMARK", "object": mark}) + "\n"
    async with serving(simulator) as proxy, aiohttp.ClientSession() as session:
        await proxy.inject(Fault(kind=FaultKind.STATUS, status=200, path=".*watch=true.*", body=body))
        cluster = await connect(session, ClusterConfig(name="bench", server=proxy.url, token=READER_TOKEN))
        reflector = Reflector(
            cluster,
            OUR_RESULTS,
            lambda item: finding_from_result(item, "bench"),
            lambda: None,
            timing=Timing(turn=1e-6, pause_shortest=0, pause_longest=0),
        )
        task = asyncio.create_task(reflector.run())

        async def reconnected(times: int) -> float:
            begin = reflector.events
            while reflector.events < begin + times:
                proxy.seen.clear()
                await asyncio.sleep(0.05)
            gc.collect()
            return tracemalloc.get_traced_memory()[0] / 1e3

        tracemalloc.start()
        before = await reconnected(WARM_UP)
        after = await reconnected(RECONNECTS)
        tracemalloc.stop()
        task.cancel()
        await asyncio.wait([task])
    return max(0.0, after - before) * 1000 / RECONNECTS
