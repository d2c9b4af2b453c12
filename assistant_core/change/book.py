"""What the desk knows: every proposal as it stands, saved before anyone hears of it."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime

from ..models.change import Happened, Proposal
from ..ports import Journal
from .clock import WatchedClock
from .events import Event
from .refusals import refusal
from .states import transition


class Book:
    """The proposals in memory and in the journal, with a lock for each and those who want to hear of them."""

    def __init__(self, journal: Journal, clock: WatchedClock) -> None:
        self._journal = journal
        self._clock = clock
        self._proposals: dict[str, Proposal] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._subscribers: list[Callable[[Proposal], None]] = []

    @property
    def proposals(self) -> tuple[Proposal, ...]:
        """Every proposal, oldest first."""
        return tuple(self._proposals.values())

    def get(self, proposal_id: str) -> Proposal | None:
        """The proposal as it stands now."""
        return self._proposals.get(proposal_id)

    def now(self) -> datetime:
        """The time (UTC)."""
        return self._clock.now()

    def lock(self, proposal_id: str) -> asyncio.Lock:
        """Held by whoever moves the proposal."""
        return self._locks[proposal_id]

    def refuse_moved(self, proposal: Proposal) -> None:
        """Refuse when somebody else moved it while we waited for its lock. Raises ApprovalRefused."""
        current = self._proposals[proposal.id]
        if current is not proposal:
            raise refusal(current)

    def subscribe(self, callback: Callable[[Proposal], None]) -> Callable[[], None]:
        """Call back with every new state of every proposal, once it is saved; returns how to stop."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    async def load(self) -> None:
        """Take up where the journal ends. Raises JournalFailed."""
        for proposal in await self._journal.proposals():
            self._proposals.setdefault(proposal.id, proposal)
        for proposal in self._proposals.values():
            self._clock.believe(proposal.updated or proposal.decided or proposal.created)

    async def move(self, proposal: Proposal, event: Event) -> Proposal:
        """Let something happen to it now. Raises ApprovalRefused, JournalFailed."""
        moved = transition(proposal, event, self.now())
        await self._journal.record(moved)
        self._proposals[moved.id] = moved
        loop = asyncio.get_running_loop()
        for callback in self._subscribers:
            loop.call_soon(self._tell, callback, moved)
        return moved

    async def history(self, proposal: Proposal) -> tuple[Happened, ...]:
        """What happened to it, oldest first. Raises JournalFailed."""
        return await self._journal.history(proposal.id)

    async def forget(self, proposals: Iterable[Proposal]) -> None:
        """Drop them for good. Raises JournalFailed."""
        ids = [proposal.id for proposal in proposals]
        await self._journal.forget(ids)
        for each in ids:
            del self._proposals[each]
            self._locks.pop(each, None)

    def _tell(self, callback: Callable[[Proposal], None], proposal: Proposal) -> None:
        if callback in self._subscribers:
            callback(proposal)
