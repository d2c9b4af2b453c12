"""Where changes are proposed, decided, sent off and followed.

Two rules: nothing happens before the journal has it, and what a person said yes to becomes exactly one pull request or
a sentence that says why not. A decision that has begun is finished even when whoever waits for it goes away; one that a
restart interrupts is taken up again by `load` and `attach`.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, override

from ..errors import HomelabError, InputInvalid
from ..logs import EventLog
from ..models.change import ChangePlan, Happened, Proposal, ProposalState, Requester
from ..models.plan import settled
from ..models.wish import Wish as SpokenWish
from ..ports import Applications, ChatModel, Desk, Forge, Journal, Rights
from ..speech import Speech
from .asking import Asking, Wish
from .book import Book
from .clock import WatchedClock
from .delivering import Delivery
from .events import Approved, Armed, Rejected
from .evidence import Evidence
from .expiring import Expiring
from .following import Following, is_followed
from .refusals import armed, closed, not_allowed, refusal
from .retention import overdue
from .rights import AtTheirWord, Power, authorise, power
from .selection import MERGED, UNFINISHED, is_awaiting, last_merged, select
from .settings import DeskSettings
from .tending import Tending
from .timing import Timetable
from .work import Work

if TYPE_CHECKING:
    from ..gitops import Index

_EVENTS = EventLog(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class ChangeDesk(Desk):
    """The one desk of a household, over any number of repositories and clusters.

    `clock` returns aware UTC times, `rights` tells who may approve. Once loaded, it expires, tries again and follows by
    itself (`tended`) until it is closed.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        clock: Callable[[], datetime] = _utc_now,
        rights: Rights | None = None,
        settings: DeskSettings | None = None,
        tended: bool = True,
    ) -> None:
        watched = WatchedClock(clock)
        self._rights = rights or AtTheirWord()
        self._settings = settings or DeskSettings()
        self._tended = tended
        self._forges: dict[str, Forge] = {}
        self._work = Work()
        self._book = Book(journal, watched)
        pace, timetable = self._settings.pace, Timetable(clock)
        self._timetable = timetable
        self._expiring = Expiring(self._book, watched, timetable, self._work, pace)
        self._asking = Asking(self._book, self._settings)
        self._delivery = Delivery(self._book, self._asking, self._rights, timetable, pace)
        self._following = Following(self._book, timetable, pace)
        self._tending = Tending(
            self._book, timetable, self._work, tidy=self._tidy, attend=self._attend, is_served=self._is_served
        )

    @property
    def settings(self) -> DeskSettings:
        """What the household set; a new `pace` counts from the next start."""
        return self._settings

    @settings.setter
    def settings(self, settings: DeskSettings) -> None:
        self._settings = self._asking.settings = settings

    @property
    @override
    def proposals(self) -> tuple[Proposal, ...]:
        return self._book.proposals

    @property
    @override
    def awaiting(self) -> tuple[Proposal, ...]:
        now = self._book.now()
        return tuple(each for each in self._book.proposals if is_awaiting(each, now))

    def subscribe(self, callback: Callable[[Proposal], None]) -> Callable[[], None]:
        """Call back with every new state of every proposal, once it is saved; returns how to stop."""
        return self._book.subscribe(callback)

    def attach(self, repository: str, forge: Forge) -> Callable[[], None]:
        """Serve a repository through `forge`, and go on with what was begun for it before; returns how to detach."""
        self._forges[repository] = forge
        self._tending.begin()

        def detach() -> None:
            if self._forges.get(repository) is forge:
                del self._forges[repository]

        return detach

    def attach_applications(self, applications: Applications) -> Callable[[], None]:
        """Learn from a cluster what became of merged changes; returns how to detach."""
        self._following.attach(applications)
        return lambda: self._following.detach(applications)

    def attach_evidence(self, evidence: Evidence) -> Callable[[], None]:
        """Let a cluster tell what the files of a repository leave open; returns how to detach."""
        return self._asking.witnesses.attach(evidence)

    def look(self, repository: str) -> None:
        """Look at once at what is followed there, because the forge says that something happened."""
        for proposal in self._book.proposals:
            waits = proposal.retry is not None and proposal.retry.asked and proposal.retry.at > self._book.now()
            if proposal.repository == repository and is_followed(proposal, self._book.now()) and not waits:
                self._timetable.clear(proposal.id)
        self._tending.begin()

    def asked_to_wait(self, repository: str) -> datetime | None:
        """Until when a repository's server asked us to wait, also before a restart; None: it did not."""
        retries = [each.retry for each in self._book.proposals if each.repository == repository]
        return max((each.at for each in retries if each is not None and each.asked), default=None)

    async def load(self) -> None:
        """Take up where the journal ends. Raises JournalFailed."""
        await self._book.load()
        await self._tidy()
        self._tending.begin()
        if self._tended:
            self._tending.keep_on()

    async def close(self) -> None:
        """Stop all work; what was begun goes on after the next `load`."""
        await self._work.stop()

    async def refresh(self) -> None:
        """Learn what another program did on the same journal. Raises JournalFailed."""
        await self._expiring.refresh()

    async def expire(self) -> None:
        """Close the proposals nobody decided in time; called before every decision, too. Raises JournalFailed."""
        await self._expiring.expire()

    async def plan(
        self,
        words: str,
        speech: Sequence[Speech],
        *,
        repository: str | None = None,
        model: ChatModel | None = None,
    ) -> ChangePlan:
        """The change that `words` ask for in a repository as it is now, by sentences or else by the model.

        Raises HomelabError; NotUnderstood, Incomplete and AmbiguousWorkload are to be answered.
        """
        from .planning import plan_from_words  # noqa: PLC0415 - loaded with a repository or by the first wish

        _, forge = self._forge(repository)
        return await plan_from_words(words, await self._asking.read(forge), speech, model)

    @override
    async def propose(
        self,
        plan: ChangePlan | SpokenWish,
        requester: Requester,
        *,
        words: str,
        repository: str | None = None,
        model: str | None = None,
    ) -> Proposal:
        name, forge = self._forge(repository)
        index = None
        if isinstance(plan, SpokenWish):
            from .planning import plan_of  # noqa: PLC0415 - as above

            index = await self._asking.read(forge)
            plan = await asyncio.to_thread(plan_of, plan, index)
        plan = settled(plan, self._book.now())
        wish = Wish(plan=plan, repository=name, requester=requester, words=words, model=model)
        return await self._work.finish(self._propose(wish, forge, index))

    @override
    async def propose_revert(
        self,
        requester: Requester,
        *,
        words: str,
        hash: str | None = None,
        code: str | None = None,
        name: str | None = None,
    ) -> Proposal:
        if hash is None and code is None:
            undone = last_merged(self._book.proposals, name)
        else:
            undone = select(self._book.proposals, self._book.now(), proposal_hash=hash, code=code)
        if undone.state not in MERGED:
            raise InputInvalid(
                f"'{undone.code}' was never merged, so there is nothing to undo. "
                "Reject it, or close its pull request, instead.",
                code=undone.code,
                reason="never_merged",
            )
        repository, forge = self._forge(undone.repository)
        wish = Wish(plan=undone.plan, repository=repository, requester=requester, words=words, reverts=undone.id)
        return await self._work.finish(self._propose(wish, forge))

    @override
    async def approve(self, *, requester: Requester, hash: str | None = None, code: str | None = None) -> Proposal:
        return await self._work.finish(self._approve(requester, hash, code))

    @override
    async def reject(self, *, requester: Requester, hash: str | None = None, code: str | None = None) -> Proposal:
        return await self._work.finish(self._reject(requester, hash, code))

    @override
    async def history(self, proposal: Proposal) -> tuple[Happened, ...]:
        return await self._book.history(proposal)

    async def _propose(self, wish: Wish, forge: Forge, index: Index | None = None) -> Proposal:
        await self.expire()
        return await self._asking.add(wish, await self._asking.work_out(wish, forge, index))

    async def _approve(self, requester: Requester, proposal_hash: str | None, code: str | None) -> Proposal:
        if power(requester) is Power.NONE:
            raise not_allowed(requester)
        await self.expire()
        chosen = select(self._book.proposals, self._book.now(), proposal_hash=proposal_hash, code=code)
        _, forge = self._forge(chosen.repository)
        async with self._book.lock(chosen.id):
            self._book.refuse_moved(chosen)
            if chosen.state in UNFINISHED:
                return await self._delivery.deliver(chosen, forge)
            if chosen.state is not ProposalState.AWAITING:
                raise refusal(chosen)
            trusted = requester.device_id is not None and self._rights.is_trusted(requester.device_id)
            worth = authorise(
                chosen,
                requester,
                self._book.now(),
                by_hash=proposal_hash is not None,
                by_code=code is not None,
                trusted=trusted,
            )
            if worth is not Power.APPROVES:
                if chosen.armed_by is None:
                    await self._book.move(chosen, Armed(requester))
                raise armed(chosen)
            if occasion := self._rights.closed_by(chosen.repository):
                raise closed(chosen, occasion)
            approved = await self._book.move(chosen, Approved(requester, trusted))
            return await self._delivery.deliver(approved, forge)

    async def _reject(self, requester: Requester, proposal_hash: str | None, code: str | None) -> Proposal:
        await self.expire()
        chosen = select(self._book.proposals, self._book.now(), proposal_hash=proposal_hash, code=code)
        async with self._book.lock(chosen.id):
            if chosen.state in UNFINISHED:  # that we tried it again meanwhile is no decision
                chosen = self._book.get(chosen.id) or chosen
            self._book.refuse_moved(chosen)
            return await self._book.move(chosen, Rejected(requester))

    def _forge(self, repository: str | None) -> tuple[str, Forge]:
        names = tuple(self._forges)
        if not names and repository is None:
            raise InputInvalid("No repository is connected.", reason="no_repository")
        if repository is None and len(names) > 1:
            raise InputInvalid(
                f"Several repositories are connected: {', '.join(names)}. Say which one.",
                known=", ".join(names),
                reason="several_repositories",
            )
        name = names[0] if repository is None else repository
        if name not in self._forges:
            raise InputInvalid(
                f"The repository {name[:140]} is not connected.", repository=name[:140], reason="not_connected"
            )
        return name, self._forges[name]

    def _is_served(self, proposal: Proposal) -> bool:
        """Whether its repository is attached, so that something can be done for it."""
        return proposal.repository in self._forges

    async def _tidy(self) -> None:
        """Close what nobody decided, and forget what is too old. Raises JournalFailed."""
        await self.expire()
        if old := overdue(self._settings.retention, self._book.proposals, self._book.now()):
            for proposal in old:
                self._following.forget(proposal)
            await self._book.forget(old)

    async def _attend(self, proposal: Proposal) -> None:
        """Go on with a proposal that is due; what stands in its way is in the log, and in the journal if it can be."""
        forge = self._forges.get(proposal.repository)
        async with self._book.lock(proposal.id):
            if forge is None or self._book.get(proposal.id) is not proposal:
                return
            try:
                if proposal.state in UNFINISHED:
                    await self._delivery.deliver(proposal, forge)
                elif is_followed(proposal, self._book.now()):
                    await self._following.look(proposal, forge)
            except HomelabError as error:
                _EVENTS.warning("change-stalled", "The change '%s' does not go on: %s", proposal.code, error)
