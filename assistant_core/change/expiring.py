"""What the desk does before every decision: learn what other programs did, and close what nobody decided in time."""

import asyncio

from ..models.change import ProposalState
from ..models.reasons import Why
from .book import Book
from .clock import WatchedClock
from .events import Expired
from .rights import in_time
from .selection import UNFINISHED
from .timing import Pace, Timetable
from .work import Work


class Expiring:
    """Many who ask at once share one look."""

    def __init__(self, book: Book, clock: WatchedClock, timetable: Timetable, work: Work, pace: Pace) -> None:
        self._book = book
        self._clock = clock
        self._timetable = timetable
        self._work = work
        self._pace = pace
        self._running: asyncio.Task[None] | None = None

    async def refresh(self) -> None:
        """Learn what another program did; what it began and leaves is taken up after a while. Raises JournalFailed."""
        for proposal in await self._book.refresh():
            if proposal.state in UNFINISHED:
                self._timetable.set(proposal.id, self._book.now() + self._pace.retries.first)

    async def expire(self) -> None:
        """Refresh, and close the proposals nobody decided in time. Raises JournalFailed."""
        if self._running is None or self._running.done():
            self._running = self._work.start(self._expire_all())
        await self._work.join(self._running)

    async def _expire_all(self) -> None:
        await self.refresh()
        reason = Why.CLOCK.told() if self._clock.went_back() else None
        for proposal in self._book.proposals:
            waits = proposal.state is ProposalState.AWAITING
            if waits and (reason or not in_time(proposal, self._book.now())):
                await self._book.end(proposal, Expired(reason))
