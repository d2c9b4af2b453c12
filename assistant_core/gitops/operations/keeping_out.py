"""Take objects out of one environment, where others go on building them from the same base."""

from collections.abc import Iterable
import posixpath

from ...errors import EditRefused
from ..index import Index
from ..layouts.deleted import MARK
from ..layouts.files import entries, normal
from ..model import Deployed, Overlay, Workload
from ..text import Remove, Set
from ..text.splice import Style, lines_of
from .writing import Changes, own_metadata

_MAKERS = ("components", "generators", "helmCharts", "helmChartInflationGenerator")
"""What a kustomization may build besides its resources and ConfigMaps."""


def copies(index: Index, found: Deployed) -> list[Deployed]:
    """What others make of the same object of the same file."""
    return [
        each
        for each in index.deployment.objects
        if each is not found and (each.path, each.document, each.keys) == (found.path, found.document, found.keys)
    ]


def kept_out(index: Index, workload: Workload, found: Iterable[Deployed]) -> tuple[Changes, list[str]]:
    """The changes of overlays that build the objects no more, and the overlays in which nothing is left.

    An entry that brings nothing else goes; what comes along with others is deleted by a patch. Raises EditRefused.
    """
    overlays: dict[str, tuple[Overlay, list[Deployed]]] = {}
    for each in found:
        overlay = _own(index, each)
        if overlay is None:
            raise _refused(index, workload, each)
        overlays.setdefault(overlay.path, (overlay, []))[1].append(each)
    changes: Changes = []
    emptied: list[str] = []
    for overlay, mine in overlays.values():
        entries_gone = _entries(index, overlay, mine)
        listed = entries(overlay.data, "resources")
        if len(entries_gone) == len(listed) + len(entries(overlay.data, "bases")):
            emptied.append(overlay.path)
            continue
        brought = set[str]().union(*entries_gone.values())
        start = len(entries(overlay.data, "patches"))
        rest = [each for each in mine if each.path not in brought]
        changes += [
            (overlay.path, Set(overlay.spot.below("patches", number), _deletion(each)))
            for number, each in enumerate(rest, start)
        ]
        changes += [(overlay.path, Remove(overlay.spot.below("resources", number))) for number in entries_gone]
    return changes, emptied


def _own(index: Index, found: Deployed) -> Overlay | None:
    """The innermost kustomization that builds the object for this environment alone."""
    others = copies(index, found)
    for overlay in found.overlays:
        if overlay.style == "kustomize" and not any(each.goes_through(overlay) for each in others):
            return overlay
    return None


def _refused(index: Index, workload: Workload, found: Deployed) -> EditRefused:
    other = copies(index, found)[0]
    label = f"{other.namespace}/{other.name}" if other.namespace else other.name
    return EditRefused(
        f"{label} is deployed from {found.path} too, and no kustomization is for {workload.label} alone. Give it an "
        "overlay of its own, or take it out there by hand.",
        path=found.path,
        reason="deployed_twice",
    )


def _entries(index: Index, overlay: Overlay, mine: list[Deployed]) -> dict[int, set[str]]:
    """The resources of an overlay that bring nothing but these objects, with the files they come from."""
    doomed = {(each.path, each.document) for each in mine if not each.keys}
    directory = posixpath.dirname(overlay.path)
    found: dict[int, set[str]] = {}
    for number, name in enumerate(entries(overlay.data, "resources")):
        if paths := _brings_only(index, directory, name, doomed):
            found[number] = paths
    return found


def _brings_only(index: Index, directory: str, name: object, doomed: set[tuple[str, int]]) -> set[str]:
    """The files of a resource in which everything is doomed; empty when something else comes from it."""
    if not isinstance(name, str):
        return set()
    path = normal(posixpath.join(directory, name))
    if path in index.files:
        numbers = [number for number, each in enumerate(index.files.documents(path)) if each]
        return {path} if all((path, number) in doomed for number in numbers) else set()
    listing = index.files.kustomization(path)
    data = index.files.mapping(listing) if listing else {}
    below = [_brings_only(index, path, each, doomed) for key in ("resources", "bases") for each in entries(data, key)]
    return set().union(*below) if all(below) and not any(entries(data, key) for key in _MAKERS) else set()


def _deletion(found: Deployed) -> dict[str, str]:
    """The entry of `patches` that deletes an object."""
    metadata = own_metadata(found, found.own_name)
    whole = {**MARK, "apiVersion": found.api, "kind": found.kind, "metadata": metadata}
    return {"patch": "\n".join(lines_of(whole, 0, Style())) + "\n"}
