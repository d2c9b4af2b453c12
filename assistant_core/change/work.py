"""Work that goes on when whoever waits for it goes away."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from ..errors import HomelabError
from ..logs import EventLog
from .refusals import interrupted

_EVENTS = EventLog(__name__)


class Work:
    """The tasks of a desk."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    async def finish[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for work that goes on when the one who waits is cancelled. Raises Conflict when it was stopped."""
        return await self.join(self.start(work))

    async def join[T](self, task: asyncio.Task[T]) -> T:
        """Wait for work that was begun, as `finish` does."""
        await asyncio.wait((task,))
        if task.cancelled():
            raise interrupted()
        return await task

    def start[T](self, work: Coroutine[Any, Any, T], done: Callable[[], None] | None = None) -> asyncio.Task[T]:
        """Begin work, and call `done` when it has ended."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        if done is not None:
            task.add_done_callback(lambda _: done())
        return task

    async def stop(self) -> None:
        """Cancel all of it."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, HomelabError):
            _EVENTS.error("change-defect", "Work on a change ended unexpectedly", defect=error)
