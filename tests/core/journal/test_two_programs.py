"""Two programs on one journal: what one decides the other knows when it decides, and a yes counts once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
import signal
import sys

import pytest

from assistant_core.change import ChangeDesk
from assistant_core.errors import ApprovalRefused
from assistant_core.journal import SqliteJournal
from assistant_core.models.change import Proposal, ProposalState, SetReplicas
from tests.core.change.memory import ANNA, BEN, REPOSITORY, Clock, MemoryForge, scale

from .approval import DirectoryForge, Steps

PROGRAM = Path(__file__).with_name("approval.py")
type Start = Callable[[], Awaitable[ChangeDesk]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Another program at the journal, with the same repository."""
    forge = MemoryForge()
    async with AsyncExitStack() as stack:

        async def begin() -> ChangeDesk:
            journal = SqliteJournal(tmp_path / "journal.sqlite")
            await journal.open()
            stack.push_async_callback(journal.close)
            desk = ChangeDesk(journal, clock=Clock(), tended=False)
            stack.push_async_callback(desk.close)
            await desk.load()
            desk.attach(REPOSITORY, forge)
            return desk

        yield begin


async def test_a_yes_at_one_door_is_known_at_the_other(start: Start) -> None:
    house, terminal = await start(), await start()
    heard: list[ProposalState] = []
    house.subscribe(lambda proposal: heard.append(proposal.state))
    asked = await terminal.propose(scale(), BEN, words="")

    opened = await house.approve(requester=ANNA, hash=asked.hash)

    with pytest.raises(ApprovalRefused, match=f"'{asked.code}' was already approved by Anna at 12:00 UTC"):
        await terminal.approve(requester=BEN, hash=asked.hash)
    with pytest.raises(ApprovalRefused, match="was already approved by Anna"):
        await terminal.reject(requester=BEN, hash=asked.hash)
    assert terminal.proposals == house.proposals == (opened,)
    assert heard == [ProposalState.AWAITING, ProposalState.APPROVED, ProposalState.OPENING, ProposalState.OPEN]
    await terminal.refresh()
    assert [line.step for line in await terminal.history(asked)] == ["asked", "approved", "opening", "opened"]


async def test_of_many_decisions_at_both_doors_at_once_one_counts(start: Start) -> None:
    house, terminal = await start(), await start()
    asked = await terminal.propose(scale(), BEN, words="")
    doors = [(house, ANNA), (terminal, BEN)] * 5

    answers = await asyncio.gather(
        *(desk.approve(requester=who, hash=asked.hash) for desk, who in doors), return_exceptions=True
    )

    approved = [each for each in answers if isinstance(each, Proposal)]
    assert len(approved) == 1
    by = approved[0].decided_by
    assert by is not None
    refused = [str(each) for each in answers if isinstance(each, ApprovalRefused)]
    assert refused == [f"'{asked.code}' was already approved by {by.name} at 12:00 UTC."] * 9
    assert [line.step for line in await house.history(asked)].count("approved") == 1


async def test_the_same_wish_at_both_doors_at_once_is_approved_once(start: Start) -> None:
    house, terminal = await start(), await start()
    asked = await asyncio.gather(*(desk.propose(scale(), ANNA, words="") for desk in (house, terminal)))
    assert {each.hash for each in asked} == {asked[0].hash}

    answers = await asyncio.gather(
        house.approve(requester=ANNA, hash=asked[0].hash),
        terminal.approve(requester=BEN, hash=asked[0].hash),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in answers) == ["ApprovalRefused", "Proposal"]


async def test_a_newer_wish_here_and_a_no_to_the_older_there_at_once_both_count(start: Start) -> None:
    house, terminal = await start(), await start()
    for replicas in range(3, 9, 2):
        older = await terminal.propose(scale(replicas=replicas), BEN, words="")
        newer, _ = await asyncio.gather(
            house.propose(scale(replicas=replicas + 1), ANNA, words=""),
            terminal.reject(requester=BEN, hash=older.hash),
            return_exceptions=True,
        )
        assert isinstance(newer, Proposal)
        assert newer in house.awaiting
        await house.refresh()
        assert {each.state for each in house.proposals if each.id == older.id} <= {
            ProposalState.REJECTED,
            ProposalState.SUPERSEDED,
        }


async def test_what_one_forgot_and_the_other_decides_on_is_refused(start: Start, tmp_path: Path) -> None:
    house, terminal = await start(), await start()
    asked = await terminal.propose(scale(), BEN, words="")
    await house.refresh()
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    await journal.open()
    await journal.forget([asked.id])
    await journal.close()

    with pytest.raises(ApprovalRefused):
        await house.approve(requester=ANNA, hash=asked.hash)


@pytest.mark.parametrize("last", range(3, 13))
async def test_a_program_that_is_killed_leaves_the_other_one_pull_request_or_none(tmp_path: Path, last: int) -> None:
    """One program was open all the time, the other is killed at a step between its question and its pull request."""
    (tmp_path / "forge").mkdir()
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    await journal.open()
    house = ChangeDesk(journal, tended=False)
    await house.load()
    house.attach(REPOSITORY, DirectoryForge(tmp_path / "forge", Steps(0)))

    root = str(PROGRAM.parents[3])
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, str(PROGRAM), str(tmp_path), str(last)), cwd=root, env={"PYTHONPATH": root}
    )
    assert await program.wait() == -signal.SIGKILL
    await asyncio.gather(
        *(house.approve(requester=ANNA) for _ in range(3)), return_exceptions=True
    )  # the first goes on with it, the others are told

    (known,) = house.proposals
    assert known.state is ProposalState.OPEN
    assert known.decided_by is not None
    steps = [line.step for line in await house.history(known)]
    assert (steps.count("approved"), steps.count("opened")) == (1, 1)
    assert len(list((tmp_path / "forge").iterdir())) == 1
    await house.close()
    await journal.close()


async def test_another_wish_goes_on_beside_what_the_other_does(start: Start) -> None:
    house, terminal = await start(), await start()
    wishes = [SetReplicas(name=name, replicas=3) for name in ("jellyfin", "sonarr", "radarr")]
    await asyncio.gather(*(desk.propose(wish, ANNA, words="") for desk in (house, terminal) for wish in wishes))

    for desk in (house, terminal):
        await desk.refresh()
        assert {each.target.name for each in desk.awaiting} == {"jellyfin", "sonarr", "radarr"}
