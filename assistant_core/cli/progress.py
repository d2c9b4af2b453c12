"""Says what takes long: on a terminal only, after a second, and beside the output."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from rich.console import Console

PATIENCE = 1.0
"""Seconds in which nobody wonders."""


@asynccontextmanager
async def progress(doing: str) -> AsyncIterator[None]:
    """Show what is going on for as long as it does."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    shown = asyncio.create_task(_show(console, doing))
    try:
        yield
    finally:
        shown.cancel()
        with suppress(asyncio.CancelledError):
            await shown


async def _show(console: Console, doing: str) -> None:
    await asyncio.sleep(PATIENCE)
    with console.status(f"{doing} ..."):
        await asyncio.Event().wait()
