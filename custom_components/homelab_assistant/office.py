"""What the entries share while at least one is set up: the change desk with its journal, the house, fixed sentences."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .assistant_core.change import ChangeDesk
from .assistant_core.errors import InputInvalid, JournalFailed
from .assistant_core.journal import SqliteJournal, SqliteLedger
from .assistant_core.ports import Ledger
from .assistant_core.speech import LANGUAGES, Speech
from .change_journal import HouseJournal
from .change_options import ChangeOptions
from .change_rules import HouseRules
from .const import JOURNAL_FILE, SENTENCES_DIRECTORY
from .house import ExposedHouse
from .issues import async_note_sentences

if TYPE_CHECKING:
    from .assistant_core.gitops import Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """`speech` are the languages we understand, Home Assistant's own first; `ledger` remembers what was found.

    `rules` say who approves changes, and when.
    """

    desk: ChangeDesk
    rules: HouseRules
    ledger: Ledger
    house: ExposedHouse
    speech: tuple[Speech, ...]
    _journal: SqliteJournal
    _workloads: dict[str, tuple[Workload, ...]] = field(default_factory=dict)

    def know(self, repository: str, workloads: tuple[Workload, ...]) -> None:
        """Understand the names of what a repository deploys now."""
        self._workloads[repository] = workloads
        known = [workload for each in self._workloads.values() for workload in each]
        for speech in self.speech:
            speech.know({each.name for each in known}, {each.namespace for each in known})

    def mind(self, repository: str, options: ChangeOptions) -> Callable[[], None]:
        """Mind what a household chose for the changes of a repository; returns how to forget it."""
        forget = self.rules.add(repository, options)
        self.desk.settings = self.rules.settings

        def end() -> None:
            forget()
            self.desk.settings = self.rules.settings

        return end

    async def async_hold_still(self) -> None:
        """Let the journal be copied as it is now; nothing that is saved waits for that. Raises JournalFailed."""
        await self._journal.hold_still()

    async def async_go_on(self) -> None:
        """The copy is made. Raises JournalFailed."""
        await self._journal.go_on()

    async def async_close(self) -> None:
        """Stop all work; what was approved goes on when it opens again."""
        self.house.async_stop()
        await self.desk.close()
        await self._journal.close()


async def async_open(hass: HomeAssistant) -> Office:
    """Open the journal and take up where it ends. Raises JournalFailed."""
    rules = HouseRules(hass)
    journal = HouseJournal(hass, Path(hass.config.path(JOURNAL_FILE)))
    desk = ChangeDesk(journal, clock=rules.now, rights=rules, settings=rules.settings)
    await journal.open()
    try:
        await desk.load()
    except JournalFailed:
        await journal.close()
        raise

    return Office(
        desk=desk,
        rules=rules,
        ledger=SqliteLedger(journal),
        house=ExposedHouse(hass),
        speech=await _async_load_speech(hass),
        _journal=journal,
    )


async def _async_load_speech(hass: HomeAssistant) -> tuple[Speech, ...]:
    """Home Assistant's language, then the others, with the household's own sentences unless they are wrong."""
    own = Path(hass.config.path(*SENTENCES_DIRECTORY))
    try:
        speech = await hass.async_add_executor_job(_load_speech, hass.config.language, own)
    except InputInvalid as error:
        async_note_sentences(hass, error)
        return await hass.async_add_executor_job(_load_speech, hass.config.language, None)
    async_note_sentences(hass, None)
    return speech


def _load_speech(language: str, own: Path | None) -> tuple[Speech, ...]:
    load = partial(Speech.load, time_zone=dt_util.get_default_time_zone(), own=own)
    first = load(language)
    return (first, *(load(each) for each in LANGUAGES if each != first.language))
