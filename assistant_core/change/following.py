"""What becomes of a pull request after it is open: on the forge, then in the cluster. We only look."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
import re

from ..errors import HomelabError, JournalFailed, RateLimited
from ..logs import EventLog
from ..models.application import Application
from ..models.change import Proposal, ProposalState, Retry, Step
from ..models.reasons import Reason, Why
from ..models.repository import ChecksState, PullRequestState, PullRequestStatus, ReviewState
from ..ports import Applications, Forge
from .book import Book
from .events import Closed, Degraded, Lapsed, Merged, Recovered, Reopened, Seen, Stalled, Superseded, Synced
from .rollouts import Stage, rollout
from .timing import Pace, Timetable

_ON_THE_FORGE = (ProposalState.OPEN, ProposalState.CLOSED)
_ROLLING_OUT = (ProposalState.MERGED, ProposalState.SYNCED, ProposalState.DEGRADED)

_MAY_BE_REOPENED = timedelta(days=7)
"""How long a pull request that a person closed is looked at, should somebody open it again."""

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")

_EVENTS = EventLog(__name__)


def is_followed(proposal: Proposal, now: datetime) -> bool:
    """Whether there is still something to look at."""
    if proposal.opened is None:
        return False
    if proposal.state is ProposalState.CLOSED:
        return proposal.updated is not None and now - proposal.updated < _MAY_BE_REOPENED
    return not proposal.settled and (proposal.state is ProposalState.OPEN or proposal.state in _ROLLING_OUT)


class Following:
    """Looks at one proposal at a time; the caller holds its lock."""

    def __init__(self, book: Book, timetable: Timetable, pace: Pace) -> None:
        self._book = book
        self._timetable = timetable
        self._pace = pace
        self._applications: list[Applications] = []
        self._seen: dict[str, PullRequestStatus] = {}
        self._descends: defaultdict[str, dict[str, bool]] = defaultdict(dict)

    def attach(self, applications: Applications) -> None:
        """Ask a cluster, too."""
        self._applications.append(applications)

    def detach(self, applications: Applications) -> None:
        """Do not ask it any more."""
        self._applications.remove(applications)

    def forget(self, proposal: Proposal) -> None:
        """Drop what is known of it."""
        self._seen.pop(proposal.id, None)
        self._descends.pop(proposal.id, None)

    async def look(self, proposal: Proposal, forge: Forge) -> None:
        """See what became of it and enter that. Raises JournalFailed."""
        self._timetable.postpone(proposal.id, self._pace.looks)
        try:
            if proposal.state in _ON_THE_FORGE:
                await self._look_at_pull_request(proposal, forge)
            else:
                await self._look_at_cluster(proposal, forge)
        except JournalFailed:
            raise
        except HomelabError as error:
            _EVENTS.debug("change-unseen", "Cannot see what became of '%s': %s", proposal.code, error)
            if isinstance(error, RateLimited) and error.retry_after is not None:
                await self._wait(proposal, error.retry_after, Reason.of(error))

    async def _wait(self, proposal: Proposal, seconds: float, reason: Reason) -> None:
        """Obey a forge that asks us to wait, also after a restart."""
        at = self._book.now() + timedelta(seconds=seconds)
        self._timetable.set(proposal.id, at)
        if proposal.state is ProposalState.OPEN:
            await self._book.move(proposal, Stalled(reason, Retry(count=1, at=at, asked=True)))

    async def _look_at_pull_request(self, proposal: Proposal, forge: Forge) -> None:
        if proposal.opened is None:
            return
        told = proposal.status or PullRequestStatus(pull_request=proposal.opened)
        seen = self._seen.get(proposal.id, proposal.status)
        before = replace(seen or told, conflicts=told.conflicts)  # a forge forgets conflicts while it works them out
        status = await forge.follow(proposal.opened, seen)
        self._seen[proposal.id] = status
        if proposal.state is ProposalState.CLOSED:
            if status.pull_request.state is PullRequestState.CLOSED:
                return
            proposal = await self._book.move(proposal, Reopened(status))
            self._timetable.restart(proposal.id, self._pace.looks)
            await self._supersede_twins(proposal)
        match status.pull_request.state:
            case PullRequestState.MERGED:
                await self._book.move(proposal, Merged(status, self._book.now() + self._pace.patience))
                self._timetable.clear(proposal.id)
            case PullRequestState.CLOSED:
                await self._book.move(proposal, Closed(status))
            case PullRequestState.OPEN:
                for step, reason in _news(before, status):
                    proposal = await self._book.move(proposal, Seen(status, step, reason))
                    self._timetable.restart(proposal.id, self._pace.looks)

    async def _supersede_twins(self, proposal: Proposal) -> None:
        """Close what was asked for again while its pull request was closed: a yes to that could open nothing."""
        for other in self._book.proposals:
            if other.state is ProposalState.AWAITING and other.hash == proposal.hash:
                await self._book.end(other, Superseded(proposal.code))

    async def _look_at_cluster(self, proposal: Proposal, forge: Forge) -> None:
        self._timetable.set(proposal.id, self._book.now() + self._pace.rollout)
        applications, trouble = await self._ask_clusters(proposal)
        try:
            await self._compare(proposal, applications, forge)
        except HomelabError as error:
            trouble = Reason.of(error)
        found = rollout(applications, {each for each, descends in self._descends[proposal.id].items() if descends})
        match proposal.state, found.stage:
            case ProposalState.MERGED, Stage.SYNCED | Stage.HEALTHY | Stage.DEGRADED:
                await self._book.move(proposal, Synced())
            case ProposalState.DEGRADED, Stage.SYNCED:
                await self._book.move(proposal, Synced())
            case ProposalState.SYNCED | ProposalState.DEGRADED, Stage.HEALTHY:
                await self._book.move(proposal, Recovered())
            case ProposalState.MERGED, Stage.UNSYNCED:
                await self._book.move(proposal, Degraded(found.reason))
            case ProposalState.SYNCED, Stage.UNSYNCED | Stage.DEGRADED:
                await self._book.move(proposal, Degraded(found.reason))
            case _ if proposal.deadline is None or self._book.now() >= proposal.deadline:
                await self._book.move(proposal, Lapsed(self._lapsed(proposal, applications, trouble)))

    async def _ask_clusters(self, proposal: Proposal) -> tuple[list[Application], Reason | None]:
        """The Applications that deploy it, and why a cluster does not tell."""
        paths = [change.path for change in proposal.files]
        applications: list[Application] = []
        trouble = None
        for cluster in tuple(self._applications):
            try:
                applications += await cluster.deploying(proposal.repository, paths)
            except HomelabError as error:
                trouble = Reason.of(error)
        return applications, trouble

    async def _compare(self, proposal: Proposal, applications: list[Application], forge: Forge) -> None:
        """Learn which of their revisions have the merge: the forge is asked once for each."""
        merge = proposal.status.merge_commit if proposal.status else None
        if merge is None:
            return
        known = self._descends[proposal.id]
        known[merge] = True
        for revision in {each for application in applications for each in application.revisions} - known.keys():
            known[revision] = bool(_COMMIT.fullmatch(revision)) and await forge.descends(revision, merge)

    def _lapsed(self, proposal: Proposal, applications: list[Application], trouble: Reason | None) -> Reason | None:
        """Why nobody knows how it ended; None where there is no cluster to tell."""
        if not self._applications or proposal.state is ProposalState.DEGRADED:
            return proposal.why
        if trouble is not None:
            return Why.UNKNOWN.after(trouble)
        if not applications:
            return Why.NOT_DEPLOYED.told()
        minutes = int(self._pace.patience.total_seconds() // 60)
        names = ", ".join(each.name for each in applications)[:120]
        return Why.PATIENCE.told(names=names, minutes=minutes)


def _news(before: PullRequestStatus, after: PullRequestStatus) -> Iterator[tuple[Step, Reason | None]]:
    """What is worth telling of an open pull request."""
    if after.changed_by_hand and not before.changed_by_hand:
        yield Step.CHANGED_BY_HAND, Why.BY_HAND.told()
    if after.conflicts and not before.conflicts:
        yield Step.CONFLICT, Why.CONFLICTS.told()
    if (after.checks, after.failed_checks) != (before.checks, before.failed_checks):
        if after.checks is ChecksState.FAILURE:
            names = ", ".join(after.failed_checks)[:200]
            yield Step.CHECKS_FAILED, Why.CHECKS.told(names=names) if names else Why.ITS_CHECKS.told()
        elif after.checks is ChecksState.SUCCESS:
            yield Step.CHECKS_PASSED, None
    if after.review is not before.review:
        if after.review is ReviewState.CHANGES_REQUESTED:
            yield Step.CHANGES_REQUESTED, Why.REVIEW.told()
        elif after.review is ReviewState.APPROVED:
            yield Step.REVIEWED, None
