"""What goes into the log: one line for each event, beginning with an id that stays the same: `[change-stalled] ...`.

Whatever a line quotes, a model, a cluster or a forge may have written: secrets are taken out of it, and it cannot begin
a line of its own.
"""

from collections.abc import Mapping
import logging
from pathlib import PurePath
import traceback
from typing import override

from .redaction import redact

_LONGEST = 1000  # characters of a line
_LONGEST_READ = 10 * _LONGEST
_FRAMES = 4


class EventLog:
    """Writes the events of one module; `defect` is the error of a part that nobody expected to fail."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, event: str, told: str, *about: object, defect: BaseException | None = None) -> None:
        """Tell those who look for a fault."""
        self._write(logging.DEBUG, event, told, about, defect)

    def info(self, event: str, told: str, *about: object) -> None:
        """Tell that something is well, or well again."""
        self._write(logging.INFO, event, told, about, None)

    def warning(self, event: str, told: str, *about: object) -> None:
        """Tell that something does not work, though the rest goes on."""
        self._write(logging.WARNING, event, told, about, None)

    def error(self, event: str, told: str, *about: object, defect: BaseException | None = None) -> None:
        """Tell of what should never happen."""
        self._write(logging.ERROR, event, told, about, defect)

    def _write(
        self, level: int, event: str, told: str, about: tuple[object, ...], defect: BaseException | None
    ) -> None:
        if self._logger.isEnabledFor(level):
            text = told % about + (f": {_described(defect)}" if defect else "")
            self._logger.log(level, "[%s] %s", event, in_one_line(text), stacklevel=3)


class WithId(logging.Filter):
    """Puts an id before what somebody else writes to a logger of ours; each of `events` is from a level on."""

    def __init__(self, events: Mapping[int, str]) -> None:
        super().__init__()
        self._events = sorted(events.items(), reverse=True)

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            text, record.exc_info = f"{text.rstrip(':')}: {_described(record.exc_info[1])}", None
        event = next((event for level, event in self._events if record.levelno >= level), self._events[-1][1])
        record.msg, record.args = "[%s] %s", (event, in_one_line(text))
        return True


def in_one_line(text: str) -> str:
    """The text without secrets, line breaks and control characters, and no longer than anybody reads."""
    shown = "".join(each if each.isprintable() else " " for each in redact(text[:_LONGEST_READ]))
    line = " ".join(shown.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _described(defect: BaseException) -> str:
    """What went wrong and where, the innermost place first."""
    frames = reversed(traceback.extract_tb(defect.__traceback__)[-_FRAMES:])
    places = " < ".join(f"{PurePath(each.filename).name}:{each.lineno} in {each.name}" for each in frames)
    return f"{type(defect).__name__}: {defect} ({places})" if places else f"{type(defect).__name__}: {defect}"
