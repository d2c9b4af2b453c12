"""The line before Ollama's one slot.

Ollama answers one request at a time and keeps the others waiting in the order they came, however long. So they wait
here instead, where a person's question goes before everything that nobody is listening to, and sends background work
away from the model.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import heapq
from itertools import count
import time
from typing import Any

from ..errors import Busy, HomelabError
from ..models.chat import Priority

PATIENCE = 60.0
ATTEMPTS = 5


@dataclass(order=True)
class Turn:
    """A place in the line; `waited` in seconds. `overtaken` is set when it should make way."""

    priority: Priority
    number: int
    waited: float = field(default=0.0, compare=False)
    admitted: asyncio.Event = field(default_factory=asyncio.Event, compare=False, repr=False)
    overtaken: asyncio.Event = field(default_factory=asyncio.Event, compare=False, repr=False)


class HubQueue:
    """Lets `slots` requests through at a time, those of the highest priority first; nobody waits beyond `patience`."""

    def __init__(
        self, *, slots: int = 1, patience: float = PATIENCE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._slots = slots
        self._patience = patience
        self._clock = clock
        self._numbers = count()
        self._line: list[Turn] = []
        self._running: list[Turn] = []
        self._closed: HomelabError | None = None

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        return len(self._line)

    def close(self, error: HomelabError) -> None:
        """Send away with `error` who waits, and who comes later."""
        self._closed = error
        for turn in self._line:
            turn.admitted.set()

    @asynccontextmanager
    async def turn(self, priority: Priority, *, number: int | None = None) -> AsyncGenerator[Turn]:
        """Wait for the slot and hold it; `number` keeps an earlier place. Raises Busy when it takes too long."""
        turn = Turn(priority, next(self._numbers) if number is None else number)
        begun = self._clock()
        heapq.heappush(self._line, turn)
        self._admit()
        try:
            if not turn.admitted.is_set():
                self._make_way(priority)
                await self._wait(turn)
            if self._closed is not None:
                raise self._closed
            turn.waited = self._clock() - begun
            yield turn
        finally:
            self.release(turn)

    def release(self, turn: Turn) -> None:
        """Give the slot, or the place in the line, to the next; more than once does no harm."""
        for place in (self._line, self._running):
            if turn in place:
                place.remove(turn)
        heapq.heapify(self._line)
        self._admit()

    async def whole[T](self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Do background work while nobody else wants the slot; overtaken, it begins anew from its old place.

        Raises Busy when it was overtaken too often.
        """
        number = next(self._numbers)
        for _ in range(ATTEMPTS):
            async with self.turn(Priority.BACKGROUND, number=number) as turn:
                working = asyncio.create_task(work())
                overtaken = asyncio.create_task(turn.overtaken.wait())
                try:
                    await asyncio.wait({working, overtaken}, return_when=asyncio.FIRST_COMPLETED)
                    if working.done():
                        return working.result()
                finally:
                    for task in (working, overtaken):
                        task.cancel()
                    # The slot is free when the socket is closed. What else ends the work then is nobody's business.
                    await asyncio.gather(working, overtaken, return_exceptions=True)
        raise Busy(f"People asked the AI hub {ATTEMPTS} times while it did this in the background, so it was given up.")

    def _admit(self) -> None:
        while self._line and len(self._running) < self._slots:
            turn = heapq.heappop(self._line)
            self._running.append(turn)
            turn.admitted.set()

    def _make_way(self, priority: Priority) -> None:
        if priority.has_listener:
            for turn in self._running:
                if turn.priority is Priority.BACKGROUND:
                    turn.overtaken.set()

    async def _wait(self, turn: Turn) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await turn.admitted.wait()
        except TimeoutError as error:
            raise Busy(
                f"The AI hub has been busy with other requests for {self._patience:g} seconds; try again in a moment.",
                reason="busy",
            ) from error
