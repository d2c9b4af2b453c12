"""What becomes of an open pull request."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assistant_core.change import ChangeDesk
from assistant_core.errors import ApprovalRefused, ConnectionFailed, RateLimited
from assistant_core.journal import SqliteJournal
from assistant_core.models.change import ProposalState, Step
from assistant_core.models.repository import ChecksState, PullRequestState, ReviewState
from tests.core.change.memory import ANNA, REPOSITORY, Clock, MemoryForge, scale

from .conftest import SETTINGS, Followed


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


async def test_what_was_asked_for_again_before_a_person_opened_its_pull_request_again_is_superseded(
    followed: Followed,
) -> None:
    followed.becomes(pull_request=replace(followed.pull, state=PullRequestState.CLOSED))
    await followed.until(Step.CLOSED)
    again = await followed.desk.propose(scale(), ANNA, words="")
    other = await followed.desk.propose(scale("sonarr"), ANNA, words="")
    followed.becomes(pull_request=followed.pull)

    await followed.until(Step.SUPERSEDED)

    assert followed.proposal.state is ProposalState.OPEN
    assert followed.desk.awaiting == (other,)
    with pytest.raises(ApprovalRefused, match=f"'{again.code}' .*: '{followed.proposal.code}' took its place"):
        await followed.desk.approve(requester=ANNA, code=again.code)
    assert again.code != followed.proposal.code


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
