"""HCL as blocks and attributes that know where in the text they stand; python-hcl2 reads it, nothing writes it anew."""

from dataclasses import dataclass, field
from typing import Any

from ..text import MAX_BYTES, Unreadable, Unspliceable

_MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Expression:
    """The right side of an attribute: its text, where it stands, and its entries when it is an object."""

    text: str
    start: int
    end: int
    entries: dict[str, Expression] | None = None


@dataclass(slots=True)
class Block:
    """A block with its labels; "" and no labels for the file itself."""

    kind: str
    labels: tuple[str, ...] = ()
    attributes: dict[str, Expression] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)

    def first(self, kind: str) -> Block | None:
        """The first block of a kind inside."""
        return next((each for each in self.blocks if each.kind == kind), None)


def parse(data: bytes) -> tuple[str, Block]:
    """The text of a file and its blocks; raises Unreadable."""
    import hcl2  # noqa: PLC0415 - takes a second, and only machines need it
    from lark.exceptions import LarkError  # noqa: PLC0415 - as above

    if len(data) > MAX_BYTES:
        raise Unreadable(f"is larger than {MAX_BYTES // 1024} KiB")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Unreadable("is not UTF-8 text") from error
    _check_depth(text)
    try:
        tree: Any = hcl2.parses_to_tree(text if text.endswith("\n") else f"{text}\n")
    except LarkError as error:
        raise Unreadable("is not valid HCL") from error
    return text, _body(tree.children[0], Block(""), text)


def _check_depth(text: str) -> None:
    depth = 0
    for char in text:
        depth += (char in "{[(") - (char in "}])")
        if depth > _MAX_DEPTH:
            raise Unreadable(f"is nested deeper than {_MAX_DEPTH} levels")


def _body(tree: Any, block: Block, text: str) -> Block:
    for child in tree.children:
        kind = getattr(child, "data", "")
        if kind == "attribute":
            block.attributes[_word(child.children[0], text)] = _expression(child.children[-1], text)
        elif kind == "block":
            named = [
                each for each in child.children if getattr(each, "data", "") in ("identifier", "keyword", "string")
            ]
            kind, *labels = [_word(each, text) for each in named]
            inner = next((each for each in child.children if getattr(each, "data", "") == "body"), None)
            below = Block(kind, tuple(labels))
            block.blocks.append(_body(inner, below, text) if inner is not None else below)
    return block


def _word(tree: Any, text: str) -> str:
    return text[tree.meta.start_pos : tree.meta.end_pos].strip().strip('"')


def _expression(tree: Any, text: str) -> Expression:
    start, end = tree.meta.start_pos, tree.meta.end_pos
    written = text[start:end]
    end = start + len(written.rstrip())
    return Expression(written.rstrip(), start, end, _entries(tree, text))


def _entries(tree: Any, text: str) -> dict[str, Expression] | None:
    """The entries of `{...}`; None for any other expression."""
    while getattr(tree, "data", "") == "expr_term" and len(tree.children) == 1:
        tree = tree.children[0]
    if getattr(tree, "data", "") != "object":
        return None
    elements = [each for each in tree.children if getattr(each, "data", "") == "object_elem"]
    return {_word(each.children[0], text): _expression(each.children[-1], text) for each in elements}


def spliced(data: bytes, start: int, end: int, new: str) -> bytes:
    """The file with the expression from `start` to `end` replaced. Raises Unreadable, Unspliceable."""
    text, before = parse(data)
    after_text = f"{text[:start]}{new}{text[end:]}"
    _, after = parse(after_text.encode())
    old, now = _flat(before), _flat(after)
    changed = [path for path in old.keys() | now.keys() if old.get(path) != now.get(path)]
    if len(changed) != 1 or now.get(changed[0]) != new:
        raise Unspliceable("cannot be changed without changing something else")
    return after_text.encode()


def _flat(block: Block, at: tuple[str, ...] = ()) -> dict[tuple[str, ...], str]:
    """Every value by its path; what is no object counts as its text."""
    found: dict[tuple[str, ...], str] = {}
    for name, expression in block.attributes.items():
        found |= _flat_expression(expression, (*at, name))
    for number, each in enumerate(block.blocks):
        found |= _flat(each, (*at, str(number), each.kind, *each.labels))
    return found


def _flat_expression(expression: Expression, at: tuple[str, ...]) -> dict[tuple[str, ...], str]:
    if expression.entries is None:
        return {at: expression.text}
    found = {at: ""}
    for name, below in expression.entries.items():
        found |= _flat_expression(below, (*at, name))
    return found
