"""A document as Kubernetes takes it: aliases and merge keys followed, every scalar with its type."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from ...yaml_scan import Unreadable
from .documents import Path

_MERGE = "tag:yaml.org,2002:merge"
_PREFIX = "tag:yaml.org,2002:"

type Leaf = tuple[str, str]
"""The type of a scalar (`str`, `int`, `bool`, `null` ...) and its text."""

NULL: Leaf = ("null", "")


def structure(node: yaml.Node) -> Any:
    """Dicts, lists and leaves; raises Unreadable on a repeated key. The depth of a scanned document is harmless."""
    if isinstance(node, yaml.SequenceNode):
        return [structure(each) for each in node.value]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node)
    kind = node.tag.removeprefix(_PREFIX)
    return NULL if kind == "null" else (kind, node.value)


def _mapping(node: yaml.MappingNode) -> dict[str, Any]:
    own: dict[str, Any] = {}
    merged: dict[str, Any] = {}
    for key, below in node.value:
        if key.tag == _MERGE:
            for base in below.value if isinstance(below, yaml.SequenceNode) else [below]:
                if not isinstance(base, yaml.MappingNode):
                    raise Unreadable(f"merges what is no mapping (line {key.start_mark.line + 1})")
                merged = _mapping(base) | merged
        elif key.value in own:
            raise Unreadable(f"repeats the key {key.value[:60]!r} (line {key.start_mark.line + 1})")
        else:
            own[key.value] = structure(below)
    return merged | own


def leaf_of(value: object) -> Any:
    """What a new value must be read back as."""
    if value is None:
        return NULL
    if isinstance(value, Mapping):
        return {str(key): leaf_of(below) for key, below in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [leaf_of(below) for below in value]
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return (type(value).__name__, text)


def with_value(tree: Any, keys: Path, value: Any) -> Any:
    """The structure after a value is set; what is missing on the way is made."""
    if not keys:
        return value
    key, *rest = keys
    if isinstance(key, int):
        items = list(tree) if isinstance(tree, list) else []
        if key < len(items):
            items[key] = with_value(items[key], tuple(rest), value)
        else:
            items.append(with_value(None, tuple(rest), value))
        return items
    entries = dict(tree) if isinstance(tree, dict) else {}
    entries[key] = with_value(entries.get(key), tuple(rest), value)
    return entries


def without(tree: Any, keys: Path) -> Any:
    """The structure after a key or an item is taken out."""
    key, *rest = keys
    if isinstance(tree, list) and isinstance(key, int):
        return [
            without(each, tuple(rest)) if index == key else each
            for index, each in enumerate(tree)
            if index != key or rest
        ]
    if isinstance(tree, dict) and key in tree:
        if rest:
            return tree | {key: without(tree[key], tuple(rest))}
        return {name: below for name, below in tree.items() if name != key}
    return tree


def differences(one: Any, other: Any, at: Path = ()) -> list[Path]:
    """The paths at which two structures differ."""
    if one == other:
        return []
    if isinstance(one, dict) and isinstance(other, dict):
        missing = object()
        names = sorted(one.keys() | other.keys())
        return [
            path
            for name in names
            for path in differences(one.get(name, missing), other.get(name, missing), (*at, name))
        ]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [path for index, (a, b) in pairs for path in differences(a, b, (*at, index))]
    return [at]
