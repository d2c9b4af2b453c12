"""What the desk knows: every proposal as it stands, saved before anyone hears of it."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime

from ..errors import ApprovalRefused, Conflict
from ..models.change import Happened, Proposal, ProposalState
from ..ports import Journal
from .clock import WatchedClock
from .events import Event
from .refusals import refusal
from .states import transition

_APPROVED = (ProposalState.APPROVED, ProposalState.OPENING, ProposalState.OPEN)


class Book:
    """The proposals in memory and in the journal, with a lock for each and those who want to hear of them.

    Another program may have the same journal open: what it wrote is learned before a decision, and a move that it
    forestalled is refused by the journal itself.
    """

    def __init__(self, journal: Journal, clock: WatchedClock) -> None:
        self._journal = journal
        self._clock = clock
        self._proposals: dict[str, Proposal] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._saving = asyncio.Lock()
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
        self._enter(await self._journal.proposals())

    async def refresh(self) -> tuple[Proposal, ...]:
        """Learn what other programs did since, and tell of it. Raises JournalFailed."""
        async with self._saving:
            learned = self._enter(await self._journal.news())
        for proposal in learned:
            self._tell_of(proposal)
        return learned

    async def move(self, proposal: Proposal, event: Event) -> Proposal:
        """Let something happen to it now. Raises ApprovalRefused, JournalFailed."""
        async with self._saving:
            current = self._proposals.get(proposal.id, proposal)
            if current != proposal:
                raise refusal(current)
            moved = transition(proposal, event, self.now())
            try:
                await self._journal.record(moved)
            except Conflict as error:
                self._enter(await self._journal.proposals())
                raise refusal(self._decided(proposal)) from error
            self._proposals[moved.id] = moved
        self._tell_of(moved)
        return moved

    async def end(self, proposal: Proposal, event: Event) -> None:
        """Let it end so, unless somebody decides on it right now, here or in another program. Raises JournalFailed."""
        lock = self.lock(proposal.id)
        if not lock.locked():
            async with lock:
                with suppress(ApprovalRefused):
                    await self.move(proposal, event)

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

    def _enter(self, proposals: tuple[Proposal, ...]) -> tuple[Proposal, ...]:
        for proposal in proposals:
            self._proposals[proposal.id] = proposal
            self._clock.believe(proposal.updated or proposal.decided or proposal.created)
        return proposals

    def _decided(self, proposal: Proposal) -> Proposal:
        """What stands in its way: the proposal as another program left it, or one like it that was approved."""
        same = (each for each in self._proposals.values() if each.hash == proposal.hash and each.id != proposal.id)
        twin = next((each for each in same if each.state in _APPROVED), None)
        return twin or self._proposals[proposal.id]

    def _tell_of(self, proposal: Proposal) -> None:
        loop = asyncio.get_running_loop()
        for callback in self._subscribers:
            loop.call_soon(self._tell, callback, proposal)

    def _tell(self, callback: Callable[[Proposal], None], proposal: Proposal) -> None:
        if callback in self._subscribers:
            callback(proposal)
