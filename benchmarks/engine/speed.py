"""Processor time of each step, and of all of them."""

from collections.abc import AsyncIterator, Callable
from itertools import count
import time

from assistant_core.gitops import Index
from assistant_core.guard import Trust

from ..figures import Figure, Series, Side, Target, interleaved
from .repository import CHANGED, FILES, large_repository, next_commit
from .work import (
    our_edit,
    our_judgement,
    our_whole,
    their_edit,
    their_judgement,
    their_reading,
    their_whole,
)

PAIRS = 5
FEW_PAIRS = 3
_salts = count(1)


def milliseconds(work: Callable[[], object]) -> float:
    """What a piece of work costs."""
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1e3


def side[T](prepare: Callable[[], T], work: Callable[[T], object]) -> Side:
    """A side whose preparation is not counted."""

    async def once() -> float:
        prepared = prepare()
        return milliseconds(lambda: work(prepared))

    return once


async def against_their_time() -> AsyncIterator[Figure]:
    """Each step for itself, then all of them."""
    snapshot = large_repository()
    index = Index.of(snapshot)
    changed, trust = our_edit(index).files, Trust.of(snapshot.files)
    reading = side(lambda: snapshot.files, their_reading)
    ours, theirs = await interleaved(side(lambda: large_repository(next(_salts)), Index.of), reading, pairs=FEW_PAIRS)
    yield _figure(f"index of {FILES:,} files", ours, theirs, Target(value=1_000, of="ours"))
    ours, theirs = await interleaved(
        side(lambda: next_commit(snapshot, next(_salts)), Index.of), reading, pairs=FEW_PAIRS, rehearsals=0
    )
    yield _figure("index after a commit", ours, theirs, Target(value=300, of="ours"))
    before = snapshot.files[CHANGED]
    ours, theirs = await interleaved(side(lambda: index, our_edit), side(lambda: before, their_edit), pairs=PAIRS)
    yield _figure("plan of one change", ours, theirs, Target(value=1))
    documents = their_edit(before)[1]
    ours, theirs = await interleaved(
        side(lambda: changed, lambda files: our_judgement(files, trust)),
        side(lambda: documents, their_judgement),
        pairs=PAIRS,
    )
    yield _figure("guard of one change", ours, theirs, Target(value=1))
    ours, theirs = await interleaved(
        side(lambda: large_repository(next(_salts)), our_whole),
        side(lambda: snapshot.files, their_whole),
        pairs=FEW_PAIRS,
        rehearsals=0,
    )
    yield _figure("from the files to a judged change", ours, theirs, Target(value=0.2))


def _figure(name: str, ours: Series, theirs: Series, target: Target) -> Figure:
    return Figure(name=name, ours=ours, theirs=theirs, unit="ms", target=target)
