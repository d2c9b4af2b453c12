"""Looks into values whose shape nobody has checked: what is not there or is something else is empty.

The mappings are dicts, as parsers make them.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_NOTHING: Mapping[str, Any] = {}
_NAME = 253
_SHOWN = 60

type Place = tuple[str, ...]
"""The keys that lead to a value; list items go by their name, else by their number in brackets."""


def value(within: object, *path: str) -> Any:
    """The value below a path of keys, None when there is none."""
    for key in path:
        if not isinstance(within, dict):
            return None
        within = within.get(key)
    return within


def mapping(within: object, *path: str) -> Mapping[str, Any]:
    """The mapping below a path of keys, empty when there is none."""
    found = value(within, *path)
    return found if isinstance(found, dict) else _NOTHING


def items(within: object, *path: str) -> list[Any]:
    """The items of the list below a path of keys, empty when there is none."""
    found = value(within, *path)
    return found if isinstance(found, list) else []


def text(within: object, *path: str) -> str:
    """The text below a path of keys, empty when there is none."""
    found = value(within, *path)
    return found if isinstance(found, str) else ""


def texts(within: object, *path: str) -> list[str]:
    """The items of a list of texts; what is no text is shown as it would be written."""
    return [each if isinstance(each, str) else shown(each) for each in items(within, *path)]


def named(within: object, *path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The mappings in a list, each with `[name]` (or `[number]`) for a place."""
    for number, each in enumerate(items(within, *path)):
        if isinstance(each, dict):
            yield f"[{plain(each.get('name')) or number}]", each


def plain(name: object) -> str:
    """A name fit to be shown: short, on one line; empty when it is no text."""
    return "".join(each for each in name if each.isprintable())[:_NAME] if isinstance(name, str) else ""


def shown(found: object) -> str:
    """A value fit to stand in a sentence: scalars as written, the rest by its kind."""
    match found:
        case bool():
            return str(found).lower()
        case str():
            return f'"{plain(found)[:_SHOWN]}"'
        case float() | int():
            return f"{found}"[:_SHOWN] if abs(found) < 10**_SHOWN else "a huge number"
        case None:
            return "nothing"
        case list():
            return "a list"
        case _:
            return "a mapping"


def leaves(root: object) -> Iterator[tuple[Place, Any]]:
    """Every scalar and empty collection with its place, in the order of the document."""
    todo: list[tuple[Place, Any]] = [((), root)]
    while todo:
        place, found = todo.pop()
        below = _below(found)
        if below:
            todo += [((*place, key), each) for key, each in reversed(below)]
        else:
            yield place, found


def mappings(root: object) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Every mapping with its place, outermost first."""
    todo: list[tuple[Place, Any]] = [((), root)]
    while todo:
        place, found = todo.pop()
        if isinstance(found, dict):
            yield place, found
        todo += [((*place, key), each) for key, each in reversed(_below(found))]


def place_of(root: object, path: Iterable[str | int]) -> Place:
    """The place of a path of keys and numbers, with list items by their names."""
    place: list[str] = []
    within: Any = root
    for key in path:
        within = within[key]
        place.append(_item(key, within) if isinstance(key, int) else key)
    return tuple(place)


def written(place: Place) -> str:
    """A place as people write it: `spec.containers[app].image`."""
    return "".join(key if key.startswith("[") else f".{plain(key)}" for key in place).removeprefix(".")


def _below(found: object) -> list[tuple[str, Any]]:
    if isinstance(found, dict):
        return [(key if isinstance(key, str) else shown(key), each) for key, each in found.items()]
    if isinstance(found, list):
        return [(_item(number, each), each) for number, each in enumerate(found)]
    return []


def _item(number: int, each: object) -> str:
    name = plain(each.get("name")) if isinstance(each, dict) else ""
    return f"[{name or number}]"
