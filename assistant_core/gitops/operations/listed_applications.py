"""Applications that a chart makes of entries in its values, and another entry like one of them."""

from typing import Any

from ..index import Index
from ..layouts.files import get, leaves
from ..model import Owner
from ..text import Path, Set, Spot
from .placement_model import Placement

_OF_ITS_OWN = ("helm", "values", "valuesObject", "valueFiles", "chart", "plugin", "kustomize", "directory")


def is_listed(owner: Owner) -> bool:
    """Whether it stands in the values of a chart, not in a manifest."""
    return bool(owner.keys) and owner.keys[0] != "items" and owner.keys[-1] != "template"


def is_plain(index: Index, owner: Owner) -> bool:
    """Whether the entry says nothing that only its own app needs."""
    return not any(key in _OF_ITS_OWN for keys, _ in leaves(_entry(index, owner)) for key in keys)


def another(index: Index, owner: Owner, name: str, place: Placement) -> Set:
    """The change that lists a new Application beside that one, written alike."""
    *above, last = owner.keys
    listed = get(index.files.documents(owner.path)[owner.document], *above)
    number = name if isinstance(last, str) else len(listed)
    return Set(Spot(owner.document, (*above, number)), _alike(_entry(index, owner), owner, name, place))


def _entry(index: Index, owner: Owner) -> Any:
    return get(index.files.documents(owner.path)[owner.document], *owner.keys)


def _alike(value: Any, owner: Owner, name: str, place: Placement, at: Path = ()) -> Any:
    if isinstance(value, dict):
        return {key: _alike(below, owner, name, place, (*at, key)) for key, below in value.items()}
    if isinstance(value, list):
        return [_alike(below, owner, name, place, at) for below in value]
    if at[-1:] == ("path",):
        return place.directory
    if at[-1:] == ("namespace",) and value == owner.target_namespace:
        return place.namespace
    return name if value == owner.name else value
