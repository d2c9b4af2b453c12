"""Adds an entry to a mapping or an item to a list, in the manner of those beside it."""

from collections.abc import Mapping
import re

import yaml

from .documents import Path, Source
from .scalars import Unspliceable, written
from .splice import Style, end_of, is_flow, items_of, line_after, lines_of, with_lines

_DASH = re.compile(r"- +(?=[^\s#])")


def nested(keys: Path, value: object) -> object:
    """The value below keys that do not exist yet."""
    for key in reversed(keys):
        if isinstance(key, int) and key != 0:
            raise Unspliceable(f"has no item {key}")
        value = [value] if isinstance(key, int) else {key: value}
    return value


def inserted(source: Source, node: yaml.Node, rest: Path, value: object, style: Style, *, first: bool) -> str:
    """The text with `value` at `rest` below a collection that lacks it. Raises Unspliceable."""
    key, *deeper = rest
    below = nested(tuple(deeper), value)
    if isinstance(node, yaml.SequenceNode):
        if key != len(node.value):
            raise Unspliceable(f"has no item {key}")
        return _item(source.text, node, below, style)
    if not isinstance(node, yaml.MappingNode) or not isinstance(key, str):
        raise Unspliceable("is below something that is no mapping")
    if is_flow(node):
        return _in_flow(source.text, node, f"{written(key, flow=True)}: {written(below, flow=True)}")
    if first:
        return _first(source.text, node, key, below, style)
    last_key, last = node.value[-1]
    at = line_after(source.text, end_of(source.text, last, last_key.end_mark.index))
    return with_lines(source.text, at, lines_of({key: below}, _column(node), style), style)


def filled(source: Source, parent: yaml.Node, key: yaml.Node, node: yaml.Node, entry: object, style: Style) -> str:
    """The text with a first entry in a collection that is empty (`{}`, `[]`) or nothing at all."""
    text = source.text
    alias = node.start_mark.index < key.end_mark.index
    if alias or node.start_mark.index < parent.start_mark.index:
        raise Unspliceable("is an alias")
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    if is_flow(parent):
        space = " " if start == end else ""
        return f"{text[:start]}{space}{written(entry, flow=True)}{text[end:]}"
    if text[start:end].startswith("&"):
        raise Unspliceable("has an anchor")
    if node.start_mark.line != key.end_mark.line and start != end:  # alone on its line: the entry takes its place
        column = int(node.start_mark.column)
        return f"{text[:start]}{style.newline.join(lines_of(entry, column, style)).lstrip(' ')}{text[end:]}"
    column = int(key.start_mark.column) + (style.step if isinstance(entry, Mapping) else style.list_indent)
    head = text[:start].rstrip(" ") if start != end else text[:start]
    rest = text[end:]
    shorter = f"{head}{rest}"
    at = line_after(shorter, len(head))
    return with_lines(shorter, at, lines_of(entry, column, style), style)


def _column(node: yaml.MappingNode) -> int:
    return int(node.value[0][0].start_mark.column)


def _first(text: str, node: yaml.MappingNode, key: str, value: object, style: Style) -> str:
    """As the first entry, on the line above the one that was first."""
    start = node.value[0][0].start_mark
    line_start = int(start.index - start.column)
    if text[line_start : start.index].strip(" ") or line_start == 0:
        last_key, last = node.value[-1]
        at = line_after(text, end_of(text, last, last_key.end_mark.index))
    else:
        at = _above(text, line_start)
    return with_lines(text, at, lines_of({key: value}, _column(node), style), style)


def _above(text: str, line_start: int) -> int:
    """The end of the nearest line above that is neither blank nor a comment."""
    at = line_start
    while at > 0:
        end = at - (2 if text[:at].endswith("\r\n") else 1)
        begin = max(text.rfind("\n", 0, end), text.rfind("\r", 0, end)) + 1
        line = text[begin:end].strip()
        if line and not line.startswith("#"):
            return end
        at = begin
    raise Unspliceable("has no line above it")


def _item(text: str, node: yaml.SequenceNode, value: object, style: Style) -> str:
    if is_flow(node):
        return _in_flow(text, node, written(value, flow=True))
    start, end = items_of(text, node)[-1]
    last, column = node.value[-1], start - max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) - 1
    dash = _DASH.match(text, start)
    own = Style(style.step, style.list_indent, len(dash[0]) if dash else style.dash, style.newline)
    if isinstance(value, Mapping) and isinstance(last, yaml.MappingNode) and last.flow_style:
        lines = [f"{' ' * column}-{' ' * (own.dash - 1)}{written(value, flow=True)}"]
    else:
        lines = lines_of([value], column, own)
    return with_lines(text, line_after(text, end), lines, style)


def _in_flow(text: str, node: yaml.CollectionNode, entry: str) -> str:
    if not node.value:
        start = int(node.start_mark.index) + 1
        return f"{text[:start]}{entry}{text[start:]}"
    if isinstance(node, yaml.MappingNode):
        key, below = node.value[-1]
        end = end_of(text, below, key.end_mark.index)
    else:
        _, end = items_of(text, node)[-1]
    return f"{text[:end]}, {entry}{text[end:]}"


def removed(source: Source, node: yaml.Node, key: str | int) -> str:
    """The text without an entry of a collection that has others. Raises Unspliceable."""
    text = source.text
    if isinstance(node, yaml.MappingNode):
        number = next((n for n, (name, _) in enumerate(node.value) if name.value == key), None)
        spans = [(int(name.start_mark.index), end_of(text, below, name.end_mark.index)) for name, below in node.value]
    elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        number = key
        spans = items_of(text, node)
    else:
        number, spans = None, []
    if number is None:
        raise Unspliceable("is not there")
    start, end = spans[number]
    if is_flow(node):
        if number + 1 < len(spans):
            return text[:start] + text[spans[number + 1][0] :]
        return text[: spans[number - 1][1]] + text[end:]
    return _without_lines(text, start, end, next_start=spans[number + 1][0] if number + 1 < len(spans) else None)


def _without_lines(text: str, start: int, end: int, next_start: int | None) -> str:
    line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    line_end = line_after(text, end)
    if text[line_start:start].strip(" "):  # the first entry of a list's item: the next one moves up to the dash
        if next_start is None:
            raise Unspliceable("does not stand on a line of its own")
        return text[:start] + text[next_start:]
    if text[line_end : line_end + 2] == "\r\n":
        line_end += 2
    elif line_end < len(text) and (line_end == 0 or text[line_end - 1] not in "\r\n"):
        line_end += 1
    kept = text[:line_start] + text[line_end:]
    return kept if line_end < len(text) or text.endswith(("\n", "\r")) else kept.rstrip("\r\n")
