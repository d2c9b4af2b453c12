"""A file of YAML documents as plain values, read as Kubernetes reads them.

No custom tags, no dates, no repeated keys; merge keys are followed. Nothing is built before the scan has let the text
through.
"""

from math import isfinite
import re
from typing import Any

import yaml

from .yaml_scan import PREFIX, Unreadable, composed, decoded, scan

_SET = re.compile(r"^kind:[ \t]+ApplicationSet[ \t]*(?:#.*)?$", re.MULTILINE)
"""What ArgoCD fills in itself, so that `{{path}}` is a text like any other; elsewhere it is Helm's, and unknown."""
_NULLS = ("", "~", "null")
_BOOLS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def load(data: bytes) -> tuple[Any, ...]:
    """The documents of a file as dicts with text keys, lists and scalars; raises Unreadable."""
    text = decoded(data)
    scan(text, templates=_SET.search(text) is not None)
    return tuple(_values(root) for root in composed(text))


def _values(node: yaml.Node) -> Any:
    """The plain value of a scanned node: its depth is known to be harmless."""
    if isinstance(node, yaml.SequenceNode):
        return [_values(each) for each in node.value]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node)
    return _scalar(node)


def _mapping(node: yaml.MappingNode) -> dict[str, Any]:
    own: dict[str, Any] = {}
    merged: dict[str, Any] = {}
    for key, below in node.value:
        if key.tag == f"{PREFIX}merge":
            for base in below.value if isinstance(below, yaml.SequenceNode) else [below]:
                if not isinstance(base, yaml.MappingNode):
                    raise Unreadable(f"merges what is no mapping (line {key.start_mark.line + 1})")
                merged = _mapping(base) | merged
        elif key.value in own:
            raise Unreadable(f"repeats the key {key.value[:60]!r} (line {key.start_mark.line + 1})")
        else:
            own[key.value] = _values(below)
    return merged | own


def _scalar(node: yaml.Node) -> str | float | bool | None:
    """A scalar as Kubernetes reads it: dates and sexagesimal numbers are text, and so is what its tag does not fit."""
    text: str = node.value
    match node.tag.removeprefix(PREFIX):
        case "null" if text.lower() in _NULLS:
            return None
        case "bool":
            return _BOOLS.get(text.lower(), text)
        case "int":
            return _integer(text)
        case "float":
            return _float(text)
        case _:
            return text


def _integer(text: str) -> int | str:
    digits = text.replace("_", "").lower()
    bare = digits.lstrip("+-")
    octal = len(bare) > 1 and bare[0] == "0" and bare[1] not in "bx"
    try:
        return int(digits, 8 if octal else 0)
    except ValueError:
        return text


def _float(text: str) -> float | str:
    try:
        number = float(text.replace("_", ""))
    except ValueError:
        return text
    return number if isfinite(number) else text
