"""Calls those who wait: one at a time, and few in a minute while what they ask is in vain."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
import time


class Debt:
    """The requests that were made in vain, of which one is forgotten each `pace` seconds."""

    def __init__(self) -> None:
        self._requests = 0.0
        self._counted = 0.0
        self.paid = 0.0
        """When no more than one will be left, by the monotonic clock."""

    def add(self, requests: int, pace: float, longest: float) -> None:
        """Count some more; they are paid `longest` seconds from now at the latest."""
        now = time.monotonic()
        self._requests = max(0.0, self._requests - (now - self._counted) / pace) + requests
        self._counted = now
        self.paid = now + min(longest, max(0.0, self._requests - 1) * pace)


@dataclass(eq=False)
class Waiting:
    """Somebody who may be called from a time on; `failed` if the last attempt was in vain."""

    who: object
    at: float
    failed: bool
    called: asyncio.Future[None] = field(default_factory=asyncio.Future)


class Turns:
    """Gives turns, none before `ready()`, and no two in succession to the same one while others wait."""

    def __init__(self, ready: Callable[[], float]) -> None:
        self._ready = ready
        self._waiting: list[Waiting] = []
        self._timer: asyncio.TimerHandle | None = None
        self._holder: object = None
        self._last: object = None

    async def wait(self, who: object, pause: float, *, failed: bool, urgent: bool) -> None:
        """Return when it is one's turn, after `pause` seconds at the earliest; the `urgent` go first."""
        waiting = Waiting(who, time.monotonic() + pause, failed)
        self._waiting.insert(0 if urgent else len(self._waiting), waiting)
        self.go_on()
        try:
            await waiting.called
        except asyncio.CancelledError:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
            self.end(who)
            raise

    def has(self, who: object) -> bool:
        """Whether it is their turn, rather than that they were let go."""
        return self._holder is who

    def end(self, who: object) -> None:
        """Take the turn back, if it is theirs."""
        if self._holder is who:
            self._holder = None
        self.go_on()

    def release(self, count: int | None = None, *, failed: bool = True) -> None:
        """Let `count` of them go at once, whoever's turn it is, all by default; `failed`: also those who did."""
        able = [each for each in self._waiting if failed or not each.failed]
        for waiting in sorted(able, key=lambda each: each.at)[:count]:
            self._call(waiting)

    def forgive(self) -> None:
        """Forget whose last attempt was in vain."""
        for waiting in self._waiting:
            waiting.failed = False

    def go_on(self) -> None:
        """Give the turn to the next, now or when the time has come."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._holder is not None or not self._waiting:
            return
        now = time.monotonic()
        begin = max(self._ready(), min(each.at for each in self._waiting))
        if begin > now:
            self._timer = asyncio.get_running_loop().call_later(begin - now, self.go_on)
            return
        due = [each for each in self._waiting if each.at <= now]
        chosen = next((each for each in due if each.who is not self._last), due[0])
        self._holder = self._last = chosen.who
        self._call(chosen)

    def _call(self, waiting: Waiting) -> None:
        self._waiting.remove(waiting)
        if not waiting.called.done():
            waiting.called.set_result(None)
