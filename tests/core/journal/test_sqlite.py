import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
import resource
import sqlite3
import stat
import subprocess
import sys
import threading

from mashumaro.codecs.orjson import ORJSONEncoder
import orjson
import pytest

from assistant_core.errors import JournalFailed
from assistant_core.journal import SqliteJournal
from assistant_core.journal.schema import MIGRATIONS
from assistant_core.models.change import Channel, Proposal, ProposalState, Requester, Step
from assistant_core.models.reasons import Reason, Why

from .examples import NOON, PROPOSAL

ANNA = Requester(channel=Channel.TEXT, user_id="1", name="Anna", is_admin=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.sqlite"


@pytest.fixture
async def journal(path: Path) -> AsyncIterator[SqliteJournal]:
    journal = SqliteJournal(path)
    await journal.open()
    yield journal
    await journal.close()


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)


def _tear(path: Path) -> None:
    """Overwrite all but the first pages, as a disk might that lost them."""
    data = path.read_bytes()
    _replace(path, data[:8192] + b"\x5a" * (len(data) - 8192))


async def _reopened(path: Path) -> tuple[SqliteJournal, tuple[Proposal, ...]]:
    journal = SqliteJournal(path)
    await journal.open()
    proposals = await journal.proposals()
    await journal.close()
    return journal, proposals


async def test_a_new_journal_is_empty_and_private(journal: SqliteJournal, path: Path) -> None:
    assert await journal.proposals() == ()
    assert journal.set_aside is None
    await journal.record(PROPOSAL)
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_proposal_comes_back_as_it_was(journal: SqliteJournal, path: Path) -> None:
    decided = replace(
        PROPOSAL,
        state=ProposalState.OPEN,
        decided_by=replace(PROPOSAL.requested_by, is_admin=True),
        decided=NOON + timedelta(seconds=1.5),
        pull_request="https://github.com/anna/homelab/pull/1",
        why=Why.CHECKS.told(names="build"),
    )
    await journal.record(decided)
    await journal.close()

    _, (found,) = await _reopened(path)
    assert found == decided


async def test_the_latest_state_counts_and_the_oldest_proposal_comes_first(journal: SqliteJournal, path: Path) -> None:
    other = replace(PROPOSAL, id="0")
    await journal.record(PROPOSAL)
    await journal.record(other)
    await journal.record(approved := replace(PROPOSAL, state=ProposalState.APPROVED))

    assert await journal.proposals() == (approved, other)
    with sqlite3.connect(path) as reader:
        events = reader.execute("SELECT proposal_id, state FROM events ORDER BY sequence").fetchall()
    reader.close()
    assert events == [("1", "awaiting"), ("0", "awaiting"), ("1", "approved")]


async def test_what_was_recorded_is_on_the_disk_before_closing(journal: SqliteJournal, path: Path) -> None:
    await asyncio.gather(*(journal.record(replace(PROPOSAL, id=str(number))) for number in range(20)))

    with sqlite3.connect(path) as reader:
        assert reader.execute("SELECT count(*) FROM events").fetchone() == (20,)
        assert reader.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    reader.close()


@pytest.mark.parametrize(
    "damage",
    [
        b"this was never a database" * 100,
        b"SQLite format 3\x00" + b"\xff" * 4096,
        b"\x00" * 8192,
    ],
)
async def test_a_damaged_file_is_kept_aside_and_a_new_journal_begun(path: Path, damage: bytes) -> None:
    _replace(path, damage)

    journal, proposals = await _reopened(path)

    assert proposals == ()
    assert journal.set_aside is not None
    assert journal.set_aside.read_bytes() == damage
    assert journal.set_aside.name.startswith("journal.sqlite.damaged-2")
    journal, _ = await _reopened(path)
    assert journal.set_aside is None


async def test_pages_torn_in_the_middle_are_found_at_the_start(journal: SqliteJournal, path: Path) -> None:
    for number in range(50):
        await journal.record(replace(PROPOSAL, id=str(number)))
    await journal.close()
    _tear(path)

    journal, proposals = await _reopened(path)

    assert proposals == ()
    assert journal.set_aside is not None


