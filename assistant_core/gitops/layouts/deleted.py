"""Objects that a kustomization builds and then takes out again, by a patch that says `$patch: delete`."""

from collections.abc import Iterable
from typing import Any

from ..model import Deployed
from ..text import Spot
from .files import Files, word
from .kustomize import patches
from .selecting import selects

MARK = {"$patch": "delete"}


def surviving(files: Files, found: Iterable[Deployed]) -> list[Deployed]:
    """The objects that no overlay deletes."""
    known: dict[tuple[str, Spot], list[tuple[Any, Any]]] = {}
    left: list[Deployed] = []
    for each in found:
        for overlay in each.overlays:
            if (place := (overlay.path, overlay.spot)) not in known:
                listed = patches(files, overlay)
                known[place] = [(target, patch) for _, _, patch, target in listed if word(patch, "$patch") == "delete"]
            if any(selects(target, patch, each) for target, patch in known[place]):
                break
        else:
            left.append(each)
    return left
