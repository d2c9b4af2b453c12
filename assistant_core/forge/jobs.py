"""Work that blocks, done in the executor: nobody waits for it longer than its deadline, and then it goes no further."""

import asyncio
from collections.abc import Callable
from threading import Event

from ..errors import DeadlineExceeded


class Job:
    """What a job in the executor knows of those who wait for it."""

    def __init__(self) -> None:
        self._given_up = Event()

    def give_up(self) -> None:
        """Nobody waits any more."""
        self._given_up.set()

    def go_on(self) -> None:
        """Called before each visible step. Raises DeadlineExceeded when nobody waits any more."""
        if self._given_up.is_set():
            raise DeadlineExceeded("It took too long; nobody waits for this any more.")


async def run[T](work: Callable[[Job], T], *, service: str, deadline: float) -> T:
    """Do `work` in the executor within `deadline` seconds; `service` names in the error what took longer."""
    job = Job()
    try:
        async with asyncio.timeout(deadline):
            return await asyncio.get_running_loop().run_in_executor(None, work, job)
    except TimeoutError as error:
        raise DeadlineExceeded(
            f"{service} took more than {deadline:g} seconds; see whether it is up and try again."
        ) from error
    finally:
        job.give_up()