@pytest.mark.parametrize("content", [b"{", b"{}", b'{"id": "1"}', b"null"])
async def test_an_unreadable_entry_counts_as_damage(journal: SqliteJournal, path: Path, content: bytes) -> None:
    await journal.close()
    with sqlite3.connect(path) as writer:
        writer.execute("INSERT INTO events (proposal_id, state, proposal) VALUES ('1', 'open', ?)", (content,))
    writer.close()

    journal, proposals = await _reopened(path)

    assert proposals == ()
    assert journal.set_aside is not None


async def test_a_journal_from_the_future_is_left_alone(journal: SqliteJournal, path: Path) -> None:
    await journal.record(PROPOSAL)
    await journal.close()
    with sqlite3.connect(path) as writer:
        writer.execute("PRAGMA user_version = 999")
    writer.close()

    with pytest.raises(JournalFailed, match="newer version of Homelab Assistant"):
        await _reopened(path)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


async def test_two_programs_share_one_journal(journal: SqliteJournal, path: Path) -> None:
    other = SqliteJournal(path)
    await other.open()
    await asyncio.gather(journal.record(PROPOSAL), other.record(replace(PROPOSAL, id="2")))

    assert len(await journal.proposals()) == len(await other.proposals()) == 2
    await other.close()


async def test_what_another_program_writes_meanwhile_is_read_as_it_was_or_as_it_is(
    journal: SqliteJournal, path: Path
) -> None:
    proposals = [replace(PROPOSAL, id=str(number)) for number in range(60)]
    for proposal in proposals:
        await journal.record(proposal)

    async def write() -> None:
        for proposal in proposals:
            await journal.record(replace(proposal, state=ProposalState.EXPIRED, step=Step.EXPIRED, updated=NOON))

    writing = asyncio.create_task(write())
    while not writing.done():
        other, read = await _reopened(path)
        assert (other.set_aside, [each.id for each in read]) == (None, [each.id for each in proposals])
    await writing


async def test_a_lock_that_another_program_keeps_is_said(
    journal: SqliteJournal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await journal.close()
    monkeypatch.setattr("assistant_core.journal.sqlite._LOCK_WAIT", 0.05)
    journal = SqliteJournal(path)
    await journal.open()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(JournalFailed, match="Another program keeps the journal locked"):
        await journal.record(PROPOSAL)

    holder.execute("ROLLBACK")
    holder.close()
    await journal.record(PROPOSAL)
    assert await journal.proposals() == (PROPOSAL,)
    await journal.close()


async def test_a_full_disk_is_said_and_what_was_saved_stays(path: Path) -> None:
    """The kernel refuses to let any file of the child grow beyond a limit, as a full disk would."""
    program = """
import asyncio, resource, sys
from pathlib import Path
from assistant_core.errors import JournalFailed
from assistant_core.journal import SqliteJournal
from tests.core.journal.examples import PROPOSAL
from dataclasses import replace

async def main():
    journal = SqliteJournal(Path(sys.argv[1]))
    await journal.open()
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    saved = 0
    try:
        while True:
            await journal.record(replace(PROPOSAL, id=str(saved)))
            saved += 1
    except JournalFailed as error:
        print(error)
    assert len(await journal.proposals()) == saved > 0
    print(saved)
    await journal.close()

asyncio.run(main())
"""
    root = Path(__file__).parents[3]
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, str(path)), cwd=root, env={"PYTHONPATH": str(root)}, stdout=subprocess.PIPE
    )
    output, _ = await child.communicate()

    assert child.returncode == 0
    sentence, saved = output.decode().splitlines()
    assert sentence.startswith(("The journal could not save or read: ", "The disk is full"))
    _, proposals = await _reopened(path)
    assert len(proposals) == int(saved)
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


