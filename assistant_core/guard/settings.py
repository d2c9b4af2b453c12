"""Every setting that a document holds, also those inside texts: Helm values, parameters and patches."""

from collections.abc import Iterator
from typing import Any, TypeGuard

from ..manifest import load
from ..yaml_scan import Unreadable
from .objects import KubernetesObject
from .shape import Place, leaves, mappings, text

_TEXTS = ("values", "valuesContent", "patch")
_FILES = ("values.yaml", "values.yml")
"""Fields whose text is YAML: Helm values of ArgoCD and k3s, patches of a kustomization, files in a ConfigMap."""
_NESTED_TEXTS = 2


def settings(found: KubernetesObject) -> Iterator[tuple[Place, Any]]:
    """The places and scalars of an object, nested documents included."""
    return _within(found.content, _NESTED_TEXTS)


def unreadable(found: KubernetesObject) -> Iterator[tuple[Place, str, str]]:
    """The places and texts of nested documents that could not be read, with reasons that complete "this text ..."."""
    for place, leaf in leaves(found.content):
        if _is_document(leaf, place):
            try:
                load(_encoded(leaf))
            except Unreadable as error:
                yield place, leaf, str(error)


def _within(root: object, texts: int) -> Iterator[tuple[Place, Any]]:
    for place, leaf in leaves(root):
        yield place, leaf
        if texts and _is_document(leaf, place):
            for document in _documents(leaf):
                yield from (((*place, *below), each) for below, each in _within(document, texts - 1))
        elif place[-3:-2] == ("parameters",) and place[-1] == "value":
            yield (*place[:-2], *place[-2].strip("[]").split(".")), leaf
    for place, operation in mappings(root):
        if operation.keys() >= {"op", "path", "value"}:
            # A JSON patch names the place in its path and not by nesting.
            path = text(operation, "path").strip("/").split("/")
            yield from (((*place, *path, *below), each) for below, each in leaves(operation["value"]))


def _is_document(leaf: object, place: Place) -> TypeGuard[str]:
    return isinstance(leaf, str) and bool(place) and (place[-1] in _TEXTS or place[-1].endswith(_FILES))


def _documents(written: str) -> tuple[Any, ...]:
    try:
        return load(_encoded(written))
    except Unreadable:
        return ()


def _encoded(written: str) -> bytes:
    return written.encode("utf-8", "replace")
