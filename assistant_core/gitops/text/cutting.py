"""Takes whole documents out of a YAML file."""

import re

from .documents import read
from .scalars import Unspliceable
from .structure import structure

_SEPARATOR = re.compile(r"^---(?=\s|$)", re.MULTILINE)


def without_documents(data: bytes, numbers: set[int]) -> bytes | None:
    """The file without the documents of these numbers (from 0); None when none is left.

    Raises Unreadable, Unspliceable.
    """
    source = read(data)
    kept = [number for number in range(len(source.documents)) if number not in numbers]
    if not [number for number in kept if structure(source.documents[number]) != ("null", "")]:
        return None
    expected = [structure(source.documents[number]) for number in kept]
    starts = [_start(source.text, int(each.start_mark.index)) for each in source.documents]
    spans = list(zip(starts, [*starts[1:], len(source.text)], strict=True))
    text = source.text[: starts[0]] + "".join(source.text[slice(*spans[number])] for number in kept)
    after = source.encoded(text)
    if [structure(each) for each in read(after).documents] != expected:
        raise Unspliceable("cannot be taken out without changing the others")
    return after


def _start(text: str, node: int) -> int:
    """Where the document of a node begins: its separator, or the start of the file."""
    return max((match.start() for match in _SEPARATOR.finditer(text, 0, node)), default=0)
