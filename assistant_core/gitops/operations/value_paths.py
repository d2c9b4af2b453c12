"""Paths of keys as people write them, and what they mean in some data."""

from collections.abc import Mapping
import re
from typing import Any

from ...errors import InputInvalid
from ..layouts.files import get
from ..text import Path

_MAX_PATH = 200
_PARTS = re.compile(r"[^.\[\]]+|\[[^\[\]]+\]")
_SHAPE = re.compile(r"[^.\[\]]+(\.[^.\[\]]+|\[[^\[\]]+\])*")


def split(path: str) -> list[str]:
    """The keys of a path. Raises InputInvalid."""
    if len(path) > _MAX_PATH or not _SHAPE.fullmatch(path):
        raise InputInvalid(
            f"{path[:60]!r} is no path of keys, such as ingress.hosts[0].host.", text=path[:60], reason="no_path"
        )
    return [part.strip("[]\"' ") for part in _PARTS.findall(path)]


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
            return (*keys, *_new(rest)), None, False
        taken = next((n for n in range(len(rest), 0, -1) if ".".join(rest[:n]) in data), 0)
        if not taken:
            return (*keys, *_new(rest)), None, False
        keys.append(".".join(rest[:taken]))
        data, rest = data[keys[-1]], rest[taken:]
    return tuple(keys), data, True


def _new(rest: list[str]) -> list[str | int]:
    return [int(part) if part.isdigit() and number else part for number, part in enumerate(rest)]


def _item(data: list[Any], part: str) -> int:
    if part.isdigit() and int(part) <= len(data):
        return int(part)
    wanted = part.partition("=")[2] or part
    for number, each in enumerate(data):
        if isinstance(each, Mapping) and str(each.get("name")) == wanted:
            return number
    raise InputInvalid(f"The list has no item {part[:60]!r}; it has {len(data)}.", text=part[:60], reason="no_item")
