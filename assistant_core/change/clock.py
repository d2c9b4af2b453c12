"""A clock that is watched: whoever sets it back cannot make an old yes young again."""

from collections.abc import Callable
from datetime import datetime
import time

from .rights import CLOCK_TOLERANCE


class WatchedClock:
    """`wall` returns aware UTC times and may jump; `monotonic` counts seconds and does not."""

    def __init__(self, wall: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._seen: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        """The time."""
        return self._wall()

    def believe(self, moment: datetime) -> None:
        """It was at least that late already when we came."""
        if self._seen is None or moment > self._seen[0]:
            self._seen = (moment, self._monotonic())

    def went_back(self) -> bool:
        """Whether the clock was set back since the last time this was asked."""
        now, ticks = self._wall(), self._monotonic()
        if self._seen is None:
            self._seen = (now, ticks)
            return False
        seen, then = self._seen
        passed = ticks - then
        back = (seen - now).total_seconds() + passed > CLOCK_TOLERANCE.total_seconds()
        if back or now >= seen:
            self._seen = (now, ticks)
        return back
