"""A YAML file as its text and the nodes of its documents; the nodes know where in the text they stand."""

from dataclasses import dataclass

import yaml

from ...yaml_scan import BOM, LOADER, Unreadable, decoded, invalid, scan

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
    try:
        documents = tuple(yaml.compose_all(text, Loader=LOADER))
    except yaml.YAMLError as error:
        raise invalid(text, error) from error
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
