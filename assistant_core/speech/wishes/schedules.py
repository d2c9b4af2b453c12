"""When a job runs: as cron writes it, or as people say it ("every night at three", "on Mondays at 6:30 pm")."""

from collections.abc import Sequence
import re

from .lexicon import Lexicon
from .tokens import Token

CRON = re.compile(r"[0-9*/,\-]+(?: [0-9*/,\-A-Za-z]+){4}")
_CRON_FIELD = re.compile(r"[0-9*/,\-]+")
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?(am|pm)?")
_FIELDS = 5
_HALF_DAY, _HOURS, _MINUTES = 12, 24, 60
_MIDNIGHT = {"@daily": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *"}


def joined(tokens: Sequence[Token]) -> list[Token]:
    """The tokens, where the five fields of a schedule are one."""
    for at in range(len(tokens) - _FIELDS + 1):
        fields = tokens[at : at + _FIELDS]
        if all(_CRON_FIELD.fullmatch(each.text) for each in fields) and any("*" in each.text for each in fields):
            text = " ".join(each.text for each in fields)
            return [*tokens[:at], Token(text, quoted=True), *tokens[at + _FIELDS :]]
    return list(tokens)


def spoken(words: Sequence[Token], lexicon: Lexicon, *, daily: bool) -> str:
    """The schedule that is said; "" when none is. `daily`: a time alone is one of every day.

    The words it is made of are marked as used.
    """
    if repeated := _repeated(words):
        return repeated
    days = [each for each in words if each.has("time of day")]
    clock = _clock(words)
    if len(days) > 1 or (not days and not (daily and clock)):
        return ""
    schedule = lexicon.times_of_day[days[0].key] if days else "@daily"
    for each in days:
        each.used = True
    base = _MIDNIGHT.get(schedule, schedule)
    if not clock or not base.startswith("0 0 "):
        return schedule
    for each in clock[2]:
        each.used = True
    return f"{clock[1]} {clock[0]} {base.removeprefix('0 0 ')}"


def _repeated(words: Sequence[Token]) -> str:
    """Every so many minutes or hours, where they divide the hour or the day."""
    for each, number, unit in zip(words, words[1:], words[2:], strict=False):
        count = number.number
        whole = _MINUTES if unit.has("minutes") else _HOURS if unit.has("hours") else 0
        if not each.has("each") or not whole or count is None or not 1 <= count < whole or whole % count:
            continue
        for token in (each, number, unit):
            token.used = True
        return f"*/{count:.0f} * * * *" if whole == _MINUTES else f"0 */{count:.0f} * * *"
    return ""


def _clock(words: Sequence[Token]) -> tuple[int, int, list[Token]] | None:
    """The hour, the minute and their words, where "at" stands before them or they look like nothing else."""
    for at, token in enumerate(words):
        match = _CLOCK.fullmatch(token.text.casefold())
        after = words[at + 1 :]
        said = bool(after and after[0].has("am", "pm", "oclock"))
        plain = bool(at and words[at - 1].has("at"))
        if token.used or token.unit or not (said or plain or (match and (match[2] or match[3]))):
            continue
        if match is None and (token.number is None or token.number != int(token.number)):
            continue
        hour = int(match[1]) if match else int(token.number or 0)
        minute, taken = int(match[2] or 0) if match else 0, [token]
        half = (match[3] or "") if match else ""
        for each in after[:3]:
            if each.has("oclock"):
                taken.append(each)
            elif each.has("am", "pm") and not half:
                half = "am" if each.has("am") else "pm"
                taken.append(each)
            elif each.number is not None and words[words.index(each) - 1].has("oclock") and each.text.isdigit():
                minute = int(each.number)
                taken.append(each)
            else:
                break
        if half and hour <= _HALF_DAY:
            hour = hour % _HALF_DAY + (_HALF_DAY if half == "pm" else 0)
        if hour < _HOURS and minute < _MINUTES:
            return hour, minute, taken
    return None
