"""Clocks that jump, times that pass, and what the journal keeps."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
import pytest

from assistant_core.change import Backoff, ChangeDesk, DeskSettings, Pace, Retention
from assistant_core.change.clock import WatchedClock
from assistant_core.change.retention import overdue
from assistant_core.errors import ApprovalRefused, ConnectionFailed, JournalFailed, RateLimited
from assistant_core.journal import SqliteJournal
from assistant_core.models.change import Proposal, ProposalState, Step
from tests.core.change.memory import ANNA, KITCHEN, REPOSITORY, Clock, MemoryForge, Restart, scale
from tests.core.change.test_states import NOON, PROPOSAL


def test_a_clock_that_goes_on_is_believed() -> None:
    clock, ticks = Clock(), [0.0]
    watched = WatchedClock(clock, lambda: ticks[0])
    for seconds in (0, 1, 3600, 86400):
        clock.advance(seconds=seconds)
        ticks[0] += seconds
        assert not watched.went_back()


@pytest.mark.parametrize(("by", "ticks"), [(-61, 0), (-3600, 0), (600, 1200), (0, 61)])
def test_a_clock_that_was_set_back_is_noticed_once(by: int, ticks: float) -> None:
    clock, passed = Clock(), [0.0]
    watched = WatchedClock(clock, lambda: passed[0])
    assert not watched.went_back()
    clock.advance(seconds=by)
    passed[0] += ticks

    assert watched.went_back()
    assert not watched.went_back()


def test_a_clock_cannot_be_set_back_in_small_steps() -> None:
    clock = Clock()
    watched = WatchedClock(clock, lambda: 0.0)
    watched.went_back()
    noticed = []
    for _ in range(3):
        clock.advance(seconds=-30)
        noticed.append(watched.went_back())

    assert noticed == [False, False, True]


@pytest.mark.parametrize("jump", [timedelta(minutes=-2), timedelta(days=-400), timedelta(days=400)])
async def test_whatever_waits_when_the_clock_jumps_is_closed(
    desk: ChangeDesk, forge: MemoryForge, clock: Clock, jump: timedelta
) -> None:
    proposal = await desk.propose(scale(), ANNA, words="")
    clock.advance(minutes=10)
    await desk.expire()
    clock.now += jump

    with pytest.raises(ApprovalRefused):
        await desk.approve(requester=ANNA, hash=proposal.hash)

    assert desk.proposals[0].state is ProposalState.EXPIRED
    assert forge.opened == {}
    again = await desk.propose(scale(), ANNA, words="")
    assert (await desk.approve(requester=ANNA, hash=again.hash)).state is ProposalState.OPEN


async def test_a_clock_set_back_while_we_were_away_is_noticed_too(
    desk: ChangeDesk, restarted: Restart, clock: Clock
) -> None:
    await desk.propose(scale(), KITCHEN, words="")
    clock.advance(minutes=10)
    await desk.propose(scale("sonarr"), ANNA, words="")
    await desk.close()
    clock.advance(minutes=-8)

    after = restarted()
    await after.load()

    assert after.awaiting == ()
    assert "The clock was set back" in (after.proposals[0].failure or "")


async def test_a_proposal_expires_by_itself(journal: SqliteJournal, forge: MemoryForge) -> None:
    desk = ChangeDesk(journal, settings=DeskSettings(voice_expiry=timedelta(milliseconds=20)))
    await desk.load()
    desk.attach(REPOSITORY, forge)
    expired = asyncio.get_running_loop().create_future()
    desk.subscribe(lambda each: expired.set_result(each) if each.state is ProposalState.EXPIRED else None)

    await desk.propose(scale(), KITCHEN, words="")

    async with asyncio.timeout(10):
        assert (await expired).step is Step.EXPIRED
    await desk.close()


@pytest.mark.parametrize("looks", range(1, 13))
async def test_a_proposal_expires_at_once_however_the_clock_moves_while_the_desk_looks(
    journal: SqliteJournal, forge: MemoryForge, clock: Clock, looks: int
) -> None:
    a_look = timedelta(milliseconds=5)

    def moving() -> datetime:
        clock.now += a_look
        return clock.now

    desk = ChangeDesk(journal, clock=moving, settings=DeskSettings(voice_expiry=a_look * looks))
    await desk.load()
    desk.attach(REPOSITORY, forge)
    expired = asyncio.get_running_loop().create_future()
    desk.subscribe(lambda each: expired.set_result(each) if each.state is ProposalState.EXPIRED else None)

    await desk.propose(scale(), KITCHEN, words="")

    async with asyncio.timeout(10):
        assert (await expired).step is Step.EXPIRED
    await desk.close()


async def test_a_yes_is_tried_again_by_itself_until_the_forge_is_back(
    journal: SqliteJournal, forge: MemoryForge, clock: Clock
) -> None:
    at_once = Backoff(timedelta(0), timedelta(0))
    desk = ChangeDesk(journal, clock=clock, settings=DeskSettings(pace=Pace(retries=at_once)))
    await desk.load()
    desk.attach(REPOSITORY, forge)
    opened = asyncio.get_running_loop().create_future()
    desk.subscribe(lambda each: opened.set_result(each) if each.state is ProposalState.OPEN else None)
    await desk.propose(scale(), ANNA, words="")
    forge.failures_after = [ConnectionFailed("GitHub is away.")] * 5

    with pytest.raises(ConnectionFailed):
        await desk.approve(requester=ANNA)

    async with asyncio.timeout(10):
        assert (await opened).decided_by == ANNA
    assert forge.asked == 6
    assert len(forge.opened) == 1
    await desk.close()


async def test_a_forge_that_asks_to_wait_is_not_asked_before_whoever_asks(
    desk: ChangeDesk, forge: MemoryForge, restarted: Restart, clock: Clock
) -> None:
    await desk.propose(scale(), ANNA, words="")
    forge.failures_after = [RateLimited("GitHub asks us to wait.", retry_after=300)]
    with pytest.raises(RateLimited):
        await desk.approve(requester=ANNA)
    clock.advance(seconds=100)
    with pytest.raises(RateLimited, match="asked us to wait for 200 seconds more"):
        await desk.approve(requester=ANNA)
    await desk.close()

    after = restarted()
    await after.load()
    after.attach(REPOSITORY, forge)
    with pytest.raises(RateLimited, match="asked us to wait for 200 seconds more"):
        await after.approve(requester=ANNA)
    assert forge.asked == 1
    clock.advance(seconds=200)
    assert (await after.approve(requester=ANNA)).state is ProposalState.OPEN
    assert forge.asked == 2


def test_pauses_double_up_to_the_longest() -> None:
    backoff = Backoff(timedelta(seconds=30), timedelta(minutes=30))

    assert [backoff.pause(count).total_seconds() for count in (1, 2, 3, 7, 1000)] == [30, 60, 120, 1800, 1800]


@given(
    ages=st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=30),
    most=st.integers(0, 20),
    least=st.integers(0, 5),
)
def test_the_oldest_of_what_is_settled_goes_and_nothing_else(
    ages: list[tuple[int, bool]], most: int, least: int
) -> None:
    retention = Retention(age=timedelta(days=90), most=most, least=least)
    proposals = [
        replace(PROPOSAL, id=str(number), settled=settled, state=ProposalState.OPEN, updated=NOON - timedelta(days=age))
        for number, (age, settled) in enumerate(ages)
    ]

    dropped = overdue(retention, proposals, NOON)

    assert all(each.settled for each in dropped)
    kept = [each for each in proposals if each.settled and each not in dropped]
    assert len(kept) <= most
    assert all(_age(each) >= max(map(_age, kept), default=0) for each in dropped)
    assert len(kept) >= min(least, most, len(kept) + len(dropped))
    assert all(_age(each) <= 90 for each in kept[least:] if len(kept) > least) or len(kept) <= least


def _age(proposal: Proposal) -> int:
    assert proposal.updated is not None
    return (NOON - proposal.updated).days


async def test_what_is_too_old_is_forgotten_on_the_disk_too(
    journal: SqliteJournal, forge: MemoryForge, clock: Clock
) -> None:
    settings = DeskSettings(retention=Retention(age=timedelta(days=90), least=0))
    desk = ChangeDesk(journal, clock=clock, settings=settings, tended=False)
    desk.attach(REPOSITORY, forge)
    old = await desk.propose(scale(), ANNA, words="")
    await desk.reject(requester=ANNA)
    clock.advance(days=91)
    waits = await desk.propose(scale("sonarr"), ANNA, words="")

    await desk.load()

    assert desk.proposals == (waits,) == await journal.proposals()
    assert await journal.history(old.id) == ()


async def test_the_history_tells_every_step_with_who_and_when(desk: ChangeDesk, clock: Clock) -> None:
    with_satellite = await desk.propose(scale(), KITCHEN, words="")
    with pytest.raises(ApprovalRefused):
        await desk.approve(requester=KITCHEN)
    clock.advance(minutes=1)
    opened = await desk.approve(requester=ANNA, hash=with_satellite.hash)

    told = await desk.history(opened)

    assert [(each.step, each.by) for each in told] == [
        (Step.ASKED, KITCHEN),
        (Step.ARMED, KITCHEN),
        (Step.APPROVED, ANNA),
        (Step.OPENING, None),
        (Step.OPENED, None),
    ]
    assert told[-1].at - told[0].at == timedelta(minutes=1)


async def test_another_value_for_the_same_takes_the_first_ones_place(desk: ChangeDesk) -> None:
    three = await desk.propose(scale(replicas=3), ANNA, words="")
    other = await desk.propose(scale("sonarr"), ANNA, words="")
    five = await desk.propose(scale(replicas=5), KITCHEN, words="")

    assert desk.awaiting == (other, five)
    with pytest.raises(ApprovalRefused, match=f"'{three.code}' does not count any more: '{five.code}' took its place"):
        await desk.approve(requester=ANNA, code=three.code)


async def test_the_clock_is_asked_even_when_the_journal_is_full(
    journal: SqliteJournal, forge: MemoryForge, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is closed that cannot be saved, and the desk does not spin over it."""
    desk = ChangeDesk(journal, settings=DeskSettings(voice_expiry=timedelta(milliseconds=1)))
    await desk.load()
    desk.attach(REPOSITORY, forge)
    failed, record = asyncio.Event(), journal.record

    async def record_what_is_asked(proposal: Proposal) -> None:
        if proposal.step is not Step.ASKED:
            failed.set()
            raise JournalFailed("The disk is full.")
        await record(proposal)

    journal.record = record_what_is_asked
    await desk.propose(scale(), KITCHEN, words="")
    async with asyncio.timeout(10):
        await failed.wait()
    await desk.close()

    assert desk.proposals[0].state is ProposalState.AWAITING
    assert caplog.text.count("could not be closed: The disk is full.") <= 1
