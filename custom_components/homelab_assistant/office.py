"""What the entries share while at least one is set up: the change desk with its journal, the house, fixed sentences."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from .assistant_core.assistant import Utterance
from .assistant_core.assistant.choosing import chosen
from .assistant_core.change import ChangeDesk
from .assistant_core.errors import JournalFailed
from .assistant_core.gitops import Workload
from .assistant_core.journal import SqliteJournal
from .assistant_core.speech import Speech
from .const import JOURNAL_FILE, LOGGER
from .house import ExposedHouse

EXPIRY_CHECK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """`speech` are the languages we understand, Home Assistant's own first."""

    desk: ChangeDesk
    house: ExposedHouse
    speech: tuple[Speech, ...]
    _journal: SqliteJournal
    _stop_expiry: CALLBACK_TYPE
    _workloads: dict[str, tuple[Workload, ...]] = field(default_factory=dict)

    def know(self, repository: str, workloads: tuple[Workload, ...]) -> None:
        """Understand the names of what a repository deploys now."""
        self._workloads[repository] = workloads
        known = [workload for each in self._workloads.values() for workload in each]
        for speech in self.speech:
            speech.know({each.name for each in known}, {each.namespace for each in known})

    def understands(self, utterance: Utterance) -> bool:
        """Whether the words are one of our fixed sentences, or answer what we asked."""
        text, question = utterance.text, utterance.question
        return any(
            speech.recognise(text) or (question and chosen(text, question.candidates, speech.vocabulary))
            for speech in self.speech
        )

    async def async_close(self) -> None:
        """Stop all work; what was approved goes on when it opens again."""
        self._stop_expiry()
        self.house.async_stop()
        await self.desk.close()
        await self._journal.close()


async def async_open(hass: HomeAssistant) -> Office:
    """Open the journal and take up where it ends. Raises JournalFailed."""
    journal = SqliteJournal(Path(hass.config.path(JOURNAL_FILE)))
    desk = ChangeDesk(journal)
    await journal.open()
    try:
        await desk.load()
    except JournalFailed:
        await journal.close()
        raise

    async def expire(_: datetime) -> None:
        try:
            await desk.expire()
        except JournalFailed as error:
            LOGGER.warning("A change whose time is over could not be closed: %s", error)

    return Office(
        desk=desk,
        house=ExposedHouse(hass),
        speech=await hass.async_add_executor_job(_load_speech, hass.config.language),
        _journal=journal,
        _stop_expiry=async_track_time_interval(hass, expire, EXPIRY_CHECK, cancel_on_shutdown=True),
    )


def _load_speech(language: str) -> tuple[Speech, ...]:
    time_zone = dt_util.get_default_time_zone()
    own = Speech.load(language, time_zone=time_zone)
    return (own,) if own.language == "en" else (own, Speech.load("en", time_zone=time_zone))
