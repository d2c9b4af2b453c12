"""The answers of a model that knows no tools: one JSON object each, `{"answer": ...}` or a call."""

from collections.abc import Set as AbstractSet
import re
from typing import override

from .called import Call
from .content import Content
from .written import calls_in

_ANSWER = re.compile(r'\s*\{\s*"answer"\s*:\s*"')
_PIECE = re.compile(r"""(?x) (?: [^"\\] | \\[^u]
    | \\u [dD][89abAB][0-9a-fA-F]{2} (?: \\u[0-9a-fA-F]{4} | (?=[^\\]) )  # half a pair waits for the other
    | \\u (?![dD][89abAB]) [0-9a-fA-F]{4} )*""")
_ESCAPE = re.compile(r"(?:\\u[0-9a-fA-F]{4})+|\\.", re.DOTALL)
_LONGEST_BEGINNING = 100  # characters before the answer's first
_ESCAPED = {"n": "\n", "t": " ", "r": "", "b": "", "f": ""}


class Structured(Content):
    """Tells the words of the answer while they stream; whatever else is there is a call or nothing."""

    def __init__(self, tools: AbstractSet[str]) -> None:
        super().__init__(tools)
        self._written = ""
        self._told_to: int | None = None

    @override
    def feed(self, text: str) -> str:
        self._written += text
        if self._told_to is None:
            begun = _ANSWER.match(self._written[:_LONGEST_BEGINNING])
            if begun is None:
                return ""
            self._told_to = begun.end()
        piece = _PIECE.match(self._written, self._told_to)
        if piece is None or not piece[0]:
            return ""
        self._told_to = piece.end()
        return super().feed(_ESCAPE.sub(_unescaped, piece[0]))

    @override
    def finish(self) -> tuple[str, tuple[Call, ...]]:
        if self._told_to is not None:
            return super().finish()
        return "", calls_in(self._written, self._tools)[1]


def _unescaped(match: re.Match[str]) -> str:
    """The characters of an escape; a pair of surrogates is one."""
    escape = match[0]
    if escape.startswith("\\u"):
        units = bytes.fromhex(escape.replace("\\u", ""))
        return units.decode("utf-16-be", errors="replace")
    return _ESCAPED.get(escape[1], escape[1])
