"""HCL as blocks and attributes that know where in the text they stand; python-hcl2 reads it, nothing writes it anew."""

from dataclasses import dataclass, field
import re
from typing import Any

from ..text import MAX_BYTES, Unreadable, Unspliceable

_MAX_DEPTH = 64
_MARK = "\ufeff"
"""The byte order mark, which Terraform takes for nothing."""
_ENTRY = re.compile(r"(?P<indent>[ \t]*)(?P<key>[\w\"-]+ *?) ?= *")


@dataclass(frozen=True, slots=True)
class Loop:
    """What `{for ... in ...}` makes an object of; `filtered` when a condition may leave something out."""

    names: tuple[str, ...]
    over: Expression
    key: Expression
    value: Expression
    filtered: bool


@dataclass(frozen=True, slots=True)
class Expression:
    """The right side of an attribute: its text, where it stands, and what it is made of.

    `entries` are those of an object, `items` those of a list, `call` a function with its arguments. `end` is 0 where
    nobody wrote it. `is_settled`: its names have been followed where they mean something. `is_part`: of the object's
    entries not all are known.
    """

    text: str
    start: int = 0
    end: int = 0
    path: str = ""
    entries: dict[str, Expression] | None = None
    items: tuple[Expression, ...] | None = None
    call: tuple[str, tuple[Expression, ...]] | None = None
    loop: Loop | None = None
    is_settled: bool = False
    is_part: bool = False


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


def parse(data: bytes, path: str = "") -> tuple[str, Block]:
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
        tree: Any = hcl2.parses_to_tree(f" {text[1:]}\n" if text.startswith(_MARK) else f"{text}\n")
    except LarkError as error:
        raise Unreadable("is not valid HCL") from error
    return text, _Reader(text, path).body(tree.children[0], Block(""))


def _check_depth(text: str) -> None:
    depth = 0
    for char in text:
        depth += (char in "{[(") - (char in "}])")
        if depth > _MAX_DEPTH:
            raise Unreadable(f"is nested deeper than {_MAX_DEPTH} levels")


class _Reader:
    """What python-hcl2 made of one file, read as blocks."""

    def __init__(self, text: str, path: str) -> None:
        self._text = text
        self._path = path

    def body(self, tree: Any, block: Block) -> Block:
        """The block filled with what stands in it."""
        for child in tree.children:
            kind = _kind(child)
            if kind == "attribute":
                block.attributes[self._word(child.children[0])] = self._expression(child.children[-1])
            elif kind == "block":
                named = [each for each in child.children if _kind(each) in ("identifier", "keyword", "string")]
                kind, *labels = [self._word(each) for each in named]
                inner = next((each for each in child.children if _kind(each) == "body"), None)
                below = Block(kind, tuple(labels))
                block.blocks.append(self.body(inner, below) if inner is not None else below)
        return block

    def _word(self, tree: Any) -> str:
        return self._text[tree.meta.start_pos : tree.meta.end_pos].strip().strip('"')

    def _expression(self, tree: Any) -> Expression:
        start, end = tree.meta.start_pos, tree.meta.end_pos
        written = self._text[start:end].rstrip()
        while _kind(tree) == "expr_term" and len(tree.children) == 1:
            tree = tree.children[0]
        parts = tree.children if _kind(tree) in ("object", "tuple", "function_call", "for_object_expr") else []
        return Expression(
            written,
            start,
            start + len(written),
            self._path,
            entries={
                self._word(each.children[0]): self._expression(each.children[-1])
                for each in parts
                if _kind(each) == "object_elem"
            }
            if _kind(tree) == "object"
            else None,
            items=self._values(tree) if _kind(tree) == "tuple" else None,
            call=self._call(tree) if _kind(tree) == "function_call" else None,
            loop=self._loop(tree) if _kind(tree) == "for_object_expr" else None,
        )

    def _values(self, tree: Any) -> tuple[Expression, ...]:
        return tuple(self._expression(each) for each in tree.children if _is_value(each))

    def _call(self, tree: Any) -> tuple[str, tuple[Expression, ...]]:
        given = next((each for each in tree.children if _kind(each) == "arguments"), None)
        return self._word(tree.children[0]), self._values(given) if given is not None else ()

    def _loop(self, tree: Any) -> Loop | None:
        intro = next(each for each in tree.children if _kind(each) == "for_intro")
        values = self._values(tree)
        if len(values) != 2:  # noqa: PLR2004 - a key and its value
            return None
        names = tuple(self._word(each) for each in intro.children if _kind(each) == "identifier")
        filtered = any(_kind(each) == "for_cond" or str(each) == "..." for each in tree.children)
        return Loop(names, self._values(intro)[-1], *values, filtered)


def _kind(tree: Any) -> str:
    return str(getattr(tree, "data", ""))


def _is_value(tree: Any) -> bool:
    """Whether it is an expression: no bracket, comma, name of a loop, or end of a line."""
    return _kind(tree) not in ("", "new_line_or_comment", "identifier", "for_intro", "for_cond")


def spliced(data: bytes, start: int, end: int, new: str) -> bytes:
    """The file with the expression from `start` to `end` replaced. Raises Unreadable, Unspliceable."""
    text, before = parse(data)
    return _proven(before, f"{text[:start]}{new}{text[end:]}", new)


def inserted(data: bytes, start: int, end: int, key: str, new: str) -> bytes:
    """The file with one more entry after the last one of an object, whose value stands from `start` to `end`.

    Raises Unreadable, Unspliceable.
    """
    text, before = parse(data)
    line = text[text.rfind("\n", 0, start) + 1 : start]
    rest = text[end : text.find("\n", end)]
    match = _ENTRY.fullmatch(line)
    if match is None or "}" in rest:
        return _proven(before, f"{text[:end]}, {key} = {new}{text[end:]}", new)
    line_end = "\r\n" if rest.endswith("\r") else "\n"
    at = end + len(rest.rstrip("\r"))
    comma = "," if rest.lstrip().startswith(",") else ""
    entry = f"{match['indent']}{key.ljust(len(match['key']))} = {new}{comma}"
    return _proven(before, f"{text[:at]}{line_end}{entry}{text[at:]}", new)


def _proven(before: Block, after_text: str, new: str) -> bytes:
    _, after = parse(after_text.encode())
    old, now = _flat(before), _flat(after)
    changed = [path for path in old.keys() | now.keys() if old.get(path) != now.get(path)]
    if len(changed) != 1 or now.get(changed[0]) != new:
        raise Unspliceable("cannot be changed without changing something else")
    return after_text.encode()


def _flat(block: Block, at: tuple[str, ...] = ()) -> dict[tuple[str, ...], str]:
    """Every value by its path; what is no object, list or call counts as its text."""
    found: dict[tuple[str, ...], str] = {}
    for name, expression in block.attributes.items():
        found |= _flat_expression(expression, (*at, name))
    for number, each in enumerate(block.blocks):
        found |= _flat(each, (*at, str(number), each.kind, *each.labels))
    return found


def _flat_expression(expression: Expression, at: tuple[str, ...]) -> dict[tuple[str, ...], str]:
    called, given = expression.call or ("", ())
    parts = expression.items or given
    if expression.entries is None and not parts:
        return {at: expression.text}
    found = {at: called}
    for name, below in (expression.entries or {str(number): each for number, each in enumerate(parts)}).items():
        found |= _flat_expression(below, (*at, name))
    return found
