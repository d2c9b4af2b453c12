"""From a wish to a proposal that waits for a yes."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Self
from uuid import uuid7

from ..errors import Conflict, InputInvalid
from ..models.change import ChangePlan, Channel, Proposal, ProposalState, Requester
from ..models.left_alone import LeftAlone
from ..models.repository import Snapshot
from ..ports import Forge
from ..redaction import redact
from .book import Book
from .codes import spoken_code
from .events import Asked, Superseded
from .evidence import Witnesses
from .names import operation
from .selection import UNFINISHED, is_awaiting
from .settings import DeskSettings

if TYPE_CHECKING:
    from ..gitops import Edit, Index
    from ..guard import Policy
    from .proposals import Planned

_MAX_WORDS = 500
_HOUR = timedelta(hours=1)


class Wish(NamedTuple):
    """What somebody wants changed in a repository, or undone: then `reverts` is the proposal's id."""

    plan: ChangePlan
    repository: str
    requester: Requester
    words: str
    model: str | None = None
    reverts: str | None = None

    @classmethod
    def of(cls, proposal: Proposal) -> Self:
        """The wish behind a proposal."""
        return cls(
            plan=proposal.plan,
            repository=proposal.repository,
            requester=proposal.requested_by,
            words=proposal.words,
            model=proposal.model,
            reverts=proposal.reverts,
        )


class Asking:
    """Works wishes out and enters them into the book."""

    def __init__(self, book: Book, settings: DeskSettings) -> None:
        self._book = book
        self.settings = settings
        self.witnesses = Witnesses()
        self._adding = asyncio.Lock()

    async def read(self, forge: Forge) -> Index:
        """What today's repository deploys, with what the cluster tells of it. Raises HomelabError."""
        snapshot = await forge.snapshot()
        return await self.witnesses.known(await asyncio.to_thread(_index, snapshot))

    async def work_out(self, wish: Wish, forge: Forge, index: Index | None = None) -> Planned:
        """What a wish comes to in today's repository, judged; `index` is what was just read. Raises HomelabError."""
        if wish.reverts is None:
            index = index or await self.read(forge)
            edit = await asyncio.to_thread(_edit, wish.plan, index)
            policy = await self.witnesses.policy(edit.files, self.settings.policy)
            return await asyncio.to_thread(_judged, edit, index.snapshot, policy, self._left_alone(wish))
        undone = self._book.get(wish.reverts)
        if undone is None:
            raise InputInvalid("The change to undo is too long ago; I do not know it any more.", reason="forgotten")
        policy, alone = self.settings.policy, self._left_alone(wish)
        return await asyncio.to_thread(_undoing, undone, await forge.snapshot(), policy, alone)

    def _left_alone(self, wish: Wish) -> LeftAlone:
        return self.settings.left_alone.get(wish.repository, LeftAlone())

    async def add(self, wish: Wish, change: Planned) -> Proposal:
        """Ask for a yes; the same wish while one awaits is that one, another value takes its place."""
        async with self._adding:
            now = self._book.now()
            proposal = self._same(wish, change, now)
            if proposal is None:
                self._refuse_too_many(wish.requester, now)
                draft = self._draft(wish, change, now)
                proposal = await self._book.move(draft, Asked(spoken_code(change.hash, self._codes(change, now))))
            await self._supersede(proposal, now)
            return proposal

    def _same(self, wish: Wish, change: Planned, now: datetime) -> Proposal | None:
        """The proposal that asks for this already; refuses a wish that was granted."""
        for other in self._book.proposals:
            if (other.repository, other.target, other.diff) == (wish.repository, change.edit.target, change.diff):
                if is_awaiting(other, now):
                    return other
                _refuse_twin(other, change)
        return None

    def _refuse_too_many(self, requester: Requester, now: datetime) -> None:
        limits, pending = self.settings.limits, len(self._pending(now))
        if pending >= limits.pending:
            raise InputInvalid(
                f"{pending} changes are pending already. Decide on some of them first.",
                number=pending,
                reason="too_many_pending",
            )
        lately = [each.requested_by for each in self._book.proposals if abs(now - each.created) < _HOUR]
        same = sum(_who(each) == _who(requester) for each in lately)
        if len(lately) >= limits.hourly or same >= limits.hourly_each:
            raise InputInvalid(
                "Too many changes were asked for within an hour. Try again later.", reason="too_many_lately"
            )

    def _pending(self, now: datetime) -> list[Proposal]:
        return [each for each in self._book.proposals if each.state in UNFINISHED or is_awaiting(each, now)]

    def _codes(self, change: Planned, now: datetime) -> set[str]:
        """Those that are taken, also by the same change whose pull request was closed: people may open it again."""
        closed = [each for each in self._book.proposals if each.state is ProposalState.CLOSED]
        same = [each for each in closed if each.hash == change.hash]
        return {each.code for each in (*self._pending(now), *same)}

    def _draft(self, wish: Wish, change: Planned, now: datetime) -> Proposal:
        by_voice = wish.requester.channel is Channel.VOICE
        return Proposal(
            id=str(uuid7()),
            hash=change.hash,
            code="",
            repository=wish.repository,
            base_commit=change.base_commit,
            plan=wish.plan,
            target=change.edit.target,
            files=change.edit.files,
            diff=change.diff,
            state=ProposalState.DRAFT,
            requested_by=wish.requester,
            words=redact(wish.words[:_MAX_WORDS].encode(errors="replace").decode()),
            created=now,
            expires=now + (self.settings.voice_expiry if by_voice else self.settings.expiry),
            risk=change.verdict.risk,
            reasons=change.verdict.reasons,
            checks=change.checks,
            notes=change.edit.notes,
            model=wish.model,
            reverts=wish.reverts,
        )

    async def _supersede(self, proposal: Proposal, now: datetime) -> None:
        """Close what awaits a yes to another value of the same."""
        for other in self._book.proposals:
            if other.id != proposal.id and is_awaiting(other, now) and _subject(other) == _subject(proposal):
                await self._book.end(other, Superseded(proposal.code))


