"""Looks a YAML text over before anything builds a tree from it.

A repository is untrusted: PyYAML's C composer recurses until the process dies on deep nesting, and aliases expand
without bound. The scan reads the flat stream of parser events, which does neither, and stops at the first one that goes
too far.
"""

from dataclasses import dataclass
import re
from typing import Any, override

import yaml
from yaml.composer import Composer, ComposerError

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""PyYAML may be built without libyaml: slower, same events and marks."""

BOM = "\ufeff"
MAX_BYTES = 256 * 1024
MAX_DEPTH = 64
MAX_EVENTS = 20_000
MAX_ALIASES = 100
MAX_NODES = 100_000
"""Nodes of all documents once every alias stands for what it names."""

_ODD_BREAK = re.compile("[\u0085\u2028\u2029]")
"""Line breaks in YAML 1.1, ordinary characters in YAML 1.2: two readers may see two texts."""

PREFIX = "tag:yaml.org,2002:"
_TAGS = frozenset(f"{PREFIX}{name}" for name in ("bool", "float", "int", "map", "null", "seq", "str"))


class Unreadable(Exception):
    """A file is not plain YAML that we read; the message completes "this file ..."."""


def decoded(data: bytes) -> str:
    """The text of a file without its byte order mark; raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable(f"is larger than {MAX_BYTES // 1024} KiB")
    try:
        text = data.decode().removeprefix(BOM)
    except UnicodeDecodeError as error:
        raise Unreadable("is not UTF-8 text") from error
    if found := _ODD_BREAK.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise Unreadable(f"has a line break that not every reader takes for one (line {line})")
    return text


@dataclass(slots=True)
class _Collection:
    """A mapping or sequence that is open: how many nodes came before it, how many levels are below it."""

    is_mapping: bool
    anchor: str | None
    started: int
    levels: int = 1
    at_key: bool = True


class Scan:
    """Follows the events of a text; `templates` tells whether bare words may hold {{ }}."""

    def __init__(self, text: str, *, templates: bool) -> None:
        self._text = text
        self._templates = templates
        self._open: list[_Collection] = []
        self._anchored: dict[str, tuple[int, int]] = {}  # nodes and levels
        self._nodes = 0
        self._aliases = 0

    def see(self, event: yaml.Event) -> None:
        """Take the next event in; raises Unreadable."""
        if isinstance(event, yaml.DocumentStartEvent):
            self._anchored.clear()
        elif isinstance(event, yaml.CollectionEndEvent):
            closed = self._open.pop()
            self._has_below(closed.levels)
            if closed.anchor is not None:
                self._anchored[closed.anchor] = self._nodes - closed.started, closed.levels
        elif isinstance(event, yaml.NodeEvent):
            self._node(event)
        if self._nodes > MAX_NODES:
            raise Unreadable(f"expands its aliases to more than {MAX_NODES} values")

    def _node(self, event: yaml.NodeEvent) -> None:
        self._position(event)
        if isinstance(event, yaml.AliasEvent):
            self._alias(event)
            return
        if isinstance(event, yaml.ScalarEvent):
            self._tag(event)
            if not self._templates and not event.style and ("{{" in event.value or "}}" in event.value):
                raise Unreadable(f"is a template (line {line_of(event)})")
            if event.anchor is not None:
                self._anchored[event.anchor] = 1, 0
        elif isinstance(event, yaml.CollectionStartEvent):
            self._tag(event)
            self._open.append(_Collection(isinstance(event, yaml.MappingStartEvent), event.anchor, self._nodes))
            self._deepest(len(self._open), event)
        self._nodes += 1

    def _has_below(self, levels: int) -> None:
        if self._open:
            self._open[-1].levels = max(self._open[-1].levels, levels + 1)

    def _deepest(self, depth: int, event: yaml.NodeEvent) -> None:
        if depth > MAX_DEPTH:
            raise Unreadable(f"is nested deeper than {MAX_DEPTH} levels (line {line_of(event)})")

    def _tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag is not None and event.tag not in _TAGS:
            raise Unreadable(f"uses the tag {event.tag[:60]!r} (line {line_of(event)})")

    def _position(self, event: yaml.NodeEvent) -> None:
        """Keys must be scalars: Kubernetes knows no others, and `{{ .Values.x }}` parses as a mapping that is a key."""
        if not self._open or not self._open[-1].is_mapping:
            return
        parent = self._open[-1]
        if parent.at_key and not isinstance(event, yaml.ScalarEvent) and not self._is_word(event):
            reason = "is a template" if "{{" in self._text else "has a key that is not a plain word"
            raise Unreadable(f"{reason} (line {line_of(event)})")
        parent.at_key = not parent.at_key

    def _is_word(self, event: yaml.NodeEvent) -> bool:
        """Whether it is an alias to a scalar, which may be a key."""
        return isinstance(event, yaml.AliasEvent) and self._anchored.get(event.anchor or "", (0, 1))[1] == 0

    def _alias(self, event: yaml.AliasEvent) -> None:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise Unreadable(f"uses more than {MAX_ALIASES} aliases")
        if event.anchor not in self._anchored:
            raise Unreadable(f"has an alias to what is not there or not yet complete (line {line_of(event)})")
        nodes, levels = self._anchored[event.anchor]
        self._nodes += nodes
        self._deepest(len(self._open) + levels, event)
        self._has_below(levels)


def scan(text: str, *, templates: bool) -> None:
    """Raise Unreadable unless composing `text` (without byte order mark) is harmless; `templates` as for Scan."""
    look = Scan(text, templates=templates)
    try:
        for count, event in enumerate(yaml.parse(text, Loader=LOADER)):
            if count >= MAX_EVENTS:
                raise Unreadable(f"has more than {MAX_EVENTS} parts")
            look.see(event)
    except yaml.YAMLError as error:
        raise invalid(text, error) from error


_WITH_COMPOSER = (LOADER,) if issubclass(LOADER, Composer) else (Composer, LOADER)


class _AnchorsAnew(*_WITH_COMPOSER):  # type: ignore[misc]  # which loader there is shows when it runs
    """Lets an anchor be given again, as YAML 1.2 (7.1) and Kubernetes do: an alias means the last one before it."""

    def __init__(self, text: str) -> None:
        LOADER.__init__(self, text)
        Composer.__init__(self)

    @override
    def compose_node(self, parent: yaml.Node | None, index: Any) -> Any:
        if not self.check_event(yaml.AliasEvent):
            self.anchors.pop(self.peek_event().anchor, None)
        return super().compose_node(parent, index)


def composed(text: str) -> tuple[yaml.Node, ...]:
    """The nodes of the documents of a scanned text; raises Unreadable."""
    try:
        return tuple(yaml.compose_all(text, Loader=LOADER))
    except ComposerError:
        return tuple(yaml.compose_all(text, Loader=_AnchorsAnew))
    except yaml.YAMLError as error:
        raise invalid(text, error) from error


def invalid(text: str, error: yaml.YAMLError) -> Unreadable:
    """What to say of a text that PyYAML does not take."""
    if "{{" in text or "{%" in text:
        return Unreadable("is a template")
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    if mark is None:
        return Unreadable("has characters that YAML does not allow")
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return Unreadable(f"is indented with a tab (line {mark.line + 1})")
    return Unreadable(f"is not valid YAML (line {mark.line + 1})")


def line_of(event: yaml.Event) -> int:
    """The line of an event, from 1."""
    return event.start_mark.line + 1 if event.start_mark else 0
