"""The journal as a SQLite file, used from one thread of its own.

Write-ahead log with synchronous=FULL: what `record` returned from is on the disk, also after the power fails. Home
Assistant and the command line may have the same file open.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
import os
from pathlib import Path
import sqlite3
from typing import override

from ..errors import JournalFailed
from ..models.change import Happened, Proposal
from ..ports import Journal
from .schema import append_after, forget, history, migrate, news

_LOCK_WAIT = 5.0
"""Seconds to wait for another process that writes."""

_LOG_PAGES = 1000
"""Pages of the write-ahead log after which they go into the file; as many as SQLite takes by itself."""

_SENTENCES = {
    sqlite3.SQLITE_FULL: "The disk is full, so the change could not be saved. Free some space and try again.",
    sqlite3.SQLITE_BUSY: "Another program keeps the journal locked, so the change could not be saved. Try again.",
    sqlite3.SQLITE_READONLY: "The journal is read-only, so the change could not be saved.",
    sqlite3.SQLITE_CANTOPEN: "The journal file cannot be opened.",
    sqlite3.SQLITE_CORRUPT: "The journal file is damaged. Restart to begin a new one; the damaged one is kept.",
    sqlite3.SQLITE_NOTADB: "The journal file is damaged. Restart to begin a new one; the damaged one is kept.",
}
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class _Damaged(Exception):
    """The file is not a journal, or no longer."""


class SqliteJournal(Journal):
    """Proposals in the file at `path`; open it before use and close it after."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="homelab-journal")
        self._connection: sqlite3.Connection | None = None
        self._set_aside: Path | None = None
        self._closed = False
        self._version: int | None = None
        self._known: dict[str, int] = {}

    @property
    def set_aside(self) -> Path | None:
        """Where the damaged file is kept that `open` found; None when all was well."""
        return self._set_aside

    async def open(self) -> None:
        """Open or create the file; a damaged one is set aside for a new one. On JournalFailed it is closed."""
        try:
            await self._run(self._open)
        except JournalFailed:
            await self.close()
            raise

    async def close(self) -> None:
        """Finish what was asked for, and close the file; nothing can be recorded after."""
        if self._closed:
            return
        await self._run(self._close)
        self._closed = True
        self._executor.shutdown()

    async def hold_still(self) -> None:
        """Leave the file as it is, so that copies of it and then of its write-ahead log fit together.

        What is saved meanwhile goes into the log alone. Raises JournalFailed.
        """
        await self._run(lambda: _hold_still(self._opened()))

    async def go_on(self) -> None:
        """Have the file follow its log again. Raises JournalFailed."""
        await self._run(lambda: _go_on(self._opened()))

    @override
    async def record(self, proposal: Proposal) -> None:
        known = self._known.get(proposal.id)
        self._known[proposal.id] = await self.use(lambda connection: append_after(connection, proposal, known))

    @override
    async def proposals(self) -> tuple[Proposal, ...]:
        return self._learned(await self._run(lambda: news(self._opened(), {})))

    @override
    async def news(self) -> tuple[Proposal, ...]:
        return self._learned(await self._run(lambda: self._news(self._opened())))

    @override
    async def history(self, proposal_id: str) -> tuple[Happened, ...]:
        return await self._run(lambda: history(self._opened(), proposal_id))

    @override
    async def forget(self, proposal_ids: Sequence[str]) -> None:
        await self.use(lambda connection: forget(connection, proposal_ids))
        for each in proposal_ids:
            self._known.pop(each, None)

    async def use[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Let `work` use the file on the journal's thread, all or nothing. Raises JournalFailed."""
        return await self._run(lambda: _in_transaction(self._opened(), work))

    async def _run[T](self, work: Callable[[], T]) -> T:
        """Run on the journal's thread; raises JournalFailed with a sentence for whatever goes wrong there."""
        if self._closed:
            raise JournalFailed("The journal is closed.")
        try:
            return await asyncio.wrap_future(self._executor.submit(work))
        except sqlite3.Error as error:
            raise JournalFailed(_sentence(error)) from error
        except OSError as error:
            raise JournalFailed(f"The journal file cannot be used: {error.strerror}.") from error
        except (ValueError, LookupError) as error:
            raise JournalFailed("The journal holds an entry that cannot be read.") from error

    def _open(self) -> None:
        if self._connection is not None:
            return
        try:
            self._connection = _connect(self._path)
        except _Damaged:
            self._set_aside = _move_aside(self._path)
            self._connection = _connect(self._path)

    def _news(self, connection: sqlite3.Connection) -> dict[int, Proposal]:
        """See `news`. The version is read first: what is written meanwhile is news the next time."""
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return {}
        found = news(connection, self._known)
        self._version = version
        return found

    def _learned(self, found: dict[int, Proposal]) -> tuple[Proposal, ...]:
        self._known |= {proposal.id: sequence for sequence, proposal in found.items()}
        return tuple(found.values())

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            raise JournalFailed("The journal is not open.")
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _hold_still(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _go_on(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")


def _in_transaction[T](connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        return work(connection)


def _connect(path: Path) -> sqlite3.Connection:
    """Open, check and migrate the file; raises _Damaged, JournalFailed, sqlite3.Error, OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)
    connection = sqlite3.connect(path, timeout=_LOCK_WAIT, isolation_level=None)
    with ExitStack() as undo:
        undo.callback(connection.close)
        try:
            _prepare(connection)
        except (ValueError, LookupError) as error:
            raise _Damaged from error
        except sqlite3.Error as error:
            if _code(error) in _DAMAGED:
                raise _Damaged from error
            raise
        undo.pop_all()
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    if connection.execute("PRAGMA quick_check").fetchone()[0] != "ok":
        raise _Damaged
    migrate(connection)
    news(connection, {})  # every proposal can be read


def _move_aside(path: Path) -> Path:
    """Rename the file and its write-ahead log, so that they stay a pair."""
    aside = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}")
    for suffix in ("-wal", "-shm", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def _code(error: sqlite3.Error) -> int:
    """The primary result code; 0 for what the sqlite3 module raises on its own."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _sentence(error: sqlite3.Error) -> str:
    return _SENTENCES.get(_code(error), f"The journal could not save or read: {error}.")
