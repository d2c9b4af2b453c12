"""Where in a YAML text a node begins and ends, and how entries are added beside it or taken out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import re

import yaml

from .documents import NULL_TAG
from .scalars import Unspliceable, written

_LINE_END = re.compile(r"\r\n|\n|\r|\Z")
_REST = re.compile(r"[ \t]*(#[^\r\n]*)?")
_ALIAS = re.compile(r"[ \t]*:?\s*\*[^\s,\[\]{}]+")
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+(?:#[^\r\n]*\s+)*)*")
_BETWEEN = re.compile(r"(?:\s|#[^\r\n]*|,)*")
_BLOCK = "|>"
_SINGLE_LINE = 2
"""Parts that a line and its end are split into."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a file is written: columns per level, columns of a list below its key, columns from dash to item."""

    step: int = 2
    list_indent: int = 2
    dash: int = 2
    newline: str = "\n"


def style_of(text: str, roots: Sequence[yaml.Node]) -> Style:
    """What most places of the file do."""
    steps: list[int] = []
    lists: list[int] = []
    dashes: list[int] = []
    todo: list[yaml.Node] = list(roots)
    seen: set[int] = set()
    while todo:
        node = todo.pop()
        if id(node) in seen or not isinstance(node, yaml.CollectionNode) or node.flow_style:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            todo += node.value
            if node.value:
                dashes.append(node.value[0].start_mark.column - node.start_mark.column)
            continue
        for key, below in node.value:
            todo.append(below)
            if (
                isinstance(below, yaml.CollectionNode)
                and not below.flow_style
                and below.start_mark.line > key.start_mark.line
            ):
                found = steps if isinstance(below, yaml.MappingNode) else lists
                found.append(below.start_mark.column - key.start_mark.column)
    step = _most([each for each in steps if each > 0], 2)
    return Style(
        step=step,
        list_indent=_most([each for each in lists if each >= 0], step),
        dash=_most([each for each in dashes if each > 1], 2),
        newline="\r\n" if 2 * text.count("\r\n") > text.count("\n") else "\n",
    )


def _most(found: list[int], default: int) -> int:
    return max(sorted(set(found)), key=found.count) if found else default


def lines_of(value: object, column: int, style: Style) -> list[str]:
    """A mapping or a list in block style, its lines indented by `column`; a scalar is one line."""
    pad = " " * column
    if isinstance(value, Mapping) and value:
        lines: list[str] = []
        for key, below in value.items():
            name = f"{pad}{written(str(key))}:"
            if isinstance(below, Mapping) and below:
                lines += [name, *lines_of(below, column + style.step, style)]
            elif isinstance(below, Sequence) and not isinstance(below, str) and below:
                lines += [name, *lines_of(below, column + style.list_indent, style)]
            elif isinstance(below, str) and is_block(below):
                inner = " " * (column + style.step)
                lines += [f"{name} |", *(f"{inner}{line}" if line else "" for line in below.split("\n")[:-1])]
            else:
                lines.append(f"{name} {written(below)}")
        return lines
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        lines = []
        for item in value:
            first, *rest = lines_of(item, column + style.dash, style)
            lines += [f"{pad}-{' ' * (style.dash - 1)}{first.lstrip(' ')}", *rest]
        return lines
    return [f"{pad}{written(value)}"]


def is_block(text: str) -> bool:
    """Whether a text reads best as a block of its own lines."""
    lines = text.split("\n")
    return (
        len(lines) > _SINGLE_LINE
        and not lines[-1]
        and bool(lines[-2])
        and not text.startswith((" ", "\n"))
        and all(line.isprintable() and line == line.rstrip() for line in lines)
    )


def end_of(text: str, node: yaml.Node, after: int) -> int:
    """The index behind the last character of a value that begins after index `after`."""
    if node.start_mark.index < after:  # an alias: the node stands where its anchor is
        match = _ALIAS.match(text, after)
        if match is None:
            raise Unspliceable("stands beside an alias that I cannot place")
        return match.end()
    if isinstance(node, yaml.ScalarNode):
        return _scalar_end(text, node)
    if is_flow(node) or not node.value:
        return int(node.end_mark.index)
    if isinstance(node, yaml.MappingNode):
        key, below = node.value[-1]
        return end_of(text, below, key.end_mark.index)
    return items_of(text, node)[-1][1]


def items_of(text: str, node: yaml.Node) -> list[tuple[int, int]]:
    """Where each item of a list begins, in a block at its dash, and where it ends. Raises Unspliceable."""
    spans = []
    properties = _PROPERTIES.match(text, node.start_mark.index)
    at = (properties.end() if properties else int(node.start_mark.index)) + is_flow(node)
    for each in node.value:
        between = _BETWEEN.match(text, at)
        start = between.end() if between else at
        if not is_flow(node) and not text.startswith("-", start):
            raise Unspliceable("is a list that I cannot place")
        at = end_of(text, each, start if is_flow(node) else start + 1)
        spans.append((start, at))
    return spans


def _scalar_end(text: str, node: yaml.ScalarNode) -> int:
    end = int(node.end_mark.index)
    if node.style is not None and node.style in _BLOCK:
        keep = "+" in text[node.start_mark.index : _line_end(text, node.start_mark.index)].split("#", maxsplit=1)[0]
        return end if keep else node.start_mark.index + len(text[node.start_mark.index : end].rstrip())
    return end


def _line_end(text: str, at: int) -> int:
    match = _LINE_END.search(text, at)
    return match.start() if match else len(text)


def line_after(text: str, at: int) -> int:
    """The index of the line end behind index `at`, where only a comment may stand between. Raises Unspliceable."""
    if at > 0 and text[at - 1] in "\r\n":
        return at
    rest = _REST.match(text, at)
    end = rest.end() if rest else at
    if end < len(text) and text[end] not in "\r\n":
        raise Unspliceable("does not stand on a line of its own")
    return end


def with_lines(text: str, at: int, lines: Sequence[str], style: Style) -> str:
    """Add lines below the line that ends at index `at`."""
    block = style.newline.join(lines)
    if at == 0:
        return f"{block}{style.newline}{text}"
    if text[at - 1] in "\r\n":
        return f"{text[:at]}{block}{style.newline if at < len(text) else ''}{text[at:]}"
    own = next((each for each in ("\r\n", "\n") if text.startswith(each, at)), style.newline)
    return f"{text[:at]}{own}{block}{text[at:]}"


def is_flow(node: yaml.Node) -> bool:
    """Whether a mapping or a list is written in braces or brackets."""
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


def is_empty(node: yaml.Node) -> bool:
    """Nothing, `{}` or `[]`."""
    return node.tag == NULL_TAG or (isinstance(node, yaml.CollectionNode) and not node.value)
