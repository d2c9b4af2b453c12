"""The inverse of our own edit, on today's files: what stood there before comes back, and nothing else moves."""

from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher
import re

from ..errors import EditRefused
from ..gitops import Edit
from ..models.change import Proposal
from ..models.repository import FileChange, Snapshot

_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_CONTEXT = 1
"""Lines on either side of ours that must still stand there."""

type Lines = list[bytes]


def inverse(proposal: Proposal, snapshot: Snapshot) -> Edit:
    """The edit that undoes a merged proposal in this commit; no files when it is undone already.

    Raises EditRefused when somebody changed the same lines since.
    """
    edited = [_file(change, snapshot.files.get(change.path)) for change in proposal.files]
    target = replace(proposal.target, before=proposal.target.after, after=proposal.target.before)
    return Edit(target=target, files=tuple(change for change in edited if change.before != change.after))


def _file(change: FileChange, today: bytes | None) -> FileChange:
    if today in (change.before, change.after):
        return FileChange(path=change.path, before=today, after=change.before)
    if today is None or change.before is None or change.after is None:
        raise _touched(change.path)
    return FileChange(path=change.path, before=today, after=_undone(change.path, change.before, change.after, today))


def _undone(path: str, before: bytes, after: bytes, today: bytes) -> bytes:
    """Today's file with our lines as they were before; every other line as it is now."""
    old, ours, now = _lines(before), _lines(after), _lines(today)
    kept = SequenceMatcher(None, ours, now, autojunk=False).get_matching_blocks()
    result, done = [], 0
    for start, end, wanted in _edits(ours, old):
        low, high = max(start - _CONTEXT, 0), min(end + _CONTEXT, len(ours))
        block = next((each for each in kept if each.a <= low and high <= each.a + each.size), None)
        if block is None:
            raise _touched(path)
        shift = block.b - block.a
        result += [*now[done : start + shift], *wanted]
        done = end + shift
    return b"".join([*result, *now[done:]])


def _edits(ours: Lines, old: Lines) -> Iterator[tuple[int, int, Lines]]:
    """What leads from ours back to the old: lines from and to, and what stood there."""
    for tag, start, end, low, high in SequenceMatcher(None, ours, old, autojunk=False).get_opcodes():
        if tag != "equal":
            yield start, end, old[low:high]


def _lines(data: bytes) -> Lines:
    return _LINE.findall(data)


def _touched(path: str) -> EditRefused:
    return EditRefused(
        f"Somebody changed the same lines of {path} since, so I leave them alone.", path=path, reason="touched"
    )
