"""From a yes to exactly one pull request, or a sentence that says why there is none."""

from datetime import timedelta

from ..errors import (
    ApprovalRefused,
    Conflict,
    EditRefused,
    HomelabError,
    InputInvalid,
    JournalFailed,
    NotFound,
    PermissionDenied,
    PolicyRefused,
    RateLimited,
    Unchanged,
)
from ..models.change import Proposal, ProposalState, Retry
from ..models.reasons import Reason, Why
from ..ports import Forge, Rights
from .asking import Asking, Wish
from .book import Book
from .events import Blocked, Event, Failed, Opened, Opening, Overtaken, Stalled, Superseded
from .pull_request import draft
from .refusals import paused, refusal
from .timing import Pace, Timetable

_FINAL = (PermissionDenied, NotFound, Conflict, InputInvalid, EditRefused)
"""Errors that the next try would meet again; after any other the yes is kept."""


class Delivery:
    """Opens the pull requests of approved proposals; the caller holds the proposal's lock."""

    def __init__(self, book: Book, asking: Asking, rights: Rights, timetable: Timetable, pace: Pace) -> None:
        self._book = book
        self._asking = asking
        self._rights = rights
        self._timetable = timetable
        self._pace = pace

    async def deliver(self, proposal: Proposal, forge: Forge) -> Proposal:
        """Bring an approved proposal to its pull request. Raises HomelabError, with the proposal moved accordingly."""
        self._timetable.postpone(proposal.id, self._pace.retries)
        self._wait_if_asked(proposal)
        if occasion := self._rights.closed_by(proposal.repository):
            raise await self._paused(proposal, occasion)
        try:
            if proposal.state is ProposalState.APPROVED:
                proposal = await self._rebase(proposal, forge)
            if not await self._is_still_allowed(proposal):
                raise await self._withdrawn(proposal)
            first = min(each.created for each in self._book.proposals if each.hash == proposal.hash)
            pull_request = await forge.open(draft(proposal, authored=first))
        except JournalFailed, ApprovalRefused:
            raise
        except HomelabError as error:
            await self._book.move(proposal, self._outcome(proposal, error))
            raise
        opened = await self._book.move(proposal, Opened(pull_request))
        self._timetable.restart(proposal.id, self._pace.looks)
        return opened

    def _wait_if_asked(self, proposal: Proposal) -> None:
        """Raise RateLimited while the forge wants us to wait, also after a restart."""
        retry = proposal.retry
        if retry is not None and retry.asked and (left := retry.at - self._book.now()) > timedelta(0):
            self._timetable.set(proposal.id, retry.at)
            seconds = left.total_seconds()
            raise RateLimited(
                f"The change is approved; the repository's server asked us to wait for {seconds:.0f} seconds more.",
                retry_after=seconds,
            )

    async def _paused(self, proposal: Proposal, occasion: str) -> ApprovalRefused:
        """Put it off while the household wants no changes."""
        reason = paused(proposal, occasion)
        await self._book.move(proposal, Stalled(Reason.of(reason), self._retry(proposal, reason)))
        return reason

    async def _is_still_allowed(self, proposal: Proposal) -> bool:
        """Whether whoever said yes could still say so."""
        by = proposal.decided_by
        if by is None:
            return False
        if by.is_admin:
            return await self._rights.is_admin(by)
        return by.device_id is not None and self._rights.is_trusted(by.device_id)

    async def _withdrawn(self, proposal: Proposal) -> ApprovalRefused:
        who = proposal.decided_by and proposal.decided_by.name
        reason = Why.RIGHTS.told(who=who) if who else Why.RIGHTS_UNNAMED.told()
        return refusal(await self._book.move(proposal, Blocked(reason)))

    async def _rebase(self, proposal: Proposal, forge: Forge) -> Proposal:
        """Plan again on today's base and go on with the approved diff only; ask again when it became another."""
        wish = Wish.of(proposal)
        change = await self._asking.work_out(wish, forge)
        if (change.edit.target, change.diff) == (proposal.target, proposal.diff):
            return await self._book.move(proposal, Opening(change.base_commit, change.edit.files))
        again = await self._asking.add(wish, change)
        await self._book.move(proposal, Superseded(again.code))
        raise ApprovalRefused(
            f"The repository changed meanwhile, and '{proposal.code}' would no longer be what you saw. "
            f"Look at the new change and confirm '{again.code}'.",
            code=again.code,
            hash=again.hash,
            reason="changed",
        )

    def _outcome(self, proposal: Proposal, error: HomelabError) -> Event:
        """What an error makes of the proposal."""
        reason = Reason.of(error)
        match error:
            case PolicyRefused():
                return Blocked(reason)
            case Unchanged() if proposal.state is ProposalState.APPROVED:
                return Overtaken(reason)
            case _ if isinstance(error, _FINAL):
                return Failed(reason)
        return Stalled(reason, self._retry(proposal, error))

    def _retry(self, proposal: Proposal, error: HomelabError) -> Retry:
        count = proposal.retry.count + 1 if proposal.retry else 1
        pause, asked = self._pace.retries.pause(count), False
        if isinstance(error, RateLimited) and error.retry_after is not None:
            pause, asked = timedelta(seconds=error.retry_after), True
        at = self._book.now() + pause
        self._timetable.set(proposal.id, at)
        return Retry(count=count, at=at, asked=asked)
