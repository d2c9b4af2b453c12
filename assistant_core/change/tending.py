"""What the desk does by itself: close what expires, try again what is kept, look at what is open."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any

from ..errors import JournalFailed
from ..logs import EventLog
from ..models.change import Proposal, ProposalState
from .book import Book
from .following import is_followed
from .selection import UNFINISHED
from .timing import Timetable
from .work import Work

_LONGEST = 60.0
"""Seconds after which the clock and the journal are looked at again: others may have set it, or written there."""

_EVENTS = EventLog(__name__)


class Tending:
    """Attends to every proposal when it is due; `tidy` is done first, each time."""

    def __init__(
        self,
        book: Book,
        timetable: Timetable,
        work: Work,
        *,
        tidy: Callable[[], Awaitable[None]],
        attend: Callable[[Proposal], Coroutine[Any, Any, None]],
        is_served: Callable[[Proposal], bool],
    ) -> None:
        self._book = book
        self._timetable = timetable
        self._work = work
        self._tidy = tidy
        self._attend = attend
        self._is_served = is_served
        self._woken = asyncio.Event()
        self._attended: set[str] = set()

    def begin(self) -> None:
        """Take up every yes that has no pull request yet, unless the forge asked us to wait."""
        for proposal in self._book.proposals:
            if proposal.retry is not None and proposal.retry.asked:
                self._timetable.set(proposal.id, proposal.retry.at)
            served = proposal.state in UNFINISHED and self._is_served(proposal)
            if served and self._timetable.due(proposal.id) <= self._book.now():
                self._begin(proposal)
        self._woken.set()

    def keep_on(self) -> None:
        """Attend to what is due from now on, until the work is stopped."""
        self._book.subscribe(lambda _: self._woken.set())
        self._work.start(self._keep_on())

    async def _keep_on(self) -> None:
        while True:
            self._woken.clear()
            begun = self._book.now()
            try:
                await self._tidy()
            except JournalFailed as error:
                _EVENTS.warning("changes-not-closed", "Changes whose time is over could not be closed: %s", error)
            try:
                await asyncio.wait_for(self._woken.wait(), self._attend_to_all(begun))
            except TimeoutError:
                continue

    def _attend_to_all(self, tidied: datetime) -> float:
        """Begin with whatever is due; returns the seconds until the next look, also at what other programs did.

        What has expired since things were `tidied` is seen to at once, what could not be closed then is not.
        """
        now = self._book.now()
        pauses: list[float] = []
        for proposal in self._book.proposals:
            due = self._due(proposal)
            if due is None or proposal.id in self._attended:
                continue
            if due > now:
                pauses.append(min((due - now).total_seconds(), _LONGEST))
                continue
            if proposal.state is ProposalState.AWAITING:
                pauses.append(0 if due > tidied else _LONGEST)
                continue
            pauses.append(_LONGEST)  # what ends sooner wakes us
            self._begin(proposal)
        return min(pauses, default=_LONGEST)

    def _due(self, proposal: Proposal) -> datetime | None:
        if proposal.state is ProposalState.AWAITING:
            return proposal.expires
        if self._is_served(proposal) and (proposal.state in UNFINISHED or is_followed(proposal, self._book.now())):
            return self._timetable.due(proposal.id)
        return None

    def _begin(self, proposal: Proposal) -> None:
        if proposal.id in self._attended or self._book.lock(proposal.id).locked():
            return

        def done() -> None:
            self._attended.discard(proposal.id)
            self._woken.set()

        self._attended.add(proposal.id)
        self._work.start(self._attend(proposal), done)
