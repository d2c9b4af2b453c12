"""A simulator in a process of its own, so that its work is not counted as that of the client under test.

`python -m benchmarks.served MODULE:CLASS` prints `{"url", "control"}` and serves until its stdin closes.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
import json
import sys

from demo.home_assistant import REPOSITORY
from demo.serving import Simulator, listening

from .figures import BenchmarkError

START_SECONDS = 30


@dataclass(frozen=True)
class Served:
    """Where the simulator and its control routes are."""

    url: str
    control: str


@asynccontextmanager
async def served(simulator: type[Simulator]) -> AsyncIterator[Served]:
    """Run a simulator that needs no arguments."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, f"{simulator.__module__}:{simulator.__qualname__}",
        cwd=REPOSITORY,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None  # noqa: S101 - pipes were asked for
    assert process.stdout is not None  # noqa: S101 - same
    try:
        async with asyncio.timeout(START_SECONDS):
            line = await process.stdout.readline()
        if not line:
            raise BenchmarkError(f"The simulator {simulator.__name__} did not start.")
        yield Served(**json.loads(line))
    finally:
        process.stdin.close()
        await process.wait()


async def _serve(name: str) -> None:
    module, _, kind = name.partition(":")
    simulator: Simulator = getattr(import_module(module), kind)()
    async with listening(simulator.app()) as port, listening(simulator.control()) as control:
        print(json.dumps({"url": f"http://127.0.0.1:{port}", "control": f"http://127.0.0.1:{control}"}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
