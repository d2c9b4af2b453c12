"""Terraform files as blocks of plain values, read so that no text can harm the reader.

python-hcl2 8 gives blocks as `{type: [{label: {label: body}}]}`, texts in their quotes and expressions as `${...}`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ..yaml_scan import MAX_DEPTH, Unreadable, decoded
from .shape import items

MAX_BYTES = 48 * 1024
"""The parser takes a second for that much."""

_OPENING, _CLOSING = "{[(", "}])"


def load_terraform(data: bytes) -> Mapping[str, Any]:
    """The blocks of a file; raises Unreadable."""
    import hcl2  # noqa: PLC0415 - 0.3 seconds of imports and 2 of the first parse that most runs do without
    from lark.exceptions import LarkError  # noqa: PLC0415 - see above

    if len(data) > MAX_BYTES:
        raise Unreadable(f"is larger than {MAX_BYTES // 1024} KiB")
    written = decoded(data)
    _check_depth(written)
    try:
        tree = hcl2.loads(f"{written}\n")
    except LarkError as error:
        line = getattr(error, "line", 0)
        raise Unreadable(f"is not valid Terraform{f' (line {line})' if line and line > 0 else ''}") from error
    except (RecursionError, ValueError) as error:  # long chains of operators, numbers of thousands of digits
        raise Unreadable("has an expression that is too long") from error
    return tree if isinstance(tree, dict) else {}


def _check_depth(written: str) -> None:
    """The parser recurses; brackets inside texts count as well, which real files do not mind."""
    depth = 0
    for each in written:
        if each in _OPENING:
            depth += 1
            if depth > MAX_DEPTH:
                raise Unreadable(f"is nested deeper than {MAX_DEPTH} levels")
        elif each in _CLOSING:
            depth = max(depth - 1, 0)


def blocks(within: Mapping[str, Any], kind: str) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """The blocks of a kind in a body, each with its labels."""
    for block in items(within, kind):
        yield from _labelled((), block)


def _labelled(labels: tuple[str, ...], block: object) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    if not isinstance(block, dict):
        return
    if "__is_block__" in block:
        yield labels, block
        return
    for label, below in block.items():
        yield from _labelled((*labels, unquoted(label)), below)


def unquoted(found: object) -> str:
    """A text or label without its quotes; empty when it is none."""
    return found.strip('"') if isinstance(found, str) else ""
