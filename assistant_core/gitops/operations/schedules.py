"""When jobs run, as the controller of CronJobs reads it (github.com/robfig/cron, the standard parser)."""

import re

_DESCRIBED = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: tuple[tuple[range, dict[str, int]], ...] = (
    (range(60), {}),
    (range(24), {}),
    (range(1, 32), {}),
    (range(1, 13), {name: number for number, name in enumerate(_MONTHS, 1)}),
    (range(7), {name: number for number, name in enumerate(_DAYS)}),
)
_LONGEST = 200
_PART = re.compile(r"(?:([*?])|(\w+)(?:-(\w+))?)(?:/([0-9]{1,2}))?")


def is_schedule(text: str) -> bool:
    """Whether a text of five fields, or one such as "@daily", says when a job runs."""
    fields = text.split(" ")
    if text in _DESCRIBED or len(text) > _LONGEST or len(fields) != len(_FIELDS):
        return text in _DESCRIBED
    return all(
        _is_part(part, known, names)
        for field, (known, names) in zip(fields, _FIELDS, strict=True)
        for part in field.split(",")
    )


def _is_part(part: str, known: range, names: dict[str, int]) -> bool:
    found = _PART.fullmatch(part)
    if found is None or found[4] == "0":
        return False
    if found[1]:
        return True
    first, last = (_number(each, names) for each in (found[2], found[3] or found[2]))
    return first in known and last in known and first <= last


def _number(text: str, names: dict[str, int]) -> int:
    return names.get(text.lower(), int(text) if text.isdecimal() and text.isascii() else -1)
