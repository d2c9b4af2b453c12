"""The documents of a YAML file as plain values, read in one pass that no text can harm.

PyYAML's C composer recurses until the process dies on deep nesting, and aliases expand without bound. This reader takes
the flat stream of parser events, builds dicts and lists from it, and stops at the first event that goes too far. An
alias is the very object its anchor names, so nothing is expanded; merge keys are followed.
"""

from dataclasses import dataclass
import re
from typing import Any

import yaml

from ...yaml_scan import LOADER, MAX_EVENTS, PREFIX, Scan, Unreadable, decoded, invalid, line_of

type Values = Any
"""dict with text keys, list, str, int, float, bool or None."""

_PLAIN = re.compile(
    r"(?P<null>~|null|Null|NULL|)"
    r"|(?P<bool>[yY]es|YES|[nN]o|NO|[tT]rue|TRUE|[fF]alse|FALSE|[oO]n|ON|[oO]ff|OFF)"
    r"|(?P<int>[-+]?(?:0b[0-1_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+))"
    r"|(?P<float>[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)"
)
"""How YAML 1.1, which Kubernetes and Helm read, takes a bare word; dates and sexagesimal numbers stay text."""

_TRUE = frozenset(("yes", "true", "on"))


@dataclass(slots=True)
class _Frame:
    """A collection that is being read."""

    target: Any
    is_mapping: bool
    key: str | None = None
    merged: dict[str, Any] | None = None


def values(data: bytes) -> tuple[Values, ...]:
    """The documents of a file; raises Unreadable."""
    text = decoded(data)
    documents: list[Any] = []
    builder = _Builder(documents)
    scan = Scan(text, templates=True)
    try:
        for count, event in enumerate(yaml.parse(text, Loader=LOADER)):
            if count >= MAX_EVENTS:
                raise Unreadable(f"has more than {MAX_EVENTS} parts")
            scan.see(event)
            builder.see(event)
    except yaml.YAMLError as error:
        raise invalid(text, error) from error
    if any(isinstance(each, dict) and "sops" in each for each in documents):
        raise Unreadable("is encrypted with SOPS")
    return tuple(documents)


class _Builder:
    """Makes values from events that the scan let through."""

    def __init__(self, documents: list[Any]) -> None:
        self._documents = documents
        self._open: list[_Frame] = []
        self._anchors: dict[str, Any] = {}

    def see(self, event: yaml.Event) -> None:
        match event:
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.MappingStartEvent():
                self._start(event, {}, is_mapping=True)
            case yaml.SequenceStartEvent():
                self._start(event, [], is_mapping=False)
            case yaml.CollectionEndEvent():
                frame = self._open.pop()
                if frame.merged:
                    for key, value in frame.merged.items():
                        frame.target.setdefault(key, value)
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.DocumentStartEvent():
                self._anchors.clear()

    def _start(self, event: yaml.CollectionStartEvent, target: Any, *, is_mapping: bool) -> None:
        self._add(target)
        if event.anchor is not None:
            self._anchors[event.anchor] = target
        self._open.append(_Frame(target, is_mapping))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        frame = self._open[-1] if self._open else None
        value = event.value if event.style or event.tag == f"{PREFIX}str" else plain(event.value)
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        if frame is not None and frame.is_mapping and frame.key is None:
            frame.key = self._new_key(frame, event.value, event)
        else:
            self._add(value)

    def _alias(self, event: yaml.AliasEvent) -> None:
        frame = self._open[-1] if self._open else None
        value = self._anchors[event.anchor or ""]
        if frame is None or not frame.is_mapping or frame.key is not None:
            self._add(value)
        elif isinstance(value, str):
            frame.key = self._new_key(frame, value, event)
        else:
            raise Unreadable(f"has a key that is not a plain word (line {line_of(event)})")

    def _new_key(self, frame: _Frame, key: str, event: yaml.Event) -> str:
        if key in frame.target and key != "<<":
            raise Unreadable(f"repeats the key {key[:60]!r} (line {line_of(event)})")
        return key

    def _add(self, value: Any) -> None:
        if not self._open:
            self._documents.append(value)
            return
        frame = self._open[-1]
        if not frame.is_mapping:
            frame.target.append(value)
        elif frame.key == "<<":
            for base in value if isinstance(value, list) else [value]:
                frame.merged = (base if isinstance(base, dict) else {}) | (frame.merged or {})
            frame.key = None
        else:
            frame.target[frame.key or ""] = value
            frame.key = None


def plain(text: str) -> str | float | bool | None:
    """A bare word as its value."""
    match = _PLAIN.fullmatch(text)
    if match is None:
        return text
    match match.lastgroup:
        case "null":
            return None
        case "bool":
            return text.lower() in _TRUE
        case "int":
            return _integer(text)
        case _:
            return float(text.replace("_", ""))


def spoken(text: str) -> str | float | bool | None:
    """A word as its value, where that says all of it: 3.10 may be a version, and 0755 no number."""
    value = plain(text)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return text if is_number and str(value) != text else value


def _integer(text: str) -> int | str:
    digits = text.replace("_", "").lower()
    bare = digits.lstrip("+-")
    octal = len(bare) > 1 and bare[0] == "0" and bare[1] not in "bx"
    try:
        return int(digits, 8 if octal else 0)
    except ValueError:
        return text
