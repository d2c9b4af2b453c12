"""What takes long is told on a terminal, and nowhere else."""

import asyncio
import os
from pathlib import Path
import pty
import sys

ROOT = Path(__file__).parents[3]
WORK = """
import asyncio, sys
from assistant_core.cli import progress

async def work():
    progress.PATIENCE = 0.0
    async with progress.progress("Reading the repository"):
        await asyncio.to_thread(sys.stdin.readline)
    print("done")

asyncio.run(work())
"""


async def start(stderr: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", WORK,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "TERM": "xterm"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=stderr,
    )  # fmt: skip


def read_until(terminal: int, text: bytes) -> None:
    shown = b""
    while text not in shown:
        shown += os.read(terminal, 1024)


async def test_a_terminal_shows_what_is_going_on_beside_the_output() -> None:
    terminal, stderr = pty.openpty()
    process = await start(stderr)
    os.close(stderr)
    async with asyncio.timeout(60):
        await asyncio.to_thread(read_until, terminal, b"Reading the repository ...")
        out, _ = await process.communicate(b"\n")
    os.close(terminal)
    assert (process.returncode, out) == (0, b"done\n")


async def test_a_pipe_gets_nothing_of_it() -> None:
    process = await start(asyncio.subprocess.PIPE)
    async with asyncio.timeout(60):
        assert await process.communicate(b"\n") == (b"done\n", b"")
