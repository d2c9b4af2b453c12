"""Holds the many watches of one server back while it does not answer.

A server that is down is asked by one of them at a time, with growing pauses; the first answer lets all of them through.
One that answers, but not as it should, is asked by each of them in turn; the first watch that lasts wakes the others.
Without it a dozen watches would each knock at their own pace.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
import time

from ..errors import AuthenticationFailed, ConnectionFailed, HomelabError, RateLimited, ServiceFailed
from .timing import JITTER, Backoff, Timing

NO_ANSWER = (ConnectionFailed, ServiceFailed, RateLimited, AuthenticationFailed)


MANY = 3
PROOF = 2.0  # seconds that a watch lasts when the server is well


class Gate:
    """Shut until the server has answered once, and again from its first failure to its next answer.

    While it does not answer, `error` says why and `since` (UTC) when that began.
    """

    def __init__(self) -> None:
        self._open = False
        self._tried = False  # somebody knocks now
        self._until = 0.0
        self._backoff: Backoff | None = None
        self._failures = 0
        self._changed = asyncio.Event()
        self._resting = 0
        self._relief = asyncio.Event()
        self.error: HomelabError | None = None
        self.since: datetime | None = None

    @asynccontextmanager
    async def passing(self, timing: Timing) -> AsyncIterator[None]:
        """Wait for one's turn, then ask the server something."""
        first = await self._enter()
        failures, began = self._failures, time.monotonic()
        try:
            yield
        except NO_ANSWER as error:
            if failures == self._failures:
                self._shut(error, began, timing)
            raise
        except HomelabError:
            self._let_through()
            raise
        else:
            self._let_through()
        finally:
            if first:
                self._tried = False
                self._wake()

    async def rest(self, pause: float, timing: Timing, *, shared: bool = True) -> None:
        """Wait until one may try again.

        While many wait of whom the server does answer, those who `share` take turns from their second attempt on, and
        all of them try again as soon as a watch lasts.
        """
        if not shared:
            await asyncio.sleep(pause)
            return
        self._resting += 1
        turn = self._resting * timing.pause_longest / 2 if self._resting >= MANY else 0
        try:
            if self.error is None and turn > pause > timing.pause_shortest * JITTER:
                async with asyncio.timeout(turn):
                    await self._relief.wait()
            else:
                await asyncio.sleep(pause)
        except TimeoutError:
            pass
        finally:
            self._resting -= 1

    @contextmanager
    def proving(self) -> Iterator[None]:
        """Listen to a watch; when that lasts, nobody needs to wait any longer."""
        proof = asyncio.get_running_loop().call_later(PROOF, self._relieve)
        try:
            yield
        finally:
            proof.cancel()

    def _relieve(self) -> None:
        self._relief.set()
        self._relief = asyncio.Event()

    def doubt(self) -> None:
        """Let the next ones through one at a time, as after a connection that broke."""
        self._open = False

    async def _enter(self) -> bool:
        """Return when one may ask; True for the one that finds out for all."""
        while not self._open:
            if not self._tried:
                self._tried = True
                try:
                    await asyncio.sleep(self._until - time.monotonic())
                except asyncio.CancelledError:
                    self._tried = False
                    self._wake()
                    raise
                return True
            await self._changed.wait()
        return False

    def _let_through(self) -> None:
        self._open = True
        self.error = self.since = None
        self._wake()

    def _shut(self, error: HomelabError, began: float, timing: Timing) -> None:
        if self._backoff is None or (self.error is not None and type(error) is not type(self.error)):
            self._backoff = Backoff(timing)  # another failure is news: a server that starts says so
        pause = self._backoff.pause()
        match error:
            case RateLimited(retry_after=float(asked)):
                pause = max(pause, asked)
            case AuthenticationFailed():
                pause = max(pause, timing.pause_longest)
        self._open, self._until = False, began + pause
        self._failures += 1
        self.error, self.since = error, self.since or datetime.now(UTC)

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
