"""What becomes of a yes when the world does not stand still."""

import asyncio

import pytest

from assistant_core.change import ChangeDesk
from assistant_core.errors import (
    ApprovalRefused,
    AuthenticationFailed,
    Conflict,
    ConnectionFailed,
    DeadlineExceeded,
    HomelabError,
    JournalFailed,
    NotFound,
    PermissionDenied,
    RateLimited,
    ServiceFailed,
    Unchanged,
)
from assistant_core.journal import SqliteJournal
from assistant_core.models.change import Proposal, ProposalState
from tests.core.change.memory import ANNA, BEN, KITCHEN, REPOSITORY, Clock, MemoryForge, Restart, scale

PASSING = [ConnectionFailed, DeadlineExceeded, AuthenticationFailed, RateLimited, ServiceFailed]
FINAL = [PermissionDenied, Conflict, NotFound]


def _next_open(desk: ChangeDesk) -> asyncio.Future[Proposal]:
    opened = asyncio.get_running_loop().create_future()
    desk.subscribe(lambda proposal: proposal.state is ProposalState.OPEN and opened.set_result(proposal))
    return opened


@pytest.mark.parametrize("error", PASSING)
@pytest.mark.parametrize("when", ["failures", "failures_after"])
async def test_a_yes_outlives_a_forge_that_is_away(
    desk: ChangeDesk, forge: MemoryForge, when: str, error: type[HomelabError]
) -> None:
    await desk.propose(scale(), ANNA, words="")
    setattr(forge, when, [error("GitHub is away.")])

    with pytest.raises(error, match="GitHub is away"):
        await desk.approve(requester=ANNA)
    (kept,) = desk.proposals
    assert kept.state is (ProposalState.APPROVED if when == "failures" else ProposalState.OPENING)
    assert kept.failure == "GitHub is away."

    opened = await desk.approve(requester=BEN)
    assert opened.state is ProposalState.OPEN
    assert opened.failure is None
    assert opened.decided_by == ANNA
    assert len(forge.opened) == 1


@pytest.mark.parametrize("error", FINAL)
async def test_a_forge_that_says_no_ends_the_proposal_with_the_reason(
    desk: ChangeDesk, forge: MemoryForge, error: type[HomelabError]
) -> None:
    proposal = await desk.propose(scale(), ANNA, words="")
    forge.failures_after = [error("The token may not open pull requests.")]

    with pytest.raises(error, match="may not open"):
        await desk.approve(requester=ANNA)

    (ended,) = desk.proposals
    assert ended.state is ProposalState.FAILED
    assert ended.failure == "The token may not open pull requests."
    with pytest.raises(
        ApprovalRefused, match=f"'{proposal.code}' ended without a pull request: The token may not open pull requests"
    ):
        await desk.approve(requester=ANNA)


async def test_a_failed_wish_asked_again_gives_the_same_commit(
    desk: ChangeDesk, forge: MemoryForge, clock: Clock
) -> None:
    first = await desk.propose(scale(), ANNA, words="one")
    forge.failures_after = [PermissionDenied("No.")]
    with pytest.raises(PermissionDenied):
        await desk.approve(requester=ANNA)
    ((branch, draft),) = forge.opened.items()
    forge.opened.clear()
    clock.advance(hours=1)

    again = await desk.propose(scale(), BEN, words="two")
    await desk.approve(requester=BEN)

    assert again.hash == first.hash
    assert (forge.opened[branch].message, forge.opened[branch].authored) == (draft.message, draft.authored)


async def test_ten_approvals_of_an_absent_forge_ask_it_once(desk: ChangeDesk, forge: MemoryForge) -> None:
    await desk.propose(scale(), ANNA, words="")
    forge.failures = [ConnectionFailed("GitHub is away.")] * 10

    answers = await asyncio.gather(*(desk.approve(requester=ANNA) for _ in range(10)), return_exceptions=True)

    assert [type(answer) for answer in answers].count(ApprovalRefused) == 9
    assert len(forge.failures) == 9


