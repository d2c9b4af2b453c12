"""`findings --watch` tells what is wrong, then whatever happens to it, until it is stopped from the keyboard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
import os
from pathlib import Path
import signal
import sys
from typing import Any

import pytest

from demo.faults import Fault, FaultKind
from demo.kubernetes import KubernetesSimulator
from demo.kubernetes_objects import kind_of
from demo.results import result
from demo.serving import serving

SECONDS = 60
ROOT = Path(__file__).parents[3]


MAIN = """
import signal
from assistant_core.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts jobs in the background with SIGINT ignored
main()
"""


@asynccontextmanager
async def watching(kubeconfig: Path, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MAIN,
        "findings", "--watch", "--kubeconfig", str(kubeconfig), *words,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": str(kubeconfig.parent), "USER": "anna"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(SECONDS):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line(stream: asyncio.StreamReader | None) -> str:
    assert stream is not None
    return (await stream.readline()).decode().rstrip("\n")


@pytest.mark.parametrize("words", [(), ("--json",)])
async def test_what_is_wrong_and_what_happens_to_it_is_told_until_somebody_stops_it(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    problem = result("Deployment", "media/sonarr", "it has 1 replicas but 0 are available")
    simulator = KubernetesSimulator(objects=(problem,))
    kubeconfig = tmp_path / "demo.yaml"
    told: list[Any] = []
    async with serving(simulator) as proxy:
        await asyncio.to_thread(kubeconfig.write_text, simulator.kubeconfig(proxy.url))
        async with watching(kubeconfig, *words) as process:
            told.append(await line(process.stdout))
            simulator.store.apply(result("Pod", "media/radarr-0", "the image cannot be pulled"))
            told.append(await line(process.stdout))
            metadata = problem["metadata"]
            simulator.store.delete(kind_of(problem), metadata["namespace"], metadata["name"])
            told.append(await line(process.stdout))
            process.send_signal(signal.SIGINT)
            assert await process.wait() == 130
            assert await line(process.stderr) == ""
    if words:
        events = [json.loads(each) for each in told]
        assert [each["event"] for each in events] == ["opened", "opened", "cleared"]
        assert [each["finding"]["name"] for each in events] == ["sonarr", "radarr", "sonarr"]
    else:
        assert [each[0] for each in told] == ["+", "+", "-"]
        assert told[0].endswith("Deployment/media/sonarr: it has 1 replicas but 0 are available")


async def test_a_cluster_that_goes_away_is_told_once_and_that_it_is_back(tmp_path: Path) -> None:
    simulator = KubernetesSimulator()
    kubeconfig = tmp_path / "demo.yaml"
    async with serving(simulator) as proxy:
        await asyncio.to_thread(kubeconfig.write_text, simulator.kubeconfig(proxy.url))
        await proxy.inject(Fault(kind=FaultKind.REFUSE))
        async with watching(kubeconfig) as process:
            assert "cannot be reached" in await line(process.stderr)
            await proxy.clear()
            assert await line(process.stderr) == "The cluster is heard of again."
            assert (await line(process.stdout)).startswith("+ ")
