"""A YAML file as its text and the nodes of its documents; the nodes know where in the text they stand."""

from dataclasses import dataclass

import yaml

from ...yaml_scan import BOM, Unreadable, composed, decoded, scan

NULL_TAG = "tag:yaml.org,2002:null"

type Path = tuple[str | int, ...]


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
    text = decoded(data)
    scan(text, templates=True)
    documents = composed(text)
    if any(child(root, "sops") for root in documents):
        raise Unreadable("is encrypted with SOPS")
    return Source(text=text, bom=data.startswith(BOM.encode()), documents=documents)


def child(node: yaml.Node | None, key: str) -> tuple[yaml.ScalarNode, yaml.Node] | None:
    """The nodes of a key and its value; None when `node` is no mapping or lacks it."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key:
                return name, value
    return None


def resolved(node: yaml.Node | None, keys: Path) -> yaml.Node | None:
    """The node below keys, as aliases and merge keys have it; whatever shares a value by an anchor has one node."""
    for key in keys:
        node = _entry(node, key)
    return node


def _entry(node: yaml.Node | None, key: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int):
        return node.value[key] if key < len(node.value) else None
    pair = child(node, str(key))
    merge = child(node, "<<") if pair is None else None
    if merge is None:
        return pair[1] if pair else None
    bases = merge[1].value if isinstance(merge[1], yaml.SequenceNode) else [merge[1]]
    return next((found for each in bases if (found := _entry(each, key)) is not None), None)


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
    return node.tag == NULL_TAG
