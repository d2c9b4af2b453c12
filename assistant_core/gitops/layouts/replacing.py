"""What a kustomization's `replacements` copy from its Namespace into other objects."""

from collections.abc import Iterator
import posixpath
from typing import Any

from ..model import Deployed, Overlay
from ..text import Unreadable
from .files import Files, entries, mapping, normal, word
from .selecting import selects


def replaced(files: Files, found: Deployed, field: str) -> str:
    """The name of the namespace that a replacement puts into a field of an object; empty where none does.

    A kustomization with a `namespace` calls every Namespace so that it builds.
    """
    for overlay in reversed(found.overlays):
        for each in _replacements(files, overlay):
            source = mapping(each, "source")
            of_name = word(source, "fieldPath") in ("", "metadata.name")
            if word(source, "kind") == "Namespace" and of_name and _is_for(each, found, field):
                return word(overlay.data, "namespace") or word(source, "name")
    return ""


def _is_for(replacement: Any, found: Deployed, field: str) -> bool:
    return any(
        field in entries(target, "fieldPaths")
        and bool(mapping(target, "select"))
        and selects(mapping(target, "select"), None, found)
        and not any(selects(each, None, found) for each in entries(target, "reject"))
        for target in entries(replacement, "targets")
    )


def _replacements(files: Files, overlay: Overlay) -> Iterator[Any]:
    """The replacements of an overlay, in it and in the files that it names."""
    for each in entries(overlay.data, "replacements"):
        path = normal(posixpath.join(posixpath.dirname(overlay.path), word(each, "path")))
        if not word(each, "path"):
            yield each
        elif path in files:
            try:
                documents = files.documents(path)
            except Unreadable:
                continue
            for document in documents:
                yield from document if isinstance(document, list) else [document]