def _index(snapshot: Snapshot) -> Index:
    from ..gitops import Index  # noqa: PLC0415 - the engine and the guard are loaded by the first wish, in a thread

    return Index.of(snapshot)


def _edit(plan: ChangePlan, index: Index) -> Edit:
    from ..gitops import apply  # noqa: PLC0415 - as above

    return apply(plan, index)


def _undoing(undone: Proposal, snapshot: Snapshot, policy: Policy | None, alone: LeftAlone) -> Planned:
    from .reverting import inverse  # noqa: PLC0415 - as above

    stood = {change.path: change.before for change in undone.files if change.before is not None}
    return _judged(inverse(undone, snapshot), snapshot, policy, alone, stood)


def _judged(
    edit: Edit, snapshot: Snapshot, policy: Policy | None, alone: LeftAlone, stood: Mapping[str, bytes] | None = None
) -> Planned:
    from ..guard import Policy  # noqa: PLC0415 - as above
    from .proposals import judged  # noqa: PLC0415 - as above

    return judged(edit, snapshot, (policy or Policy()).leaving(alone), stood)


def _subject(proposal: Proposal) -> tuple[object, ...]:
    """What a proposal sets, whatever it sets it to."""
    return proposal.repository, operation(proposal.plan), replace(proposal.target, before="", after="")


def _who(requester: Requester) -> tuple[str | None, ...]:
    return requester.user_id, None if requester.user_id else requester.device_id


def _refuse_twin(other: Proposal, change: Planned) -> None:
    """Refuse a wish that was granted already."""
    if other.state in UNFINISHED:
        raise Conflict(f"This change is approved already as '{other.code}'; its pull request is on the way.")
    if other.state is ProposalState.OPEN and other.hash == change.hash:
        raise Conflict(
            f"The pull request for this change is open already: {other.pull_request}", url=other.pull_request
        )
