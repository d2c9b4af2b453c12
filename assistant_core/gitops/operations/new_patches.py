"""A new patch of a kustomization for one environment's release, whose manifest others are made of too."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from ...errors import EditRefused
from ...models.change import Target
from ..index import Index
from ..model import Deployed, Release
from ..text import Set, Spot
from ..text.splice import Style, lines_of
from .writing import Changes, own_metadata


def as_patches(index: Index, changes: Changes, target: Target) -> Changes:
    """The changes, where those of values in a patch that does not exist yet become that patch. Raises EditRefused."""
    releases = [
        each.release for each in index.workloads if (each.namespace, each.name) == (target.namespace, target.name)
    ]
    found: Changes = []
    new: dict[tuple[str, Spot], tuple[Deployed, dict[str, Any]]] = {}
    for path, change in changes:
        place = path, replace(change.spot, inside=None)
        source = next(_sources(releases, *place), None) if change.spot.inside else None
        if source is None or not isinstance(change, Set):
            found.append((path, change))
            continue
        _, content = new.setdefault(place, (source, {}))
        _fill(content, change, path)
    return [*found, *((path, _patch(spot, *each)) for (path, spot), each in new.items())]


def _sources(releases: Iterable[Release | None], path: str, spot: Spot) -> Iterator[Deployed]:
    """The release, of those that are meant, whose values a patch at that place could set."""
    for release in filter(None, releases):
        for layer in release.layers:
            if layer.path == path and not layer.exists and replace(layer.spot, inside=None) == spot and release.source:
                yield release.source


def _fill(content: dict[str, Any], change: Set, path: str) -> None:
    *way, last = change.spot.inside or ()
    if any(isinstance(key, int) for key in (*way, last)):
        raise EditRefused(
            f"The value is an item of a list, and a patch in {path} would replace the whole list. Copy the list into a "
            "patch there first.",
            path=path,
            reason="list_in_patch",
        )
    for key in way:
        content = content.setdefault(str(key), {})
    content[str(last)] = change.value


def _patch(spot: Spot, source: Deployed, content: dict[str, Any]) -> Set:
    known_as = {"kind": source.kind, "metadata": own_metadata(source, source.own_name)}
    text = "\n".join(lines_of({"apiVersion": source.api, **known_as, **content}, 0, Style())) + "\n"
    return Set(Spot(spot.document, spot.keys[:-1]), {spot.keys[-1]: text})
