r"""The canonical diff: what a person reads, what a hash is taken of, and what `git apply` takes.

Always the same text for the same files: sorted by path, three lines of context, lines ended by "\n" only.
"""

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
import re
from typing import Literal, override

from ..models.repository import FileChange

_CONTEXT = 3
_NO_NEWLINE = "\n\\ No newline at end of file\n"
_LINE = re.compile(r"[^\n]*\n|[^\n]+")

type _Opcode = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]

_ESCAPED = re.compile(r"[\x00-\x1f\x7f\"\\]")


def unified_diff(files: Iterable[FileChange]) -> str:
    """The changes in the manner of git, with a/ and b/ before the paths; empty when there are none."""
    return "".join(line for file in sorted(files, key=lambda file: file.path) for line in _file(file))


def _file(file: FileChange) -> Iterator[str]:
    if file.before == file.after:
        return
    before, after = _lines(file.before), _lines(file.after)
    yield f"--- {_name('a', file.path) if file.before is not None else '/dev/null'}\n"
    yield f"+++ {_name('b', file.path) if file.after is not None else '/dev/null'}\n"
    for group in _Trimmed(before, after).get_grouped_opcodes(_CONTEXT):
        (_, i1, _, j1, _), (_, _, i2, _, j2) = group[0], group[-1]
        yield f"@@ -{_range(i1, i2)} +{_range(j1, j2)} @@\n"
        for tag, a1, a2, b1, b2 in group:
            if tag == "equal":
                yield from _marked(" ", before[a1:a2])
                continue
            yield from _marked("-", before[a1:a2])
            yield from _marked("+", after[b1:b2])


class _Trimmed(SequenceMatcher[str]):
    """Compares only what lies between the equal ends: the matcher is slow on long files, and fast only by guessing."""

    def __init__(self, before: list[str], after: list[str]) -> None:
        self._start = _equal(before, after)
        self._end = _equal(before[self._start :][::-1], after[self._start :][::-1])
        self._lengths = len(before), len(after)
        middle = [each[self._start : len(each) - self._end] for each in (before, after)]
        super().__init__(None, middle[0], middle[1], autojunk=False)

    @override
    def get_opcodes(self) -> list[_Opcode]:
        start, end, (before, after) = self._start, self._end, self._lengths
        middle: list[_Opcode] = [
            (tag, start + a1, start + a2, start + b1, start + b2) for tag, a1, a2, b1, b2 in super().get_opcodes()
        ]
        head: list[_Opcode] = [("equal", 0, start, 0, start)] if start else []
        tail: list[_Opcode] = [("equal", before - end, before, after - end, after)] if end else []
        return [*head, *middle, *tail]


def _lines(data: bytes | None) -> list[str]:
    return _LINE.findall((data or b"").decode(errors="backslashreplace"))


def _equal(one: list[str], other: list[str]) -> int:
    """How many lines are equal from the start."""
    length = min(len(one), len(other))
    return next((i for i in range(length) if one[i] != other[i]), length)


def _range(start: int, end: int) -> str:
    """Lines `start` to `end` as git counts: from 1; an empty range stands after its line; a length of 1 is left out."""
    length = end - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _marked(mark: str, lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield f"{mark}{line}" if line.endswith("\n") else f"{mark}{line}{_NO_NEWLINE}"


def _name(side: str, path: str) -> str:
    """`a/path`, quoted as git does when a character could be taken for the end of the name."""
    name = f"{side}/{path}"
    if not _ESCAPED.search(name):
        return name
    return '"' + _ESCAPED.sub(lambda match: f"\\{ord(match.group()):03o}", name) + '"'