async def test_an_approved_change_without_pull_request_can_still_be_taken_back(
    desk: ChangeDesk, forge: MemoryForge
) -> None:
    await desk.propose(scale(), ANNA, words="")
    forge.failures = [ConnectionFailed("GitHub is away.")]
    with pytest.raises(ConnectionFailed):
        await desk.approve(requester=ANNA)

    assert (await desk.reject(requester=ANNA)).state is ProposalState.REJECTED
    assert forge.opened == {}


async def test_a_change_that_may_be_on_the_forge_cannot_be_taken_back(desk: ChangeDesk, forge: MemoryForge) -> None:
    await desk.propose(scale(), ANNA, words="")
    forge.failures_after = [ConnectionFailed("GitHub is away.")]
    with pytest.raises(ConnectionFailed):
        await desk.approve(requester=ANNA)

    with pytest.raises(ApprovalRefused, match="was already approved by Anna"):
        await desk.reject(requester=ANNA)


async def test_the_same_diff_goes_on_upon_a_base_that_moved(desk: ChangeDesk, forge: MemoryForge) -> None:
    proposal = await desk.propose(scale(), ANNA, words="")
    forge.files["sonarr.yaml"] += b"# a note\n"
    forge.files["jellyfin.yaml"] += b"---\n# far below\n"
    head = (await forge.snapshot()).commit

    opened = await desk.approve(requester=ANNA, hash=proposal.hash)

    (draft,) = forge.opened.values()
    assert opened.base_commit == draft.base_commit == head != proposal.base_commit
    assert draft.files[0].before == forge.files["jellyfin.yaml"]
    assert opened.hash == proposal.hash


async def test_another_diff_upon_a_base_that_moved_asks_again(desk: ChangeDesk, forge: MemoryForge) -> None:
    proposal = await desk.propose(scale(), ANNA, words="scale jellyfin to 3")
    forge.files["jellyfin.yaml"] = forge.files["jellyfin.yaml"].replace(b"replicas: 1", b"replicas: 2")

    with pytest.raises(ApprovalRefused, match="The repository changed meanwhile") as raised:
        await desk.approve(requester=BEN, hash=proposal.hash)

    (again,) = desk.awaiting
    assert forge.opened == {}
    assert raised.value.placeholders["code"] == again.code
    assert again.target.before == "2"
    assert again.words == "scale jellyfin to 3"
    assert again.requested_by == ANNA
    assert desk.proposals[0].state is ProposalState.SUPERSEDED
    assert again.hash != proposal.hash
    assert (await desk.approve(requester=BEN, code=again.code)).state is ProposalState.OPEN


async def test_a_change_that_somebody_made_meanwhile_ends_with_that_reason(
    desk: ChangeDesk, forge: MemoryForge
) -> None:
    await desk.propose(scale(), ANNA, words="")
    forge.files["jellyfin.yaml"] = forge.files["jellyfin.yaml"].replace(b"replicas: 1", b"replicas: 3")

    with pytest.raises(Unchanged, match="is 3 already"):
        await desk.approve(requester=ANNA)
    assert desk.proposals[0].state is ProposalState.UNCHANGED


async def test_the_base_is_not_moved_once_the_forge_was_asked(desk: ChangeDesk, forge: MemoryForge) -> None:
    await desk.propose(scale(), ANNA, words="")
    forge.failures_after = [ConnectionFailed("GitHub is away.")]
    with pytest.raises(ConnectionFailed):
        await desk.approve(requester=ANNA)
    forge.files["jellyfin.yaml"] = forge.files["jellyfin.yaml"].replace(b"replicas: 1", b"replicas: 5")

    assert (await desk.approve(requester=ANNA)).state is ProposalState.OPEN
    assert len(forge.opened) == 1


