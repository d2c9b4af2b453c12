"""Keeps the many watches of one server from overrunning it while something is wrong.

A watch that ended otherwise than agreed takes its turn before it asks again. Turns are given one at a time and, as long
as the attempts are in vain, so that few requests are made in a minute. A watch that lasts is a proof that the server is
well and lets some others go, which prove it to more of them.

Whether nobody gets an answer or the fault is one resource's own shows from the other watches: while one of them
stands, the server answers. When none does, there is one back-off for all.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
import time

from ..errors import (
    AuthenticationFailed,
    ConnectionFailed,
    HomelabError,
    NotFound,
    RateLimited,
    ResponseInvalid,
    ServiceFailed,
)
from .timing import Backoff, Timing
from .turns import Debt, Turns

NO_ANSWER = (ConnectionFailed, ServiceFailed, RateLimited, ResponseInvalid, AuthenticationFailed)
WAVE = 4  # watches that one that lasts lets go
AGREED = 0.9  # the part of its time after which the end of a watch is no surprise


class Gate:
    """What is known of one server; while it does not answer, `error` says why and `since` (UTC) when that began.

    `assured` is when it last proved to be no older than we know it, and `restored` to be older, by the monotonic clock.
    """

    def __init__(self) -> None:
        self.error: HomelabError | None = None
        self.since: datetime | None = None
        self.assured = self.restored = 0.0
        self._known = False  # it has answered once
        self._standing = 0
        self._backoff: Backoff | None = None
        self._failed = self._until = 0.0
        self._debt = Debt()
        self._turns = Turns(lambda: max(self._until, self._debt.paid))

    def visitor(self, timing: Timing, *, urgent: bool = False) -> Visitor:
        """The part of one watch; when many wait, the `urgent` go first."""
        return Visitor(self, self._turns, timing, urgent=urgent)

    def heard(self) -> None:
        """It answered something. The first time that lets everybody go."""
        if not self._known:
            self._known = True
            self._turns.release()

    def answered(self) -> None:
        """It answered as a server does that is well."""
        self.error = self.since = None
        self._until = 0.0
        self.heard()

    def stands(self) -> None:
        """A watch lasts."""
        self._standing += 1
        self.answered()

    def falls(self) -> None:
        """A watch that lasted has ended."""
        self._standing -= 1

    def failed(self, error: HomelabError, began: float, timing: Timing) -> bool:
        """An attempt that began then got no answer; whether nobody gets one."""
        if self._standing and not isinstance(error, AuthenticationFailed):
            return False
        if began >= self._failed:
            if self._backoff is None or (self.error is not None and type(error) is not type(self.error)):
                self._backoff = Backoff(timing)  # another failure is news: a server that starts says so
            pause = self._backoff.pause()
            match error:
                case RateLimited(retry_after=float(asked)):
                    pause = max(pause, asked)
                case AuthenticationFailed():
                    pause = max(pause, timing.denied)
            self._failed, self._until = time.monotonic(), began + pause
        self.error, self.since = error, self.since or datetime.now(UTC)
        self._turns.forgive()
        return True

    def in_vain(self, requests: int, timing: Timing) -> None:
        """So many requests led nowhere."""
        self._debt.add(requests, timing.turn, timing.pause_longest)


class Visitor:
    """One watch at the gate.

    `began` is when its present attempt did, by the monotonic clock, `proven` whether its watch has lasted.
    """

    def __init__(self, gate: Gate, turns: Turns, timing: Timing, *, urgent: bool) -> None:
        self.began = 0.0
        self.proven = False
        self._gate = gate
        self._turns = turns
        self._timing = timing
        self._urgent = urgent
        self._asked = 0
        self._failed = False  # the last attempt was in vain, though the server answered others
        self._agreed = False  # the last watch ended when it should
        self._absent = False  # there was nothing to watch

    @asynccontextmanager
    async def turn(self, pause: float) -> AsyncIterator[None]:
        """Attempt to watch, after `pause` seconds at the earliest unless another watch shows that all is well."""
        if self._agreed or self._absent:
            await asyncio.sleep(pause)
            pause = 0
        if not self._agreed:
            await self._turns.wait(self, pause, failed=self._failed, urgent=self._urgent)
        self.began, self._asked = time.monotonic(), 0
        self.proven = self._agreed = self._absent = down = False
        try:
            yield
        except NO_ANSWER as error:
            down = self._gate.failed(error, self.began, self._timing)
            raise
        except HomelabError as error:
            self._absent = isinstance(error, NotFound)
            self._gate.answered()
            raise
        except asyncio.CancelledError:
            self._asked = 0  # that was not in vain
            raise
        finally:
            self._failed = not (self.proven or down)
            if self._turns.has(self) and not (self._absent or down):
                self._gate.in_vain(self._asked, self._timing)
            self._turns.end(self)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Make one request."""
        self._asked += 1
        yield
        self._gate.heard()

    @contextmanager
    def hearing(self, seconds: float) -> Iterator[None]:
        """Listen to a watch that should end after so many seconds."""
        began, loop = time.monotonic(), asyncio.get_running_loop()
        proof = loop.call_later(self._timing.proof, self._prove)
        try:
            yield
            self._agreed = time.monotonic() - began > seconds * AGREED
        finally:
            proof.cancel()
            if self.proven:
                self._gate.falls()

    def _prove(self) -> None:
        self.proven = True
        self._gate.stands()
        self._turns.release(WAVE, failed=self._failed)
        self._turns.end(self)
