"""Keeps a task alive that must not end."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Never

from ..logs import EventLog
from .timing import Backoff, Timing

_EVENTS = EventLog(__name__)


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
            _EVENTS.error("watch-defect", "%s stopped because of a defect and is started again", name, defect=defect)
            asyncio.get_running_loop().call_soon(report, defect)
        await asyncio.sleep(backoff.pause())
