"""How many lines one changed number touches."""

from collections.abc import AsyncIterator
from difflib import ndiff

from assistant_core.gitops import Index

from ..figures import Figure, Target, counted
from .repository import CHANGED, large_repository
from .work import our_edit, their_edit


async def against_their_lines() -> AsyncIterator[Figure]:
    """Of the file that the number stands in."""
    snapshot = large_repository()
    before = snapshot.files[CHANGED]
    (ours,) = our_edit(Index.of(snapshot)).files
    yield Figure(
        name="lines that one change touches",
        ours=counted(touched(before, ours.after or b"")),
        theirs=counted(touched(before, their_edit(before)[0])),
        unit="lines",
        target=Target(value=1, of="ours"),
    )


def touched(before: bytes, after: bytes) -> int:
    """The lines of a file that are no longer there as they were."""
    return sum(line.startswith("- ") for line in ndiff(before.decode().splitlines(), after.decode().splitlines()))
