import asyncio
from collections.abc import AsyncIterator
from copy import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
import sqlite3

import pytest

from assistant_core.errors import JournalFailed
from assistant_core.journal import SqliteJournal, SqliteLedger
from assistant_core.models.episode import Entry, Episode, Recollection, Silence, SilenceKind
from assistant_core.models.finding import Category, Finding, FindingEvent, FindingState, Owner, Severity, Source

NOW = datetime.now(UTC)
FINDING = Finding(
    id="1",
    cluster="home",
    kind="Pod",
    namespace=None,
    name="jellyfin-0",
    errors=("Änna \u202e",),
    explanation="🍿",
    first_seen=NOW,
    owner=Owner("StatefulSet", "jellyfin"),
    category=Category.STORAGE,
    severity=Severity.INFO,
    sources=(Source.K8SGPT, Source.CHECK),
    last_seen=NOW,
    times_seen=3,
)
EPISODE = Episode(finding=FINDING, changed=NOW)
ENTRY = Entry(at=NOW, event=FindingEvent.OPENED, finding=FINDING)
SILENCE = Silence(
    kind=SilenceKind.DISMISSAL, cluster="home", about="1", since=NOW, errors=("a", "b"), category=Category.CRASH
)


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[SqliteJournal]:
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    await journal.open()
    yield journal
    await journal.close()


async def test_a_cluster_nobody_looked_at_is_not_known(journal: SqliteJournal) -> None:
    ledger = SqliteLedger(journal)
    assert await ledger.recall("home") == Recollection()
    await ledger.remember("home", (), ())
    assert await ledger.recall("home") == Recollection(known=True)
    assert await ledger.recall("away") == Recollection()


async def test_episodes_and_history_come_back_as_they_were(journal: SqliteJournal) -> None:
    ledger = SqliteLedger(journal)
    await ledger.remember("home", (EPISODE,), (ENTRY,))
    newer = replace(EPISODE, finding=replace(FINDING, state=FindingState.CLEARED))
    cleared = replace(ENTRY, at=NOW + timedelta(microseconds=1), event=FindingEvent.CLEARED)
    await ledger.remember("home", (newer,), (cleared,))
    await ledger.remember("away", (EPISODE,), (ENTRY,))
    assert (await ledger.recall("home")).episodes == (newer,)
    assert await ledger.history("home", NOW) == (ENTRY, cleared)
    assert await ledger.history("home", cleared.at) == (cleared,)


async def test_wishes_come_back_until_they_end(journal: SqliteJournal) -> None:
    ledger = SqliteLedger(journal)
    mute = Silence(kind=SilenceKind.MUTE, cluster="home", about="media", since=NOW)
    await ledger.silence(SILENCE)
    await ledger.silence(mute)
    await ledger.silence(replace(SILENCE, errors=("c",)))
    recalled = (await ledger.recall("home")).silences
    assert set(recalled) == {mute, replace(SILENCE, errors=("c",))}
    await ledger.end_silence("home", SilenceKind.MUTE, "media")
    await ledger.end_silence("home", SilenceKind.MUTE, "nothing")
    assert (await ledger.recall("home")).silences == (replace(SILENCE, errors=("c",)),)


async def test_what_is_too_old_is_dropped_but_not_what_is_still_there(journal: SqliteJournal) -> None:
    ledger = SqliteLedger(journal)
    old = NOW - timedelta(days=91)
    over = Episode(finding=replace(FINDING, id="2", state=FindingState.CLEARED), changed=old)
    there = replace(EPISODE, changed=old)
    await ledger.remember("home", (there, over), (replace(ENTRY, at=old), ENTRY))
    assert (await ledger.recall("home")).episodes == (there,)
    assert await ledger.history("home", datetime.min.replace(tzinfo=UTC)) == (ENTRY,)


async def test_what_cannot_be_saved_whole_is_not_saved_at_all(journal: SqliteJournal) -> None:
    ledger = SqliteLedger(journal)

    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO watched_clusters VALUES ('home')")
        raise sqlite3.IntegrityError

    with pytest.raises(JournalFailed):
        await journal.use(half)
    assert not (await ledger.recall("home")).known


async def test_an_entry_that_cannot_be_read_is_said(journal: SqliteJournal) -> None:
    row = ("home", "1", 0, NOW.isoformat(), b"{")
    await journal.use(lambda connection: connection.execute("INSERT INTO episodes VALUES (?, ?, ?, ?, ?)", row))
    with pytest.raises(JournalFailed, match="an entry that cannot be read"):
        await SqliteLedger(journal).recall("home")


async def test_a_journal_of_the_first_version_gets_a_ledger(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    with sqlite3.connect(path) as old:
        old.execute("CREATE TABLE events (sequence INTEGER PRIMARY KEY, proposal_id TEXT, state TEXT, proposal BLOB)")
        old.execute("PRAGMA user_version = 1")
    old.close()
    journal = SqliteJournal(path)
    await journal.open()
    await SqliteLedger(journal).remember("home", (EPISODE,), (ENTRY,))
    assert await journal.proposals() == ()
    assert journal.set_aside is None
    await journal.close()


async def test_proposals_and_findings_are_saved_side_by_side(journal: SqliteJournal) -> None:
    ledger = SqliteLedger(journal)
    episodes = [replace(EPISODE, finding=replace(FINDING, id=str(number))) for number in range(20)]
    await asyncio.gather(*(ledger.remember("home", (episode,), (ENTRY,)) for episode in episodes))
    assert len((await ledger.recall("home")).episodes) == 20
