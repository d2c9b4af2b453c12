"""What goes on naming a host that changes, such as the variable with the address of the app: told, never changed."""

from collections.abc import Container, Iterator
import re
from typing import Any

from ...models.notes import Note
from ...models.reasons import Reason
from ..index import Index
from ..layouts.files import get, leaves, word
from ..model import Deployed, Layer
from ..text import Path, Spot

_DELIVERED = frozenset({"Application", "ApplicationSet", "HelmRelease", "Kustomization"})
"""Objects whose values are read as those of their charts."""
_MOST = 8

type Place = tuple[str, Spot]


def old_host_notes(index: Index, old: str, changed: Container[Place]) -> Iterator[Reason]:
    """A note for each file that names the old host in other places than those that change."""
    pattern = re.compile(rf"(?<![\w.-]){re.escape(old)}(?![\w-]|\.\w)", re.IGNORECASE)
    found: dict[str, dict[str, None]] = {}
    for place, keys, data, value in _texts(index):
        if place not in changed and pattern.search(value):
            found.setdefault(place[0], {})[_name(keys, data, value)] = None
    for path, names in found.items():
        yield Note.HOST_STAYS.told(host=old, names=", ".join(list(names)[:_MOST]), path=path)


def _texts(index: Index) -> Iterator[tuple[Place, Path, Any, str]]:
    """Every text of what is deployed, where it stands, and what it stands in."""
    places: list[Deployed | Layer] = [each for each in index.deployment.objects if each.kind not in _DELIVERED]
    places += [layer for release in index.deployment.releases for layer in release.layers]
    for each in places:
        spot = each.spot if isinstance(each, Layer) else Spot(each.document, each.keys)
        for keys, value in leaves(each.data):
            if isinstance(value, str):
                yield (each.path, spot.below(*keys)), keys, each.data, value


def _name(keys: Path, data: Any, value: str) -> str:
    """What a person calls the place: the variable, or the path of keys."""
    if keys[-1] == "value" and (name := word(get(data, *keys[:-1]), "name")):
        return name
    if keys[:-1] == ("data",):
        return str(keys[-1])
    if keys[0] == "literals":
        return value.partition("=")[0]
    return ".".join(map(str, keys))
