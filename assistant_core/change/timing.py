"""When to try again, and when to look again: sooner while something happens, ever later while nothing does."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Backoff(NamedTuple):
    """The first pause, which doubles up to the longest."""

    first: timedelta
    longest: timedelta

    def pause(self, count: int) -> timedelta:
        """The pause before the `count`-th time after the first (from 1)."""
        return min(self.first * (1 << min(count - 1, 20)), self.longest)


class Pace(NamedTuple):
    """How often the desk asks; `patience` is how long after the merge the cluster may take."""

    retries: Backoff = Backoff(timedelta(seconds=30), timedelta(minutes=30))
    looks: Backoff = Backoff(timedelta(seconds=30), timedelta(minutes=15))
    rollout: timedelta = timedelta(seconds=15)
    patience: timedelta = timedelta(minutes=30)


class Timetable:
    """When each proposal is attended to next; one that is not in it is due now."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._due: dict[str, datetime] = {}
        self._counts: dict[str, int] = {}

    def due(self, proposal_id: str) -> datetime:
        """When it is due."""
        return self._due.get(proposal_id, _LONG_AGO)

    def postpone(self, proposal_id: str, backoff: Backoff) -> None:
        """Let it wait, longer than the last time."""
        count = self._counts[proposal_id] = self._counts.get(proposal_id, 0) + 1
        self._due[proposal_id] = self._now() + backoff.pause(count)

    def set(self, proposal_id: str, moment: datetime) -> None:
        """Let it wait until then."""
        self._due[proposal_id] = moment

    def restart(self, proposal_id: str, backoff: Backoff) -> None:
        """Something happened: look again after the first pause."""
        self._counts.pop(proposal_id, None)
        self.postpone(proposal_id, backoff)

    def clear(self, proposal_id: str) -> None:
        """It is due now."""
        self._due.pop(proposal_id, None)
        self._counts.pop(proposal_id, None)
