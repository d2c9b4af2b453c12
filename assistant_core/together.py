"""Work that is done at once."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any


async def together[T](works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """What each came to, in their order. The first failure ends the others, and is raised when all have ended."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in works]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]
