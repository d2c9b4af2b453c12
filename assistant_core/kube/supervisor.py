"""Keeps a task alive that must not end."""

import asyncio
from collections.abc import Callable, Coroutine
import logging
from typing import Any, Never

from .timing import Backoff, Timing

_LOGGER = logging.getLogger(__name__)


async def supervise(
    name: str, work: Callable[[], Coroutine[Any, Any, Any]], report: Callable[[BaseException], None], timing: Timing
) -> Never:
    """Run `work`, and again whenever it ends; `report` is told the defect it ended with. Ends when cancelled.

    The event loop calls `report`, so that a second defect there ends nothing.
    """
    backoff = Backoff(timing)
    while True:
        task = asyncio.ensure_future(work())
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()
            await asyncio.wait([task])
        if not task.cancelled() and (defect := task.exception()) is not None:
            _LOGGER.error("%s stopped because of a defect and is started again", name, exc_info=defect)
            asyncio.get_running_loop().call_soon(report, defect)
        await asyncio.sleep(backoff.pause())
