"""Changes values of a YAML file and proves that nothing else changed.

Every change is spliced into the text where its node stands; then the whole file is read again and compared with what it
should be. Whatever differs from that, and whatever has no safe place, is refused.
"""

from dataclasses import dataclass
from typing import Any

import yaml

from .documents import Path, Source, read
from .embedded import lines_replaced
from .inserting import filled, inserted, removed
from .scalars import Unspliceable, replacement
from .splice import end_of, is_empty, is_flow, lines_of, style_of
from .structure import differences, leaf_of, structure, with_value, without

__all__ = ["Remove", "Set", "Spot", "Unspliceable", "edited"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file: the keys below document number `document` (from 0).

    `inside` goes on in the YAML that the text at `keys` is.
    """

    document: int
    keys: Path
    inside: Path | None = None

    def below(self, *keys: str | int) -> Spot:
        """The place further down."""
        if self.inside is None:
            return Spot(self.document, (*self.keys, *keys))
        return Spot(self.document, self.keys, (*self.inside, *keys))

    @property
    def path(self) -> Path:
        """All keys on the way."""
        return (*self.keys, *(self.inside or ()))


@dataclass(frozen=True, slots=True)
class Set:
    """Give a place a value; whatever is missing on the way is added, as the first entry where `first` says so.

    `along` are places that shall have the same value: those that are aliases of this one follow by themselves.
    """

    spot: Spot
    value: Any
    first: bool = False
    along: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a key or an item out."""

    spot: Spot


type Change = Set | Remove


def edited(data: bytes, *changes: Change) -> bytes:
    """The file after the changes, one by one. Raises Unreadable, Unspliceable."""
    for change in changes:
        data = _edited(data, change)
    return data


def _edited(data: bytes, change: Change) -> bytes:
    source = read(data)
    text = _spliced(source, change)
    if text == source.text:
        return data
    after = source.encoded(text)
    _prove(source, read(after), change)
    return after


def _spliced(source: Source, change: Change) -> str:
    spot = change.spot
    if not source.documents and isinstance(change, Set) and spot.inside is None:
        return _begun(source, change)
    if spot.document >= len(source.documents):
        raise Unspliceable("is in a document that is not there")
    root = source.documents[spot.document]
    if spot.inside is not None:
        return _spliced_inside(source, root, change)
    if isinstance(change, Remove):
        return _removed(source, root, spot.keys)
    return _set(source, root, change)


def _begun(source: Source, change: Set) -> str:
    """The first entry of a file that has none."""
    keys = change.spot.keys
    value = with_value(None, keys, change.value)
    text = source.text if not source.text or source.text.endswith("\n") else f"{source.text}\n"
    return text + "\n".join(lines_of(value, 0, style_of(source.text, ()))) + "\n"


def _walk(root: yaml.Node, keys: Path) -> list[tuple[yaml.Node, yaml.Node, yaml.Node | None]]:
    """Parent, value and key node of every step that exists; an alias on the way is refused."""
    steps: list[tuple[yaml.Node, yaml.Node, yaml.Node | None]] = []
    node = root
    for number, key in enumerate(keys):
        found = _child(node, key)
        if found is None:
            break
        name, below = found
        if _is_alias(node, name, below) and number < len(keys) - 1:
            raise Unspliceable(f"is below an alias ({'.'.join(map(str, keys[: number + 1]))})")
        steps.append((node, below, name))
        node = below
    return steps


def stands_at(root: yaml.Node, keys: Path) -> bool:
    """Whether a value is written there, and not only named by an alias on the way or by a merge key."""
    node = root
    for key in keys:
        found = _child(node, key)
        if found is None or _is_alias(node, *found):
            return False
        node = found[1]
    return True


def _child(node: yaml.Node, key: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode) and isinstance(key, str):
        return next(((name, below) for name, below in node.value if name.value == key), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and 0 <= key < len(node.value):
        return None, node.value[key]
    return None


def _is_alias(parent: yaml.Node, name: yaml.Node | None, below: yaml.Node) -> bool:
    """An alias gives the node of its anchor, which stands further up."""
    if name is not None:
        return bool(below.start_mark.index < name.end_mark.index)
    index = next(number for number, each in enumerate(parent.value) if each is below)
    before = parent.value[index - 1] if index else parent
    return bool(below.start_mark.index < before.start_mark.index)


def _set(source: Source, root: yaml.Node, change: Set) -> str:
    keys = change.spot.keys
    steps = _walk(root, keys)
    style = style_of(source.text, source.documents)
    node = steps[-1][1] if steps else root
    if len(steps) == len(keys):
        return _replaced(source, steps[-1], change.value)
    rest = keys[len(steps) :]
    if steps and _is_alias(*_step(steps[-1])):
        raise Unspliceable(f"is below an alias ({'.'.join(map(str, keys[: len(steps)]))})")
    if is_empty(node):
        if not steps:
            raise Unspliceable("is in an empty document")
        parent, _, name = steps[-1]
        if name is None:
            raise Unspliceable("is in an empty item of a list")
        return filled(source, parent, name, node, with_value(None, rest, change.value), style)
    return inserted(source, node, rest, change.value, style, first=change.first)


def _step(step: tuple[yaml.Node, yaml.Node, yaml.Node | None]) -> tuple[yaml.Node, yaml.Node | None, yaml.Node]:
    parent, below, name = step
    return parent, name, below


def _replaced(source: Source, step: tuple[yaml.Node, yaml.Node, yaml.Node | None], value: object) -> str:
    parent, node, name = step
    text = source.text
    flow = is_flow(parent)
    if _is_alias(*_step(step)):
        if structure(node) == leaf_of(value):
            return text
        if name is None:
            raise Unspliceable("is an alias")
        end = end_of(text, node, name.end_mark.index)
        start = text.rindex("*", name.end_mark.index, end)
        return (
            text[:start] + replacement("", yaml.ScalarNode("tag:yaml.org,2002:null", ""), value, flow=flow) + text[end:]
        )
    if not isinstance(node, yaml.ScalarNode):
        raise Unspliceable("is not a single value")
    if isinstance(value, (dict, list)):
        raise Unspliceable("is a single value")
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    space = " " if start == end and text[start - 1 : start] == ":" else ""
    return text[:start] + space + replacement(text[start:end], node, value, flow=flow) + text[end:]


def _removed(source: Source, root: yaml.Node, keys: Path) -> str:
    steps = _walk(root, keys)
    if len(steps) >= len(keys) - 1 and _is_merged(steps[len(keys) - 2][1] if len(keys) > 1 else root, keys[-1]):
        raise Unspliceable("comes from a merge key")
    if len(steps) < len(keys):
        return source.text
    parent = steps[-1][0]
    if len(parent.value) > 1:
        return removed(source, parent, keys[-1])
    start, end = int(parent.start_mark.index), end_of(source.text, parent, parent.start_mark.index)
    empty = "{}" if isinstance(parent, yaml.MappingNode) else "[]"
    if is_flow(parent) or len(steps) < 2:  # noqa: PLR2004 - a parent of its own
        return source.text[:start] + empty + source.text[end:]
    name = steps[-2][2]
    if name is None:
        raise Unspliceable("is the only entry of an item")
    at = source.text.index(":", int(name.end_mark.index)) + 1
    return f"{source.text[:at]} {empty}{source.text[end:]}"


def _is_merged(node: yaml.Node, key: str | int) -> bool:
    """Whether a merge key gives a mapping this key, whatever stands in the mapping itself."""
    if not isinstance(node, yaml.MappingNode):
        return False
    merged = [below for name, below in node.value if name.tag == "tag:yaml.org,2002:merge"]
    bases = [each for below in merged for each in (below.value if isinstance(below, yaml.SequenceNode) else [below])]
    return any(_child(each, key) is not None or _is_merged(each, key) for each in bases)


def _spliced_inside(source: Source, root: yaml.Node, change: Change) -> str:
    """Edit the YAML that a text holds; its own lines are compared in the same way."""
    steps = _walk(root, change.spot.keys)
    if len(steps) < len(change.spot.keys):
        raise Unspliceable("is in a text that is not there")
    node = steps[-1][1]
    if not isinstance(node, yaml.ScalarNode) or _is_alias(*_step(steps[-1])):
        raise Unspliceable("is in what is no text")
    return lines_replaced(source.text, node, _inner(node.value, change))


def _inner(text: str, change: Change) -> str:
    spot = Spot(0, change.spot.inside or ())
    if isinstance(change, Remove):
        return _edited(text.encode(), Remove(spot)).decode()
    inside = [each for each in change.along if each.keys == change.spot.keys and each.inside is not None]
    along = tuple(Spot(0, each.inside or ()) for each in inside)
    inner = Set(spot, change.value, change.first, along)
    return _edited(text.encode(), inner).decode()


def _prove(before: Source, after: Source, change: Change) -> None:
    """Raise Unspliceable unless the file became exactly what was planned."""
    expected = [structure(root) for root in before.documents] or [None]
    found = [structure(root) for root in after.documents]
    number, keys = change.spot.document, change.spot.keys
    if change.spot.inside is not None:
        kind, text = _leaf(expected[number], keys)
        expected[number] = with_value(expected[number], keys, (kind, _inner(text, change)))
    elif isinstance(change, Remove):
        expected[number] = without(expected[number], keys)
    else:
        expected[number] = with_value(expected[number], keys, leaf_of(change.value))
        for each in change.along:
            if each.document == number and _followed(found[number], each.keys, leaf_of(change.value)):
                expected[number] = with_value(expected[number], each.keys, leaf_of(change.value))
    if len(expected) != len(found):
        raise Unspliceable("cannot be changed without changing the documents around it")
    others = [
        ".".join(map(str, path))
        for one, other in zip(expected, found, strict=True)
        for path in differences(one, other)
        if path != keys
    ]
    if others:
        raise Unspliceable(f"cannot be changed without changing {', '.join(others[:3])}")
    if expected != found:
        raise Unspliceable("did not become what was planned")


def _followed(tree: Any, keys: Path, leaf: Any) -> bool:
    """Whether a place has the value already."""
    return bool(tree == with_value(tree, keys, leaf))


def _leaf(tree: Any, keys: Path) -> tuple[str, str]:
    for key in keys:
        tree = tree[key]
    return tuple(tree)
