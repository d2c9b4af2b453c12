"""What the desk does before every decision: learn what other programs did, and close what nobody decided in time."""

import asyncio
from contextlib import suppress

from ..errors import ApprovalRefused
from ..models.change import Proposal, ProposalState
from ..models.reasons import Reason, Why
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
                await self._expire(proposal, reason)

    async def _expire(self, proposal: Proposal, reason: Reason | None) -> None:
        """Close it, unless somebody decides on it right now."""
        lock = self._book.lock(proposal.id)
        if not lock.locked():
            async with lock:
                with suppress(ApprovalRefused):  # another program was faster
                    await self._book.move(proposal, Expired(reason))
