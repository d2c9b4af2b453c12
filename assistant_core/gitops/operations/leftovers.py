"""What overlays say of objects that go: a patch or a number of replicas for nobody breaks the build."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
import posixpath
from typing import Any

from ..index import Index
from ..layouts.files import entries, word
from ..layouts.kustomize import patch_files, patches
from ..layouts.selecting import selects
from ..layouts.workload_kinds import SCALED
from ..model import Deployed, Overlay
from ..text import Remove, Spot
from .writing import Changes

_LISTS = ("patches", "patchesJson6902", "patchesStrategicMerge", "replicas")


def leftovers(index: Index, gone: list[Deployed], files: list[str]) -> tuple[Changes, list[str]]:
    """The entries of kustomizations, and the files of patches, that are for none but the objects that go.

    `files` go as a whole.
    """
    overlays = {(each.path, each.spot): each for found in gone for each in found.overlays if each.path not in files}
    changes: Changes = []
    unused: list[str] = []
    for overlay in overlays.values():
        through = [each for each in index.deployment.objects if each.goes_through(overlay)]
        left = [each for each in through if each not in gone]
        mine = [each for each in through if each in gone]
        for key, number in _entries(overlay):
            entry = entries(overlay.data, key)[number]
            if _is_for(index, overlay, key, entry, mine) and not _is_for(index, overlay, key, entry, left):
                changes.append((overlay.path, Remove(overlay.spot.below(key, number))))
                unused += patch_files(posixpath.dirname(overlay.path), {key: [entry]})
    return changes, [
        each for each in unused if index.deployment.readers.get(each) and not _is_elsewhere(index, each, overlays)
    ]


def _is_elsewhere(index: Index, path: str, overlays: Mapping[tuple[str, Spot], Overlay]) -> bool:
    """Whether another kustomization takes the same patch."""
    here = {each.path for each in overlays.values()}
    others = {each.path: each for found in index.deployment.objects for each in found.overlays if each.path not in here}
    return any(path in patch_files(posixpath.dirname(each.path), each.data) for each in others.values())


def _entries(overlay: Overlay) -> Iterator[tuple[str, int]]:
    """From the last one, so that the others keep their numbers."""
    yield from ((key, number) for key in _LISTS for number in reversed(range(len(entries(overlay.data, key)))))


def _is_for(index: Index, overlay: Overlay, key: str, entry: Any, found: list[Deployed]) -> bool:
    if key == "replicas":
        named = word(entry, "name") if isinstance(entry, Mapping) else ""
        return any(each.kind in SCALED and named in (each.own_name, each.name) for each in found)
    alone = replace(overlay, data={key: [entry]})
    return any(
        selects(target, content, each) for _, _, content, target in patches(index.files, alone) for each in found
    )
