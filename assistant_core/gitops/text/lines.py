"""On which line of a file a place stands."""

import yaml

from ...yaml_scan import Unreadable
from .documents import Path, read
from .editing import Spot

_BLOCK = ("|", ">")


class Lines:
    """The lines of one file."""

    def __init__(self, data: bytes) -> None:
        try:
            self._documents = read(data).documents
        except Unreadable:
            self._documents = ()

    def of(self, spot: Spot) -> int | None:
        """The line (from 1) of the place, None when it is not there."""
        if spot.document >= len(self._documents):
            return None
        found = _at(self._documents[spot.document], spot.keys)
        if found is None or spot.inside is None:
            return found.start_mark.line + 1 if found else None
        if not isinstance(found, yaml.ScalarNode) or found.style not in _BLOCK:
            return int(found.start_mark.line) + 1
        inner = Lines(found.value.encode()).of(Spot(0, spot.inside))
        return found.start_mark.line + 1 + inner if inner else None


def _at(node: yaml.Node, keys: Path) -> yaml.Node | None:
    """The node of the last key, or of the last item; what an alias leads to stands where its anchor is."""
    last = node
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            pair = next(((name, below) for name, below in node.value if name.value == key), None)
            if pair is None:
                return None
            last, node = pair
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            last = node = node.value[key]
        else:
            return None
    return node if isinstance(node, yaml.ScalarNode) else last
