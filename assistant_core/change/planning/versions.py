"""Versions, and which may come after which."""

import re

_NUMBERS = re.compile(r"([vV]?)(\d{1,6})\.(\d{1,6})?")
_MANY = 20
"""Charts that reach such a version go on in large steps; others do not skip so many."""
_FEW = 3
"""Major versions that people leave out at once."""
_RANGE = re.compile(r"[*<>=^~]|^x$")


def is_numbered(version: str) -> bool:
    """Whether it begins with two numbers, as versions of charts do."""
    return _NUMBERS.match(version) is not None


def as_now(now: str, version: str) -> str:
    """The version with a "v" where there is one now, and without where there is none: nobody says it aloud."""
    if not (is_numbered(now) and is_numbered(version)):
        return version
    return f"{now[:1] if now[:1] in 'vV' else ''}{version.lstrip('vV')}"


def is_near(version: str, now: str) -> bool:
    """Whether both have the same major version."""
    new, old = _NUMBERS.match(version), _NUMBERS.match(now)
    return new is not None and old is not None and (new[1], new[2]) == (old[1], old[2])


def is_far_beyond(version: str, now: str) -> bool:
    """Whether its major version is far more than that now, as that of a chart is beside its app's."""
    new, old = _NUMBERS.match(version), _NUMBERS.match(now)
    return new is not None and old is not None and int(new[2]) > max(2 * int(old[2]), int(old[2]) + _FEW)


def may_follow(version: str, now: str) -> bool:
    """Whether it looks like a newer version of the same chart, and not like one of the app inside it."""
    new, old = _NUMBERS.match(version), _NUMBERS.match(now.lstrip("^~= "))
    if new is None or old is None:
        return not _RANGE.search(now)
    before, after = int(old[2]), int(new[2])
    if before == after:
        least, most = int(old[3] or 0), max(2 * int(old[3] or 0), int(old[3] or 0) + _MANY)
        return new[1] == old[1] and least <= int(new[3] or 0) <= most
    return new[1] == old[1] and before < after <= max(before + 1, before * 3 // 2 if before > _MANY else 0)