@pytest.mark.parametrize("where", ["file/journal.sqlite", "folder"])
async def test_a_place_that_cannot_hold_a_journal_is_said(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    journal = SqliteJournal(tmp_path / where)

    threads = threading.active_count()
    with pytest.raises(JournalFailed, match=r"^The journal file cannot be used: "):
        await journal.open()
    assert threading.active_count() == threads


async def test_before_opening_and_after_closing_nothing_is_taken(path: Path) -> None:
    journal = SqliteJournal(path)
    with pytest.raises(JournalFailed, match="The journal is not open"):
        await journal.record(PROPOSAL)
    await journal.open()
    await journal.close()
    await journal.close()
    with pytest.raises(JournalFailed, match="The journal is closed"):
        await journal.record(PROPOSAL)


async def test_closing_ends_the_journals_thread(path: Path) -> None:
    before = threading.active_count()
    journal = SqliteJournal(path)
    await journal.open()
    assert threading.active_count() == before + 1
    await journal.close()
    assert threading.active_count() == before


async def test_the_history_stays_and_only_the_latest_state_holds_the_files(journal: SqliteJournal, path: Path) -> None:
    approved = replace(PROPOSAL, state=ProposalState.APPROVED, step=Step.APPROVED, updated=NOON, decided_by=ANNA)
    stalled = replace(approved, step=Step.STALLED, why=Why.CONFLICTS.told())
    for proposal in (PROPOSAL, approved, stalled):
        await journal.record(proposal)

    assert await journal.proposals() == (stalled,)
    assert [(each.step, each.by, each.detail) for each in await journal.history("1")] == [
        (Step.ASKED, PROPOSAL.requested_by, None),
        (Step.APPROVED, ANNA, None),
        (Step.STALLED, None, Why.CONFLICTS),
    ]
    with sqlite3.connect(path) as reader:
        sizes = [row[0] for row in reader.execute("SELECT length(proposal) FROM events ORDER BY sequence")]
    reader.close()
    assert sizes[:2] == [0, 0]
    assert sizes[2] > 0


async def test_what_is_forgotten_is_gone_and_its_space_used_again(journal: SqliteJournal, path: Path) -> None:
    for generation in range(3):
        ids = [f"{generation}-{number}" for number in range(200)]
        for each in ids:
            await journal.record(replace(PROPOSAL, id=each, diff="x" * 4000))
        await journal.forget(ids[:-1])
        await journal.forget([ids[-1]])
        size = await asyncio.to_thread(lambda: path.stat().st_size)

        assert await journal.proposals() == ()
        assert await journal.history(ids[0]) == ()
        assert size < 4_000_000


async def test_a_journal_of_the_second_version_is_brought_up_to_date(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path, isolation_level=None) as writer:
        for statement in (statement for step in MIGRATIONS[:2] for statement in step):
            writer.execute(statement)
        row = ("1", "awaiting", ORJSONEncoder(Proposal).encode(PROPOSAL))
        writer.execute("INSERT INTO events (proposal_id, state, proposal) VALUES (?, ?, ?)", row)
        writer.execute("PRAGMA user_version = 2")
    writer.close()

    journal, proposals = await _reopened(path)

    assert proposals == (PROPOSAL,)
    assert journal.set_aside is None


async def test_what_was_told_in_bare_sentences_is_told_as_it_was_written(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path, isolation_level=None) as writer:
        for statement in (statement for step in MIGRATIONS[:3] for statement in step):
            writer.execute(statement)
        written = orjson.loads(ORJSONEncoder(Proposal).encode(PROPOSAL))
        told = orjson.dumps(written | {"reasons": ["It hums."], "checks": [], "notes": ['It\'s "loud".']})
        row = "INSERT INTO events (proposal_id, state, proposal) VALUES ('1', 'awaiting', ?)"
        writer.execute(row, (b"",))
        writer.execute(row, (told,))
        writer.execute("PRAGMA user_version = 3")
    writer.close()

    _, (found,) = await _reopened(path)

    assert found.reasons == (Reason(sentence="It hums.", key=""),)
    assert (found.checks, found.notes) == ((), (Reason(sentence='It\'s "loud".', key=""),))
