"""The ledger of findings, in the journal's file: its tables, and what is read from and written to them.

`episodes` has a row per finding that is there or was lately, `finding_history` is append-only, `silences` are people's
wishes. `watched_clusters` are those that were ever looked at.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
import sqlite3
from typing import override

from ..models.episode import Entry, Episode, Recollection, Silence, SilenceKind
from ..ports import Ledger
from .codecs import decode, encode
from .sqlite import SqliteJournal

KEPT = timedelta(days=90)


class SqliteLedger(Ledger):
    """The ledger in an open journal."""

    def __init__(self, journal: SqliteJournal) -> None:
        self._journal = journal

    @override
    async def recall(self, cluster: str) -> Recollection:
        return await self._journal.use(lambda connection: _recall(connection, cluster))

    @override
    async def remember(self, cluster: str, episodes: Sequence[Episode], history: Sequence[Entry]) -> None:
        await self._journal.use(lambda connection: _remember(connection, cluster, episodes, history))

    @override
    async def silence(self, silence: Silence) -> None:
        row = (silence.cluster, silence.kind.value, silence.about, encode(silence))
        await self._journal.use(lambda on: on.execute("INSERT OR REPLACE INTO silences VALUES (?, ?, ?, ?)", row))

    @override
    async def end_silence(self, cluster: str, kind: SilenceKind, about: str) -> None:
        row = (cluster, kind.value, about)
        statement = "DELETE FROM silences WHERE cluster = ? AND kind = ? AND about = ?"
        await self._journal.use(lambda connection: connection.execute(statement, row))

    @override
    async def history(self, cluster: str, since: datetime) -> tuple[Entry, ...]:
        statement = "SELECT entry FROM finding_history WHERE cluster = ? AND at >= ? ORDER BY sequence"
        wanted = (cluster, _stamp(since))
        return await self._journal.use(
            lambda connection: tuple(decode(row[0], Entry) for row in connection.execute(statement, wanted))
        )


def _recall(connection: sqlite3.Connection, cluster: str) -> Recollection:
    """Everything known of a cluster, after what is too old was dropped."""
    limit = _stamp(datetime.now(UTC) - KEPT)
    connection.execute("DELETE FROM episodes WHERE cleared AND changed < ?", (limit,))
    connection.execute("DELETE FROM finding_history WHERE at < ?", (limit,))
    known = connection.execute("SELECT 1 FROM watched_clusters WHERE cluster = ?", (cluster,)).fetchone()
    episodes = connection.execute("SELECT episode FROM episodes WHERE cluster = ?", (cluster,)).fetchall()
    silences = connection.execute("SELECT silence FROM silences WHERE cluster = ?", (cluster,)).fetchall()
    return Recollection(
        known=known is not None,
        episodes=tuple(decode(row[0], Episode) for row in episodes),
        silences=tuple(decode(row[0], Silence) for row in silences),
    )


def _remember(
    connection: sqlite3.Connection, cluster: str, episodes: Sequence[Episode], history: Sequence[Entry]
) -> None:
    connection.execute("INSERT OR IGNORE INTO watched_clusters VALUES (?)", (cluster,))
    connection.executemany(
        "INSERT OR REPLACE INTO episodes VALUES (?, ?, ?, ?, ?)",
        [
            (cluster, each.finding.id, each.finding.state == "cleared", _stamp(each.changed), encode(each))
            for each in episodes
        ],
    )
    connection.executemany(
        "INSERT INTO finding_history (cluster, at, entry) VALUES (?, ?, ?)",
        [(cluster, _stamp(each.at), encode(each)) for each in history],
    )


def _stamp(moment: datetime) -> str:
    """A time that sorts as text."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
