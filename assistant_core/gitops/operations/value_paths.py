"""Paths of keys as people write them, and what they mean in some data."""

from collections.abc import Mapping
import re
from typing import Any

from ...errors import InputInvalid
from ..layouts.files import get
from ..text import Path

_MAX_PATH = 200
_QUOTED = r"\"[^\"]+\"|'[^']+'"
_PLAIN = r"(?:\\.|[^.\[\]\\\"'])(?:\\.|[^.\[\]\\])*"
_KEY = rf"(?:(?:{_QUOTED})(?=[.\[]|$)|{_PLAIN})"
_BRACKETED = rf"\[(?:{_QUOTED}|[^\[\]\"'][^\[\]]*)\]"
_PARTS = re.compile(rf"{_BRACKETED}|{_KEY}")
_SHAPE = re.compile(rf"{_KEY}(?:\.{_KEY}|{_BRACKETED})*")
_START = re.compile(r"\$?\.")
_ESCAPED = re.compile(r"\\(.)")
_HOLDS_NAMES = re.compile(r"(annotations|labels|selector)$", re.IGNORECASE)
"""Keys below which Kubernetes has names with a domain, a slash and dots."""


class _Whole(str):
    """A key that was given as one, by quotes or brackets."""

    __slots__ = ()


def split(path: str) -> list[str]:
    """The keys of a path. Raises InputInvalid."""
    keys = _START.sub("", path, count=1) if _START.match(path) else path
    if len(path) > _MAX_PATH or not _SHAPE.fullmatch(keys):
        raise no_path(path)
    return [_part(each) for each in _PARTS.findall(keys)]


def _part(text: str) -> str:
    bare = text.strip("[]")
    if bare[0] in "\"'" or (bare != text and not bare.isdigit()):
        return _Whole(bare.strip("\"' "))
    plain = _ESCAPED.sub(r"\1", text)
    return _Whole(plain) if plain != text else bare.strip()


def no_path(path: str) -> InputInvalid:
    """That this is no path of keys."""
    return InputInvalid(
        f"{path[:60]!r} is no path of keys, such as ingress.hosts[0].host.", text=path[:60], reason="no_path"
    )


def is_unclear(parts: list[str], keys: Path) -> bool:
    """Whether a new key has a slash of which nobody can tell with how many of the dots before it belongs to it."""
    slashed = {part for part in parts if "/" in part and not isinstance(part, _Whole)}
    return any(key in slashed and not _holds_names(list(keys), number) for number, key in enumerate(keys))


def resolved(data: Any, parts: list[str]) -> tuple[Path, Any, bool]:
    """The keys that a path means in some data, the value there, and whether it is there.

    A key may itself have dots; an item of a list is meant by its number or its name.
    """
    keys: list[str | int] = []
    rest = list(parts)
    while rest:
        if isinstance(data, list):
            keys.append(_item(data, rest[0]))
            data, rest = get(data, keys[-1]), rest[1:]
            continue
        if not isinstance(data, Mapping):
            return (*keys, *_new(rest, tuple(keys))), None, False
        taken = next((n for n in range(len(rest), 0, -1) if ".".join(rest[:n]) in data), 0)
        if not taken:
            return (*keys, *_new(rest, tuple(keys))), None, False
        keys.append(".".join(rest[:taken]))
        data, rest = data[keys[-1]], rest[taken:]
    return tuple(keys), data, True


def _new(rest: list[str], above: Path) -> list[str | int]:
    """The keys that are not there yet; a name with a slash below annotations is one key with the dots before it."""
    named = next((n for n, part in enumerate(rest) if "/" in part and not isinstance(part, _Whole)), None)
    path = [*above, *rest]
    if named is not None:
        first = next((n for n in range(named, -1, -1) if _holds_names(path, len(above) + n)), None)
        rest = rest if first is None else [*rest[:first], _Whole(".".join(rest[first : named + 1])), *rest[named + 1 :]]
    return [
        int(part) if part.isdigit() and number and not isinstance(part, _Whole) else str(part)
        for number, part in enumerate(rest)
    ]


def _holds_names(path: list[str | int], at: int) -> bool:
    return at > 0 and _HOLDS_NAMES.search(str(path[at - 1])) is not None


def _item(data: list[Any], part: str) -> int:
    if part.isdigit() and int(part) <= len(data):
        return int(part)
    wanted = part.partition("=")[2] or part
    for number, each in enumerate(data):
        if isinstance(each, Mapping) and str(each.get("name")) == wanted:
            return number
    raise InputInvalid(f"The list has no item {part[:60]!r}; it has {len(data)}.", text=part[:60], reason="no_item")
