"""The demo as a person starts it: its own process, its own Home Assistant, its own simulators."""

import asyncio
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, suppress
import os
from pathlib import Path
import signal

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
async def start_demo() -> AsyncIterator[Callable[..., Process]]:
    """Start `scripts/demo` with arguments; whatever still runs afterwards is ended."""
    async with AsyncExitStack() as stack:

        async def start(*arguments: str) -> Process:
            process = await asyncio.create_subprocess_exec(
                *("env", "--default-signal=INT"),  # a shell starts jobs in the background with SIGINT ignored
                REPOSITORY / "scripts" / "demo",
                *arguments,
                stdout=PIPE,
                stderr=STDOUT,
                stdin=asyncio.subprocess.DEVNULL,
                start_new_session=True,
            )

            async def end() -> None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
                await process.communicate()

            stack.push_async_callback(end)
            return process

        yield start
