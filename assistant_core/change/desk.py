"""Where changes are proposed, decided and sent off.

Two rules: nothing happens before the journal has it, and what a person said yes to becomes exactly one pull request or
a sentence that says why not. A decision that has begun is finished even when whoever waits for it goes away; one that a
restart interrupts is taken up again by `load` and `attach`.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
import logging
from typing import Any, override
from uuid import uuid7

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
)
from ..guard import Policy, redact
from ..models.change import ChangePlan, Channel, Proposal, ProposalState, Requester
from ..ports import Desk, Forge, Journal
from .codes import spoken_code
from .proposals import Planned, planned
from .pull_request import draft
from .selection import UNFINISHED, is_awaiting, select
from .states import (
    Approved,
    Event,
    Expired,
    Failed,
    Opened,
    Opening,
    Rejected,
    Stalled,
    in_time,
    refusal,
    transition,
)

VOICE_EXPIRY = timedelta(minutes=15)
EXPIRY = timedelta(hours=24)
MAX_PENDING = 20
_MAX_WORDS = 500

_FINAL = (PermissionDenied, NotFound, Conflict, InputInvalid, EditRefused, PolicyRefused, ApprovalRefused)
"""Errors that the next try would meet again; after any other the yes is kept."""

_LOGGER = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class ChangeDesk(Desk):
    """The one desk of a household, over any number of repositories.

    `clock` returns aware UTC times. A proposal made by voice expires after `voice_expiry`, any other after `expiry`.
    `policy` is what the household allows; every change is held against it when it is planned and when it is sent off.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        clock: Callable[[], datetime] = _utc_now,
        voice_expiry: timedelta = VOICE_EXPIRY,
        expiry: timedelta = EXPIRY,
        policy: Policy | None = None,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._voice_expiry = voice_expiry
        self._expiry = expiry
        self._policy = policy or Policy()
        self._forges: dict[str, Forge] = {}
        self._proposals: dict[str, Proposal] = {}
        self._deciding: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._adding = asyncio.Lock()
        self._subscribers: list[Callable[[Proposal], None]] = []
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    @override
    def proposals(self) -> tuple[Proposal, ...]:
        return tuple(self._proposals.values())

    @property
    @override
    def awaiting(self) -> tuple[Proposal, ...]:
        now = self._clock()
        return tuple(each for each in self._proposals.values() if is_awaiting(each, now))

    def subscribe(self, callback: Callable[[Proposal], None]) -> Callable[[], None]:
        """Call back with every new state of every proposal, once it is saved; returns how to stop."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def attach(self, repository: str, forge: Forge) -> Callable[[], None]:
        """Serve a repository through `forge`, and finish what was approved for it before; returns how to detach."""
        self._forges[repository] = forge
        self._resume()

        def detach() -> None:
            if self._forges.get(repository) is forge:
                del self._forges[repository]

        return detach

    async def load(self) -> None:
        """Take up where the journal ends. Raises JournalFailed."""
        for proposal in await self._journal.proposals():
            self._proposals.setdefault(proposal.id, proposal)
        await self.expire()
        self._resume()

    async def close(self) -> None:
        """Stop all work; approved proposals go on after the next `load`."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def expire(self) -> None:
        """Close the proposals nobody decided in time; called before every decision, and by hosts that tell of it."""
        for each in tuple(self._proposals):
            proposal, lock = self._proposals[each], self._deciding[each]
            due = proposal.state is ProposalState.AWAITING and not in_time(proposal, self._clock())
            if due and not lock.locked():
                async with lock:
                    await self._move(proposal, Expired())

    @override
    async def propose(
        self,
        plan: ChangePlan,
        requester: Requester,
        *,
        words: str,
        repository: str | None = None,
        model: str | None = None,
    ) -> Proposal:
        return await self._finish(self._propose(plan, requester, words, repository, model))

    @override
    async def approve(
        self,
        *,
        requester: Requester,
        hash: str | None = None,
        code: str | None = None,
    ) -> Proposal:
        return await self._finish(self._approve(requester, hash, code))

    @override
    async def reject(
        self,
        *,
        requester: Requester,
        hash: str | None = None,
        code: str | None = None,
    ) -> Proposal:
        return await self._finish(self._reject(requester, hash, code))

    async def _propose(
        self, plan: ChangePlan, requester: Requester, words: str, repository: str | None, model: str | None
    ) -> Proposal:
        repository, forge = self._forge(repository)
        await self.expire()
        change = await asyncio.to_thread(planned, plan, await forge.snapshot(), self._policy)
        return await self._add(plan, change, repository, requester, words, model)

    async def _approve(self, requester: Requester, proposal_hash: str | None, code: str | None) -> Proposal:
        if not requester.is_admin:
            raise ApprovalRefused("Only an administrator can approve a change.", reason="not_admin")
        await self.expire()
        chosen = select(self.proposals, self._clock(), proposal_hash=proposal_hash, code=code)
        _, forge = self._forge(chosen.repository)
        async with self._deciding[chosen.id]:
            self._still(chosen)
            if chosen.state not in UNFINISHED:
                chosen = await self._move(chosen, Approved(by=requester, at=self._clock()))
            return await self._deliver(chosen, forge)

    async def _reject(self, requester: Requester, proposal_hash: str | None, code: str | None) -> Proposal:
        await self.expire()
        chosen = select(self.proposals, self._clock(), proposal_hash=proposal_hash, code=code)
        async with self._deciding[chosen.id]:
            self._still(chosen)
            return await self._move(chosen, Rejected(by=requester, at=self._clock()))

    def _still(self, chosen: Proposal) -> None:
        """Refuse when somebody else decided while we waited for the lock."""
        current = self._proposals[chosen.id]
        if current is not chosen:
            raise refusal(current)

    def _forge(self, repository: str | None) -> tuple[str, Forge]:
        names = tuple(self._forges)
        if not names:
            raise InputInvalid("No repository is connected.")
        if repository is None and len(names) > 1:
            raise InputInvalid(f"Several repositories are connected: {', '.join(names)}. Say which one.")
        name = names[0] if repository is None else repository
        if name not in self._forges:
            raise InputInvalid(f"The repository {name[:140]} is not connected.", repository=name[:140])
        return name, self._forges[name]

    async def _add(
        self,
        plan: ChangePlan,
        change: Planned,
        repository: str,
        requester: Requester,
        words: str,
        model: str | None,
    ) -> Proposal:
        """Remember a new proposal; the same wish while one awaits is that one."""
        async with self._adding:
            now = self._clock()
            for other in self.proposals:
                if (other.repository, other.target, other.diff) == (repository, change.edit.target, change.diff):
                    if is_awaiting(other, now):
                        return other
                    _refuse_twin(other, change)
            pending = [each for each in self.proposals if each.state in UNFINISHED or is_awaiting(each, now)]
            if len(pending) >= MAX_PENDING:
                raise InputInvalid(f"{len(pending)} changes are pending already. Decide on some of them first.")
            proposal = Proposal(
                id=str(uuid7()),
                hash=change.hash,
                code=spoken_code(change.hash, {each.code for each in pending}),
                repository=repository,
                base_commit=change.base_commit,
                plan=plan,
                target=change.edit.target,
                files=change.edit.files,
                diff=change.diff,
                state=ProposalState.AWAITING,
                requested_by=requester,
                words=redact(words[:_MAX_WORDS].encode(errors="replace").decode()),
                created=now,
                risk=change.verdict.risk,
                reasons=change.verdict.reasons,
                checks=change.checks,
                model=model,
                expires=now + (self._voice_expiry if requester.channel is Channel.VOICE else self._expiry),
            )
            return await self._save(proposal)

    async def _deliver(self, proposal: Proposal, forge: Forge) -> Proposal:
        """Bring an approved proposal to its pull request; the caller holds its lock."""
        try:
            if proposal.state is ProposalState.APPROVED:
                proposal = await self._rebase(proposal, forge)
            first = min(each.created for each in self.proposals if each.hash == proposal.hash)
            pull_request = await forge.open(draft(proposal, authored=first))
        except JournalFailed:
            raise
        except _FINAL as error:
            await self._move(proposal, Failed(redact(str(error))))
            raise
        except HomelabError as error:
            await self._move(proposal, Stalled(redact(str(error))))
            raise
        return await self._move(proposal, Opened(pull_request.url))

    async def _rebase(self, proposal: Proposal, forge: Forge) -> Proposal:
        """Plan again on today's base and go on with the approved diff only; ask again when it became another."""
        change = await asyncio.to_thread(planned, proposal.plan, await forge.snapshot(), self._policy)
        if (change.edit.target, change.diff) == (proposal.target, proposal.diff):
            return await self._move(proposal, Opening(change.base_commit, change.edit.files))
        again = await self._add(
            proposal.plan, change, proposal.repository, proposal.requested_by, proposal.words, proposal.model
        )
        raise ApprovalRefused(
            f"The repository changed meanwhile, and '{proposal.code}' would no longer be what you saw. "
            f"Look at the new change and confirm '{again.code}'.",
            code=again.code,
            hash=again.hash,
            reason="changed",
        )

    def _resume(self) -> None:
        for proposal in self.proposals:
            forge = self._forges.get(proposal.repository)
            if forge is not None and proposal.state in UNFINISHED and not self._deciding[proposal.id].locked():
                self._start(self._take_up(proposal, forge))

    async def _take_up(self, proposal: Proposal, forge: Forge) -> None:
        async with self._deciding[proposal.id]:
            if self._proposals[proposal.id] is not proposal:
                return
            try:
                await self._deliver(proposal, forge)
            except HomelabError as error:
                _LOGGER.warning(
                    "The approved change '%s' has no pull request yet: %s", proposal.code, redact(str(error))
                )

    async def _move(self, proposal: Proposal, event: Event) -> Proposal:
        return await self._save(transition(proposal, event))

    async def _save(self, proposal: Proposal) -> Proposal:
        await self._journal.record(proposal)
        self._proposals[proposal.id] = proposal
        loop = asyncio.get_running_loop()
        for callback in self._subscribers:
            loop.call_soon(self._tell, callback, proposal)
        return proposal

    def _tell(self, callback: Callable[[Proposal], None], proposal: Proposal) -> None:
        if callback in self._subscribers:
            callback(proposal)

    async def _finish[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for work that goes on when the one who waits is cancelled."""
        task = self._start(work)
        await asyncio.wait((task,))
        return await task

    def _start[T](self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, HomelabError):
            _LOGGER.error("Work on a change ended unexpectedly", exc_info=error)


def _refuse_twin(other: Proposal, change: Planned) -> None:
    """Refuse a wish that was granted already."""
    if other.state in UNFINISHED:
        raise Conflict(f"This change is approved already as '{other.code}'; its pull request is on the way.")
    if other.state is ProposalState.OPEN and other.hash == change.hash:
        raise Conflict(
            f"The pull request for this change is open already: {other.pull_request}", url=other.pull_request
        )
