"""Holds the many watches of one server back while it does not answer.

A server that is down is asked by one of them at a time, with growing pauses; the first answer lets all of them through.
Without it a dozen watches would each knock at their own pace.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
import time

from ..errors import AuthenticationFailed, ConnectionFailed, HomelabError, RateLimited, ServiceFailed
from .timing import Backoff, Timing

NO_ANSWER = (ConnectionFailed, ServiceFailed, RateLimited, AuthenticationFailed)


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
        self._backoff = self._backoff or Backoff(timing)
        pause = self._backoff.pause()
        match error:
            case RateLimited(retry_after=float(asked)):
                pause = max(pause, asked)
            case AuthenticationFailed():
                pause = max(pause, timing.denied)
        self._open, self._until = False, began + pause
        self._failures += 1
        self.error, self.since = error, self.since or datetime.now(UTC)

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
