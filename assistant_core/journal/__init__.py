"""What must survive a restart, in one SQLite file."""

from .sqlite import SqliteJournal

__all__ = ["SqliteJournal"]
