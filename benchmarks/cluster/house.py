"""From a change in the cluster to a state in a real Home Assistant, beside a bare watch."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
import secrets
import socket
import tempfile
import time
from typing import Any

from demo.home_assistant import REPOSITORY, Client, hass_process, write_configuration
from demo.kubernetes import KubernetesSimulator
from demo.results import result

from ..figures import BenchmarkError, Figure, Target, interleaved
from .server import Server, server

PAIRS = 20
IDLE = 0.8  # seconds: longer than a burst is gathered
POLL = 0.1  # seconds; the state says itself since when it is what it is
SECONDS = 30


async def against_a_bare_watch() -> AsyncIterator[Figure]:
    """Each change is a Result more; the sensor counts it."""
    async with server() as running, _home(running) as client:
        sensor = next(each for each in await client.entities("sensor") if each.endswith("_findings"))
        number = 0

        async def put() -> None:
            nonlocal number
            number += 1
            await running.put(iter([result("Service", f"web/service-{number}", "Service has no endpoints")]))

        async def ours() -> float:
            await asyncio.sleep(IDLE)
            before = await _state(client, sensor)
            begin = time.time()
            await put()
            async with asyncio.timeout(SECONDS):
                while True:
                    state = await _state(client, sensor)
                    if state["state"] != before["state"]:
                        return (datetime.fromisoformat(state["last_changed"]).timestamp() - begin) * 1e3
                    await asyncio.sleep(POLL)

        async def theirs() -> float:
            await asyncio.sleep(IDLE)
            return await running.bare_watch(put)

        series = await interleaved(ours, theirs, pairs=PAIRS)
    yield Figure(
        name="from a change to a state of Home Assistant, beside a bare watch",
        ours=series[0],
        theirs=series[1],
        unit="ms",
        target=Target(value=2),
    )


async def _state(client: Client, entity_id: str) -> dict[str, Any]:
    state: dict[str, Any] = await client.get(f"/api/states/{entity_id}")
    if not state["state"].isdecimal():
        raise BenchmarkError(f"{entity_id} is {state['state']}.")
    return state


@asynccontextmanager
async def _home(running: Server) -> AsyncIterator[Client]:
    """A Home Assistant with this cluster, in about half a minute."""
    with tempfile.TemporaryDirectory(prefix="homelab-bench-") as name, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        write_configuration(Path(name), port, REPOSITORY / "custom_components")
        async with hass_process(Path(name), port) as hass:
            await hass.wait_started()
            password = secrets.token_urlsafe(9)
            client = await Client.onboard(running.session, hass.url, name="Bench", user="bench", password=password)
            async with client:
                kubeconfig = KubernetesSimulator.kubeconfig(running.url)
                await client.add_entry("cluster", {"next_step_id": "kubeconfig"}, {"kubeconfig": kubeconfig})
                await _until_known(client)
                yield client


async def _until_known(client: Client) -> None:
    """Wait until the cluster was looked at."""
    async with asyncio.timeout(SECONDS):
        while True:
            for sensor in await client.entities("sensor"):
                if sensor.endswith("_findings"):
                    state = await client.get(f"/api/states/{sensor}")
                    if state["state"].isdecimal():
                        return
            await asyncio.sleep(POLL)
