"""The journal, with a repair issue for as long as it cannot be relied upon."""

from collections.abc import Callable
from pathlib import Path
import sqlite3
from typing import override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .assistant_core.errors import JournalFailed
from .assistant_core.journal import SqliteJournal
from .const import DOMAIN

ISSUE_DAMAGED = "journal_damaged"
ISSUE_FAILED = "journal_failed"


class HouseJournal(SqliteJournal):
    """Says when nothing can be saved, and with it nothing approved, until something is saved again."""

    def __init__(self, hass: HomeAssistant, path: Path) -> None:
        super().__init__(path)
        self._hass = hass
        self._failed = True  # an issue of the last start may still be shown

    @override
    async def open(self) -> None:
        try:
            await super().open()
        except JournalFailed as error:
            self._note(error)
            raise
        self._note_well()
        if self.set_aside is not None:
            self._create(ISSUE_DAMAGED, {"file": self.set_aside.name})

    @override
    async def use[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            result = await super().use(work)
        except JournalFailed as error:
            self._note(error)
            raise
        self._note_well()
        return result

    def _note_well(self) -> None:
        if self._failed:
            self._failed = False
            ir.async_delete_issue(self._hass, DOMAIN, ISSUE_FAILED)

    def _note(self, error: JournalFailed) -> None:
        self._failed = True
        self._create(ISSUE_FAILED, {"message": str(error)})

    def _create(self, key: str, placeholders: dict[str, str]) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            key,
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key=key,
            translation_placeholders=placeholders,
        )