async def test_a_decision_goes_on_when_whoever_waits_for_it_leaves(desk: ChangeDesk, forge: MemoryForge) -> None:
    await desk.propose(scale(), ANNA, words="")
    forge.may_go_on.clear()
    opened = _next_open(desk)
    waiting = asyncio.ensure_future(desk.approve(requester=ANNA))
    await forge.was_asked.wait()

    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    forge.may_go_on.set()

    assert (await opened).decided_by == ANNA


@pytest.mark.parametrize("first", ["load", "attach"])
@pytest.mark.parametrize("when", ["failures", "failures_after"])
async def test_a_yes_outlives_a_restart(
    desk: ChangeDesk, restarted: Restart, forge: MemoryForge, when: str, first: str
) -> None:
    await desk.propose(scale(), ANNA, words="")
    setattr(forge, when, [ConnectionFailed("GitHub is away.")])
    with pytest.raises(ConnectionFailed):
        await desk.approve(requester=ANNA)
    await desk.close()

    after = restarted()
    opened = _next_open(after)
    if first == "load":
        await after.load()
        after.attach(REPOSITORY, forge)
    else:
        after.attach(REPOSITORY, forge)
        await after.load()

    assert (await opened).decided_by == ANNA
    assert len(forge.opened) == 1


async def test_an_open_question_outlives_a_restart_and_opens_nothing(
    desk: ChangeDesk, restarted: Restart, forge: MemoryForge
) -> None:
    proposal = await desk.propose(scale(), ANNA, words="")

    after = restarted()
    after.attach(REPOSITORY, forge)
    await after.load()

    assert after.awaiting == (proposal,)
    assert forge.opened == {}
    assert (await after.approve(requester=ANNA, hash=proposal.hash)).state is ProposalState.OPEN


async def test_a_question_that_expired_during_a_restart_is_closed(
    desk: ChangeDesk, restarted: Restart, clock: Clock
) -> None:
    await desk.propose(scale(), KITCHEN, words="")
    clock.advance(hours=1)

    after = restarted()
    await after.load()

    assert [proposal.state for proposal in after.proposals] == [ProposalState.EXPIRED]


async def test_a_restart_with_the_forge_still_away_keeps_the_yes(
    desk: ChangeDesk, restarted: Restart, forge: MemoryForge, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.propose(scale(), ANNA, words="")
    forge.failures = [ConnectionFailed("GitHub is away."), ConnectionFailed("GitHub is still away.")]
    with pytest.raises(ConnectionFailed):
        await desk.approve(requester=ANNA)

    after = restarted()
    stalled = asyncio.get_running_loop().create_future()
    leave = after.subscribe(stalled.set_result)
    await after.load()
    after.attach(REPOSITORY, forge)

    assert (await stalled).failure == "GitHub is still away."
    leave()
    assert (await after.approve(requester=ANNA)).state is ProposalState.OPEN
    assert "does not go on: GitHub is still away." in caplog.text


async def test_a_pull_request_whose_news_cannot_be_saved_is_found_again(
    desk: ChangeDesk, forge: MemoryForge, journal: SqliteJournal
) -> None:
    await desk.propose(scale(), ANNA, words="")
    record, calls = journal.record, []

    async def record_until_full(proposal: Proposal) -> None:
        calls.append(proposal.state)
        if proposal.state is ProposalState.OPEN and calls.count(ProposalState.OPEN) == 1:
            raise JournalFailed("The disk is full.")
        await record(proposal)

    journal.record = record_until_full

    with pytest.raises(JournalFailed):
        await desk.approve(requester=ANNA)
    assert (await desk.approve(requester=ANNA)).state is ProposalState.OPEN
    assert len(forge.opened) == 1


async def test_a_bug_in_a_forge_is_logged_and_the_yes_kept(
    desk: ChangeDesk, forge: MemoryForge, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.propose(scale(), ANNA, words="")
    forge.failures = [RuntimeError("a bug")]

    with pytest.raises(RuntimeError):
        await desk.approve(requester=ANNA)

    assert "Work on a change ended unexpectedly" in caplog.text
    assert (await desk.approve(requester=ANNA)).state is ProposalState.OPEN
