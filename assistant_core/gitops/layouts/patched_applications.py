"""Applications that kustomizations patch: what they say in the end, and where each value stands that a patch sets."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..model import Deployed, Owner
from ..text import Path
from .files import Files, entries, get, leaves, word
from .kustomize import patches
from .selecting import selects

_DECISIVE = {"targetRevision", "helm", "chart"}


def as_patched(files: Files, owner: Owner, found: Deployed) -> Owner:
    """The Application as the patches of its overlays leave it; what a patch for several of them sets is shared."""
    data, places, shared = owner.data, dict(owner.filled), owner.generated
    for overlay in found.overlays:
        for path, spot, content, target in patches(files, overlay):
            if not selects(target, content, found):
                continue
            for keys, value, at in _set_by(content, data):
                data = _with(data, keys, value)
                mine = {(*keys, *below): (path, spot.below(*at, *below)) for below, _ in leaves(value)}
                several = bool(target) and word(target, "name") != found.own_name
                places |= {} if several else mine
                shared = shared or (several and any(not _DECISIVE.isdisjoint(map(str, each)) for each in mine))
    return replace(owner, data=data, filled=places, generated=shared)


def _set_by(content: Any, data: Any) -> Iterator[tuple[Path, Any, Path]]:
    """What a patch sets: the keys, the value, and the keys of that in the patch."""
    if isinstance(content, Mapping):
        yield from ((keys, value, keys) for keys, value in _whole(content, data))
    for number, each in enumerate(content if isinstance(content, list) else []):
        if word(each, "op") in ("add", "replace"):
            keys = _pointed(word(each, "path"), data)
            yield keys, get(each, "value"), (number, "value")


def _whole(content: Mapping[str, Any], data: Any, above: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The values of a merge patch: mappings are merged, lists are replaced."""
    for key, value in content.items():
        if isinstance(value, Mapping) and isinstance(get(data, key), Mapping):
            yield from _whole(value, get(data, key), (*above, key))
        else:
            yield (*above, key), value


def _pointed(path: str, data: Any) -> Path:
    """The keys of a JSON pointer, those of lists as numbers."""
    keys: list[str | int] = []
    for part in path.split("/")[1:]:
        key: str | int = part.replace("~1", "/").replace("~0", "~")
        if isinstance(data, list):
            key = int(part) if part.isdecimal() else len(data)
        keys.append(key)
        data = get(data, key)
    return tuple(keys)


def _with(data: Any, keys: Path, value: Any) -> Any:
    """The data with another value at the keys."""
    if not keys:
        return value
    first, *rest = keys
    if isinstance(first, int):
        listed = entries({"": data}, "")
        below = _with(get(listed, first), tuple(rest), value)
        return [*listed[:first], below, *listed[first + 1 :]]
    own = data if isinstance(data, Mapping) else {}
    return {**own, first: _with(own.get(first), tuple(rest), value)}
