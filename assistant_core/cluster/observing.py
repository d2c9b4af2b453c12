"""What watches say together, and how well they watch."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from ..kube import Reflector, WatchState
from ..kube.gate import Gate
from ..models.observation import Observation
from ..models.watching import WatchHealth

MINUTE = timedelta(minutes=1)


def observed[T](gate: Gate, watches: Sequence[Reflector[Any]], value: T | None) -> Observation[T]:
    """The value that watches stand behind, as old as the oldest of them that has something to watch.

    One that works says more than one that does not: there is an error only if the server does not answer, or if none of
    the watches works.
    """
    present = [watch for watch in watches if watch.state is not WatchState.NOT_INSTALLED] or watches
    contacts = [watch.last_contact for watch in present if watch.last_contact is not None]
    error, since = gate.error, gate.since
    if error is None and all(watch.error is not None for watch in watches):
        error, since = present[0].error, present[0].failing_since
    return Observation(value=value if contacts else None, at=min(contacts, default=None), error=error, since=since)


def health(watch: Reflector[Any]) -> WatchHealth:
    """How a watch fares."""
    return WatchHealth(
        resource=str(watch.resource),
        state=watch.state,
        error=watch.error,
        since=watch.failing_since,
        last_contact=watch.last_contact,
        objects=len(watch.items),
        events=watch.events,
        lists=watch.lists,
        skipped=watch.skipped,
        restarts=watch.restarts,
    )


class Rate:
    """Events in the last minute."""

    def __init__(self) -> None:
        self._samples: list[tuple[datetime, int]] = []

    def sample(self, now: datetime, total: int) -> None:
        """Note the total so far."""
        recent = [each for each in self._samples if now - each[0] <= MINUTE]
        self._samples = [*(recent or self._samples[-1:]), (now, total)]

    @property
    def per_minute(self) -> float:
        """The rate between the oldest sample kept and the newest; in the first minute, what was heard until now."""
        if not self._samples:
            return 0.0
        (begin, before), (end, after) = self._samples[0], self._samples[-1]
        return (after - before) / max((end - begin) / MINUTE, 1)
