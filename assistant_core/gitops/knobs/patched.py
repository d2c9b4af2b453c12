"""The place in a patch that decides over any field of an object."""

from collections.abc import Iterator, Sequence
from typing import Any

from ..layouts.files import Files, get, mapping, word
from ..layouts.kustomize import patches
from ..layouts.selecting import selects
from ..model import Deployed
from ..text import Path, Spot
from .pods import pointer


def patched_places(
    files: Files, found: Deployed, keys: Path, objects: Sequence[Deployed]
) -> Iterator[tuple[str, Spot, Any, tuple[str, ...]]]:
    """Path, spot and value of every patch that sets the field, strongest first, and who else takes that patch."""
    for overlay in reversed(found.overlays):
        for path, spot, content, target in reversed(list(patches(files, overlay))):
            if not selects(target, content, found):
                continue
            for below, value in _set_in(content, keys, found):
                users = (each for each in objects if each is not found and each.goes_through(overlay))
                named = (
                    f"{each.namespace}/{each.name}".lstrip("/") for each in users if selects(target, content, each)
                )
                yield path, spot.below(*below), value, tuple(dict.fromkeys(named))


def _set_in(content: Any, keys: Path, found: Deployed) -> Iterator[tuple[Path, Any]]:
    """Where a patch sets the field, last operation first."""
    if isinstance(content, list):
        for number in reversed(range(len(content))):
            at = pointer(word(content[number], "path"))
            if word(content[number], "op") not in ("add", "replace") or tuple(map(str, keys[: len(at)])) != at:
                continue
            rest = keys[len(at) :]
            if (value := get(content[number], "value", *rest)) is not None:
                yield (number, "value", *rest), value
        return
    below = _same(content, found.data, keys)
    if below is not None and (value := get(content, *below)) is not None:
        yield below, value


def _same(content: Any, data: Any, keys: Path) -> Path | None:
    """The keys in a strategic patch, whose lists of named items are told apart by their names."""
    way: list[str | int] = []
    for key in keys:
        own = get(data, key)
        if isinstance(key, int) and (name := word(own, "name")):
            listed = content if isinstance(content, list) else []
            key = next((n for n, each in enumerate(listed) if word(mapping(each), "name") == name), -1)  # noqa: PLW2901
            if key < 0:
                return None
        way.append(key)
        content, data = get(content, key), own
    return tuple(way)
