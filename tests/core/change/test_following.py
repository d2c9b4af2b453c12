"""What becomes of a pull request, and of the cluster after its merge."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import override

import pytest

from assistant_core.change import Backoff, ChangeDesk, DeskSettings, Pace
from assistant_core.errors import ConnectionFailed, RateLimited
from assistant_core.journal import SqliteJournal
from assistant_core.models.application import Application, HealthStatus, Operation, OperationPhase, SyncStatus
from assistant_core.models.change import Proposal, ProposalState, Step
from assistant_core.models.repository import ChecksState, PullRequestState, PullRequestStatus, ReviewState
from assistant_core.ports import Applications
from tests.core.change.memory import ANNA, REPOSITORY, Clock, MemoryForge, scale

MERGE = "e" * 40
AT_ONCE = Backoff(timedelta(0), timedelta(0))
SETTINGS = DeskSettings(pace=Pace(retries=AT_ONCE, looks=AT_ONCE, rollout=timedelta(0)))


class Cluster(Applications):
    """Tells what it is given, one answer after the other, and waits for the next."""

    def __init__(self) -> None:
        self.answers: asyncio.Queue[tuple[Application, ...] | Exception] = asyncio.Queue()
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    @override
    async def deploying(self, repository: str, paths: Sequence[str]) -> tuple[Application, ...]:
        self.asked.append((repository, tuple(paths)))
        answer = await self.answers.get()
        self.answers.task_done()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def tells(self, *applications: Application) -> None:
        self.answers.put_nowait(applications)


class Followed:
    """A desk with one open pull request; `steps` are what its subscribers heard since."""

    def __init__(self, desk: ChangeDesk, forge: MemoryForge, opened: Proposal) -> None:
        self.desk = desk
        self.forge = forge
        assert opened.opened is not None
        self.pull = opened.opened
        self.status = PullRequestStatus(pull_request=self.pull)
        self.steps: list[Step] = []
        self._heard = asyncio.Event()
        desk.subscribe(self._hear)

    @property
    def proposal(self) -> Proposal:
        return self.desk.proposals[0]

    async def until(self, step: Step) -> Proposal:
        async with asyncio.timeout(10):
            while step not in self.steps:
                self._heard.clear()
                await self._heard.wait()
        return self.proposal

    def becomes(self, **changes: object) -> None:
        self.status = replace(self.status, **changes)
        self.forge.fate.put_nowait(self.status)

    def merge(self) -> None:
        merged = replace(self.pull, state=PullRequestState.MERGED)
        self.becomes(pull_request=merged, merge_commit=MERGE)

    def _hear(self, proposal: Proposal) -> None:
        self.steps.append(proposal.step)
        self._heard.set()


@pytest.fixture
async def desk(journal: SqliteJournal, forge: MemoryForge, clock: Clock) -> AsyncIterator[ChangeDesk]:
    desk = ChangeDesk(journal, clock=clock, settings=SETTINGS)
    await desk.load()
    desk.attach(REPOSITORY, forge)
    yield desk
    await desk.close()


@pytest.fixture
async def followed(desk: ChangeDesk, forge: MemoryForge) -> Followed:
    await desk.propose(scale(), ANNA, words="scale jellyfin to 3")
    return Followed(desk, forge, await desk.approve(requester=ANNA))


@pytest.fixture
def cluster(desk: ChangeDesk) -> Cluster:
    cluster = Cluster()
    desk.attach_applications(cluster)
    return cluster


def app(
    revision: str = MERGE,
    *,
    sync: SyncStatus = SyncStatus.SYNCED,
    health: HealthStatus = HealthStatus.HEALTHY,
    operation: Operation | None = None,
    conditions: tuple[tuple[str, str], ...] = (),
) -> Application:
    return Application(
        namespace="argocd",
        name="media",
        project="default",
        destination="media",
        sync=sync,
        health=health,
        compared=(revision,),
        operation=operation,
        history=(),
        conditions=conditions,
    )


@pytest.mark.parametrize(
    ("changes", "step", "sentence"),
    [
        (
            {"checks": ChecksState.FAILURE, "failed_checks": ("lint", "kubeconform")},
            Step.CHECKS_FAILED,
            "Checks failed: lint, kubeconform.",
        ),
        ({"checks": ChecksState.SUCCESS}, Step.CHECKS_PASSED, None),
        ({"review": ReviewState.APPROVED}, Step.REVIEWED, None),
        ({"review": ReviewState.CHANGES_REQUESTED}, Step.CHANGES_REQUESTED, "A reviewer wants changes."),
        ({"conflicts": True}, Step.CONFLICT, "It conflicts with what was merged meanwhile."),
        ({"changed_by_hand": True}, Step.CHANGED_BY_HAND, "Somebody changed its branch by hand; I leave it alone."),
    ],
)
async def test_what_happens_to_an_open_pull_request_is_told_once(
    followed: Followed, journal: SqliteJournal, changes: dict[str, object], step: Step, sentence: str | None
) -> None:
    followed.becomes(conflicts=None)
    followed.becomes(**changes)
    followed.becomes()
    followed.becomes(conflicts=None)
    followed.becomes(**changes)
    followed.merge()

    await followed.until(Step.MERGED)

    assert followed.steps == [step, Step.MERGED]
    told = (await journal.history(followed.proposal.id))[-2]
    assert (told.step, told.state, told.detail) == (step, ProposalState.OPEN, sentence)


async def test_each_look_gives_the_forge_what_the_last_one_told(followed: Followed) -> None:
    followed.becomes(marks={"pull": '"1"'})
    followed.becomes(marks={"pull": '"2"'})
    followed.merge()
    await followed.until(Step.MERGED)

    assert [seen and seen.marks for seen in followed.forge.looks] == [None, {"pull": '"1"'}, {"pull": '"2"'}]


async def test_a_closed_pull_request_is_the_end(followed: Followed) -> None:
    followed.becomes(pull_request=replace(followed.pull, state=PullRequestState.CLOSED))

    closed = await followed.until(Step.CLOSED)

    assert closed.state is ProposalState.CLOSED
    assert closed.settled


async def test_a_person_who_opens_a_closed_pull_request_again_has_it_followed_again(followed: Followed) -> None:
    shut = replace(followed.pull, state=PullRequestState.CLOSED)
    followed.becomes(pull_request=shut, marks={"pull": '"1"'})
    followed.becomes()
    followed.becomes(pull_request=followed.pull)
    reopened = await followed.until(Step.REOPENED)
    assert (reopened.state, reopened.settled) == (ProposalState.OPEN, False)
    assert followed.forge.looks[1] == replace(followed.status, pull_request=shut)
    followed.merge()

    await followed.until(Step.MERGED)
    assert followed.steps == [Step.CLOSED, Step.REOPENED, Step.MERGED]


async def test_a_pull_request_that_was_opened_again_and_merged_between_two_looks_is_merged(followed: Followed) -> None:
    followed.becomes(pull_request=replace(followed.pull, state=PullRequestState.CLOSED))
    followed.merge()

    await followed.until(Step.MERGED)
    assert followed.steps == [Step.CLOSED, Step.REOPENED, Step.MERGED]


async def test_a_closed_pull_request_is_looked_at_for_a_week_also_after_a_restart(
    followed: Followed, forge: MemoryForge, journal: SqliteJournal, clock: Clock
) -> None:
    followed.becomes(pull_request=replace(followed.pull, state=PullRequestState.CLOSED))
    await followed.until(Step.CLOSED)
    await followed.desk.close()
    looks = len(forge.looks)

    clock.advance(days=6)
    after = ChangeDesk(journal, clock=clock, settings=SETTINGS)
    await after.load()
    after.attach(REPOSITORY, forge)
    again = Followed(after, forge, after.proposals[0])
    again.becomes()
    await again.until(Step.REOPENED)
    again.becomes(pull_request=replace(again.pull, state=PullRequestState.CLOSED))
    await again.until(Step.CLOSED)
    await after.close()
    assert len(forge.looks) > looks

    clock.advance(days=8)
    looks = len(forge.looks)
    late = ChangeDesk(journal, clock=clock, settings=SETTINGS)
    await late.load()
    late.attach(REPOSITORY, forge)
    await late.propose(scale("sonarr"), ANNA, words="")  # some work, in which it could have looked
    assert len(forge.looks) == looks
    await late.close()


async def test_a_forge_that_is_away_is_asked_again(followed: Followed) -> None:
    followed.forge.fate.put_nowait(ConnectionFailed("GitHub is away."))
    followed.merge()

    await followed.until(Step.MERGED)
    assert followed.steps == [Step.MERGED]


async def test_a_forge_that_asks_to_wait_is_left_alone_until_then_also_after_a_restart(
    followed: Followed, forge: MemoryForge, journal: SqliteJournal, clock: Clock
) -> None:
    forge.fate.put_nowait(RateLimited("GitHub asks us to wait.", retry_after=600))
    waiting = await followed.until(Step.STALLED)
    assert waiting.state is ProposalState.OPEN
    assert waiting.retry is not None
    assert waiting.retry.at == clock.now + timedelta(seconds=600)
    await followed.desk.close()
    looks = len(forge.looks)

    after = ChangeDesk(journal, clock=clock, settings=SETTINGS)
    await after.load()
    after.attach(REPOSITORY, forge)
    await after.propose(scale("sonarr"), ANNA, words="")  # some work, in which it could have looked
    assert len(forge.looks) == looks
    await after.close()

    clock.advance(seconds=601)
    later = ChangeDesk(journal, clock=clock, settings=SETTINGS)
    await later.load()
    later.attach(REPOSITORY, forge)
    again = Followed(later, forge, later.proposals[0])
    again.merge()
    await again.until(Step.MERGED)
    await later.close()


async def test_a_change_is_followed_into_the_cluster(followed: Followed, cluster: Cluster) -> None:
    followed.merge()
    cluster.tells(app("0" * 40))
    cluster.tells(app(sync=SyncStatus.OUT_OF_SYNC))
    cluster.tells(app(health=HealthStatus.PROGRESSING))
    cluster.tells(app(health=HealthStatus.PROGRESSING))
    cluster.tells(app())

    healthy = await followed.until(Step.HEALTHY)

    assert followed.steps == [Step.MERGED, Step.SYNCED, Step.HEALTHY]
    assert healthy.settled
    assert cluster.asked[0] == (REPOSITORY, ("jellyfin.yaml",))


async def test_a_later_commit_has_the_change_when_the_merge_is_in_its_history_and_each_is_asked_for_once(
    followed: Followed, cluster: Cluster
) -> None:
    beside, later = "0" * 40, "f" * 40
    followed.forge.descendants.add(later)
    followed.merge()
    for revision in (beside, beside, "1.2.3", later):
        cluster.tells(app(revision))
    cluster.tells(app(later))

    await followed.until(Step.HEALTHY)
    assert followed.steps == [Step.MERGED, Step.SYNCED, Step.HEALTHY]
    assert followed.forge.compared == [beside, later]


async def test_while_the_forge_cannot_compare_a_later_commit_does_not_count_and_it_is_asked_again(
    followed: Followed, cluster: Cluster
) -> None:
    later = "f" * 40
    followed.forge.descendants.add(later)
    followed.forge.failures = [ConnectionFailed("GitHub is away."), ConnectionFailed("GitHub is away.")]
    followed.merge()
    for _ in range(4):
        cluster.tells(app(later))

    await followed.until(Step.HEALTHY)
    assert followed.forge.compared == [later] * 3


async def test_a_forge_that_never_compares_is_said_at_the_deadline(
    followed: Followed, cluster: Cluster, clock: Clock
) -> None:
    followed.merge()
    await followed.until(Step.MERGED)
    clock.advance(minutes=31)
    followed.forge.failures = [ConnectionFailed("GitHub is away.")]
    cluster.tells(app("f" * 40))

    assert ((await followed.until(Step.LAPSED)).failure or "").endswith("is not known: GitHub is away.")


async def test_a_degraded_workload_is_told_with_its_reason_and_may_recover(
    followed: Followed, cluster: Cluster
) -> None:
    followed.merge()
    ill = app(health=HealthStatus.DEGRADED, conditions=(("Warning", "2 of 3 pods crash, token: ghp_" + "a1B2" * 9),))
    cluster.tells(ill)
    cluster.tells(ill)
    degraded = await followed.until(Step.DEGRADED)
    assert degraded.failure == "media is degraded: 2 of 3 pods crash, token: [redacted]."
    assert not degraded.settled
    cluster.tells(ill)
    cluster.tells(app())

    await followed.until(Step.HEALTHY)
    assert followed.steps == [Step.MERGED, Step.SYNCED, Step.DEGRADED, Step.HEALTHY]


async def test_a_synchronisation_that_fails_is_told(followed: Followed, cluster: Cluster) -> None:
    followed.merge()
    failed = Operation(
        phase=OperationPhase.FAILED,
        message="admission webhook denied the request",
        revisions=(MERGE,),
        finished=datetime(2026, 11, 22, tzinfo=UTC),
    )
    cluster.tells(app("0" * 40, sync=SyncStatus.OUT_OF_SYNC, operation=failed))
    degraded = await followed.until(Step.DEGRADED)
    assert degraded.failure == "media could not be synced: admission webhook denied the request."

    cluster.tells(app(health=HealthStatus.PROGRESSING))
    cluster.tells(app())
    await followed.until(Step.HEALTHY)
    assert followed.steps == [Step.MERGED, Step.DEGRADED, Step.SYNCED, Step.HEALTHY]


async def test_a_cluster_that_is_down_is_asked_until_the_deadline(
    followed: Followed, cluster: Cluster, clock: Clock
) -> None:
    followed.merge()
    cluster.answers.put_nowait(ConnectionFailed("The cluster is down."))
    cluster.tells(app("0" * 40))
    await followed.until(Step.MERGED)
    await cluster.answers.join()
    clock.advance(minutes=31)
    cluster.tells(app("0" * 40))

    lapsed = await followed.until(Step.LAPSED)

    assert lapsed.state is ProposalState.MERGED
    assert lapsed.settled
    assert lapsed.failure == "media did not become healthy with the change within 30 minutes."


async def test_a_cluster_that_stays_down_is_said_at_the_deadline(
    followed: Followed, cluster: Cluster, clock: Clock
) -> None:
    followed.merge()
    await followed.until(Step.MERGED)
    clock.advance(minutes=31)
    cluster.answers.put_nowait(ConnectionFailed("The cluster is down."))

    assert ((await followed.until(Step.LAPSED)).failure or "").endswith("is not known: The cluster is down.")


async def test_a_missing_application_is_said_at_the_deadline(
    followed: Followed, cluster: Cluster, clock: Clock
) -> None:
    followed.merge()
    await followed.until(Step.MERGED)
    clock.advance(minutes=31)
    cluster.tells()

    assert "No Application deploys these files" in ((await followed.until(Step.LAPSED)).failure or "")


async def test_without_a_cluster_the_merge_is_the_end(followed: Followed, clock: Clock) -> None:
    followed.merge()
    await followed.until(Step.MERGED)
    clock.advance(minutes=31)

    lapsed = await followed.until(Step.LAPSED)
    assert (lapsed.state, lapsed.failure, lapsed.settled) == (ProposalState.MERGED, None, True)


async def test_what_is_open_is_looked_at_at_once_after_a_restart(journal: SqliteJournal, forge: MemoryForge) -> None:
    """By a clock that goes on while we look at it."""
    first = ChangeDesk(journal, tended=False)
    await first.load()
    first.attach(REPOSITORY, forge)
    await first.propose(scale(), ANNA, words="")
    await first.approve(requester=ANNA)
    await first.close()

    second = ChangeDesk(journal)
    await second.load()
    second.attach(REPOSITORY, forge)
    followed = Followed(second, forge, second.proposals[0])
    followed.merge()
    await followed.until(Step.MERGED)
    await second.close()
