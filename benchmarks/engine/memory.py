"""What the whole work takes at its peak, each side in a process of its own."""

import asyncio
from collections.abc import AsyncIterator
import os
import sys

from demo.home_assistant import REPOSITORY

from ..figures import BenchmarkError, Figure, Target, counted


async def against_their_memory() -> AsyncIterator[Figure]:
    """Resident memory on top of the interpreter and both sides' libraries."""
    yield Figure(
        name="peak memory above the libraries",
        ours=counted(await _peak("ours")),
        theirs=counted(await _peak("theirs")),
        unit="MB",
        target=Target(value=1),
    )


async def _peak(side: str) -> float:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.engine.memory_probe", side,
        cwd=REPOSITORY,
        env=os.environ,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, errors = await process.communicate()
    if process.returncode:
        raise BenchmarkError(f"The work of {side} failed: {errors.decode().strip().splitlines()[-1]}")
    return float(out)
