"""Writes one number into a YAML text where its node stands, and leaves every other character as it is."""

import re

import yaml

from .documents import is_null

_NUMBER = re.compile(r"(?P<quote>[\"']?)(?P<number>0|[1-9][0-9]*)(?P=quote)")
_LINE_END = re.compile(r"\r\n|\n|\r")


class Unspliceable(Exception):
    """The text gives no safe place; the message completes "its replicas ..."."""


def written_number(text: str, node: yaml.Node) -> int | None:
    """The plain whole number a node is written as, quoted or not; None for null. Raises Unspliceable."""
    if is_null(node):
        return None
    written = text[node.start_mark.index : node.end_mark.index]
    match = _NUMBER.fullmatch(written)
    if match is None:
        raise Unspliceable(f"are written as {written[:60]!r}, which is not a plain number")
    return int(match["number"])


def replace(text: str, node: yaml.Node, number: int) -> str:
    """Put `number` in the place of a number (its quotes stay) or of nothing."""
    start, end = node.start_mark.index, node.end_mark.index
    match = _NUMBER.fullmatch(text[start:end])
    quote = match["quote"] if match else ""
    space = " " if start == end else ""
    return f"{text[:start]}{space}{quote}{number}{quote}{text[end:]}"


def insert_first(text: str, parent: yaml.Node, mapping: yaml.Node, key: str, number: int) -> str:
    """Add `key: number` as the first entry of a block mapping, on the line below its own key `parent`.

    Raises Unspliceable.
    """
    if not isinstance(mapping, yaml.MappingNode) or not mapping.value or mapping.flow_style:
        raise Unspliceable("are not set, and there is no block of keys to add them to")
    if any(name.value == "<<" for name, _ in mapping.value):
        raise Unspliceable("may come from a merge key (<<)")
    first = mapping.value[0][0].start_mark
    line_end = _LINE_END.search(text, parent.end_mark.index)
    if line_end is None or line_end.end() > first.index - first.column:
        raise Unspliceable("are not set, and the keys beside them do not stand on lines of their own")
    indent = text[first.index - first.column : first.index]
    if indent.strip(" "):
        raise Unspliceable("are not set, and the keys beside them do not stand on lines of their own")
    at = line_end.end()
    return f"{text[:at]}{indent}{key}: {number}{line_end.group()}{text[at:]}"
