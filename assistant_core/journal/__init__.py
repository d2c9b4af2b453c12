"""What must survive a restart, in one SQLite file."""

from .ledger import SqliteLedger
from .sqlite import SqliteJournal

__all__ = ["SqliteJournal", "SqliteLedger"]
