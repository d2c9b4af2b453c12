"""A YAML file as its text and the nodes of its documents; the nodes know where in the text they stand."""

from dataclasses import dataclass
from typing import Any

import yaml

from .safety import LOADER, MAX_BYTES, Unreadable, invalid, scan

BOM = "\ufeff"

type Path = tuple[str | int, ...]
type Leaf = tuple[str, str]
"""The tag and the text of a scalar, or the tag of an empty mapping or sequence and nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that can be read; node marks are indices into `text`, which lacks the byte order mark."""

    text: str
    bom: bool
    documents: tuple[yaml.Node, ...]

    def encoded(self, text: str) -> bytes:
        """The bytes of a new text for this file."""
        return ((BOM if self.bom else "") + text).encode()


def read(data: bytes) -> Source:
    """Parse a file of one or several documents; raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable(f"is larger than {MAX_BYTES // 1024} KiB")
    try:
        decoded = data.decode()
    except UnicodeDecodeError as error:
        raise Unreadable("is not UTF-8 text") from error
    text = decoded.removeprefix(BOM)
    scan(text)
    try:
        documents = tuple(yaml.compose_all(text, Loader=LOADER))
    except yaml.YAMLError as error:
        raise invalid(text, error) from error
    if any(child(root, "sops") for root in documents):
        raise Unreadable("is encrypted with SOPS")
    return Source(text=text, bom=decoded != text, documents=documents)


def child(node: yaml.Node | None, key: str) -> tuple[yaml.ScalarNode, yaml.Node] | None:
    """The nodes of a key and its value; None when `node` is no mapping or lacks it."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key:
                return name, value
    return None


def value(node: yaml.Node | None, *path: str) -> yaml.Node | None:
    """The node below a path of keys."""
    for key in path:
        pair = child(node, key)
        if pair is None:
            return None
        node = pair[1]
    return node


def text(node: yaml.Node | None, *path: str) -> str:
    """The text of the scalar below a path of keys, empty when there is none."""
    found = value(node, *path)
    return found.value if isinstance(found, yaml.ScalarNode) and not is_null(found) else ""


def items(node: yaml.Node | None, *path: str) -> list[yaml.Node]:
    """The items of the sequence below a path of keys."""
    found = value(node, *path)
    return list(found.value) if isinstance(found, yaml.SequenceNode) else []


def is_null(node: yaml.Node) -> bool:
    """Whether the value is left empty, `null` or `~`."""
    return node.tag == "tag:yaml.org,2002:null"


def leaves(root: yaml.Node) -> dict[Path, Leaf]:
    """Every value of a document by its path, aliases followed; raises Unreadable on a repeated key."""
    found: dict[Path, Leaf] = {}
    todo: list[tuple[Path, yaml.Node]] = [((), root)]
    while todo:
        path, node = todo.pop()
        children = _children(node)
        if children:
            todo += [((*path, key), below) for key, below in children]
        else:
            found[path] = (node.tag, node.value if isinstance(node, yaml.ScalarNode) else "")
    return found


def _children(node: yaml.Node) -> list[tuple[str | int, Any]]:
    if isinstance(node, yaml.SequenceNode):
        return list(enumerate(node.value))
    if not isinstance(node, yaml.MappingNode):
        return []
    seen: dict[str | int, Any] = {}
    for name, below in node.value:
        if name.value in seen:
            raise Unreadable(f"repeats the key {name.value[:60]!r} (line {name.start_mark.line + 1})")
        seen[name.value] = below
    return list(seen.items())
