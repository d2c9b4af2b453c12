"""Why something went wrong, in the words of one language; English takes most of it as it was written."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from ..models.reasons import Reason
from .text import plain
from .told import NAME_LENGTH, with_units
from .wording import Wording

SENTENCE_LENGTH = 400
_NOTES = ("notes", "dangers", "warnings")
"""Groups of templates."""


def reason_told(reason: Reason, wording: Wording) -> str:
    """What a reason says; what a host wrote is stripped of markup and kept short."""
    values = reason_values(reason, wording)
    if not wording.knows("why", reason.key):
        return wording.fitting("errors", reason_names(reason.key, reason.values), **values)
    if key := reason.values.get("error_key"):
        values["error"] = wording.fitting("errors", reason_names(key, reason.values), **values)
    return wording.fill(f"why.{reason.key}", **values)


def note_told(note: Reason, wording: Wording) -> str:
    """What a note, a warning or the reason of a risk says; as it was written where this language does not know it."""
    values = {name: plain(value, NAME_LENGTH) for name, value in note.values.items()}
    group = next((each for each in _NOTES if wording.knows(each, note.key)), None)
    return wording.fill(f"{group}.{note.key}", **values) if group else plain(note.sentence, SENTENCE_LENGTH)


def reason_names(key: str, values: Mapping[str, str]) -> Iterator[str]:
    """The templates that could say an error: by its key and reason, by its key and what it names, by its key."""
    reasons = (values.get("reason"), *(name for name, value in values.items() if value))
    yield from (f"{key}_{reason}" for reason in reasons if reason)
    yield key


def reason_values(reason: Reason, wording: Wording) -> dict[str, str]:
    """What the sentence may name; codes and quantities in the words of this language."""
    values = {
        name: with_units(plain(value, SENTENCE_LENGTH), wording) for name, value in reason.values.items() if value
    }
    codes = {name: codes_told(values[name], wording) for name in ("code", "codes") if name in values}
    if decided := reason.values.get("decided"):
        values["at"] = wording.at(datetime.fromisoformat(decided))
    if wording.knows("rules", rule := reason.values.get("rule", "")):
        values["why"] = wording.fill(f"rules.{rule}")
    message = values.get("message") or with_units(plain(reason.sentence, SENTENCE_LENGTH), wording).rstrip(".")
    return values | codes | {"message": message}


def codes_told(codes: str, wording: Wording) -> str:
    """Spoken codes such as "blue seven" in the words of this language; anything else as it is."""
    return ", ".join(_code(code, wording) for code in codes.split(", "))


def _code(code: str, wording: Wording) -> str:
    colour, _, number = code.partition(" ")
    if not (wording.knows("colours", colour) and wording.knows("numbers", number)):
        return code
    return wording.fill("code", colour=wording.fill(f"colours.{colour}"), number=wording.fill(f"numbers.{number}"))
