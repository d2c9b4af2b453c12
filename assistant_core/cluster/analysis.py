"""From what the watches hold to the findings: k8sgpt's and our own on one board, in slices that hold nobody up."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from itertools import batched, chain

from ..findings import CHECKS, Board, Quiet, owed
from ..findings.owners import guessed_owner
from ..models.finding import Finding, Owner, Source
from .sources import Sources

ASKED_EACH = timedelta(seconds=10)
SLICE = 100  # findings handled before others get their turn on the event loop


class Analysis:
    """What is wrong in a cluster now."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._pods: dict[tuple[str, str], Owner | None] = {}
        self._own: dict[str, Finding] = {}
        self._board = Board(self._owner_of)
        self._quiet = Quiet()
        self._looked = False
        self._ask_again = datetime.min.replace(tzinfo=UTC)

    @property
    def known(self) -> frozenset[Source]:
        """Whose findings are complete: who was heard at least once."""
        sources = self._sources
        return frozenset(
            source
            for source, watches in ((Source.K8SGPT, (sources.results,)), (Source.CHECK, sources.checked))
            if all(watch.last_contact is not None for watch in watches)
        )

    @property
    def present(self) -> set[str]:
        """The ids of all findings."""
        return self._board.ids()

    async def look(self, now: datetime) -> None:
        """Take in what changed since the last look."""
        if set().union(*(watch.drain() for watch in self._sources.checked)) or not self._looked:
            await self._check()
        results = self._sources.results
        changed = results.drain()
        if not self._looked:
            changed = set(results.items)
        elif changed:
            self._quiet.changed(now)
        async for uids in sliced(changed):
            for uid in uids:
                self._board.put(uid, results.items.get(uid))
        self._looked = True
        if not now < self._ask_again <= now + ASKED_EACH:  # nor if the clock was set back
            self._ask_again = now + ASKED_EACH
            analyses = self._sources.analyses.items.values()
            self._quiet.owed(owed(self._own.values(), results.items.values(), analyses, self._is_gone), now)

    def findings(self) -> AsyncIterator[tuple[tuple[str, Finding | None], ...]]:
        """The findings that changed, by id, in slices; None: it is gone."""
        return sliced(self._board.drain())

    def quiet_since(self, now: datetime) -> datetime | None:
        """Since when k8sgpt has been quiet though it should speak; None: it is not."""
        return self._quiet.since(self._sources.analyses.items.values(), now)

    async def _check(self) -> None:
        pods = self._sources.pods.items.values()
        self._pods = {(pod.namespace, pod.name): pod.owner for pod in pods}
        await asyncio.sleep(0)
        contents = self._sources.contents()
        await asyncio.sleep(0)
        own: dict[str, Finding] = {}
        for check in CHECKS:
            async for found in sliced(check(contents)):
                own.update((f"{finding.kind}/{finding.namespace}/{finding.name}", finding) for finding in found)
            await asyncio.sleep(0)
        gone = dict.fromkeys(self._own.keys() - own.keys())
        async for findings in sliced(chain(gone.items(), own.items())):
            for key, finding in findings:
                self._board.put(key, finding)
        self._own = own

    def _owner_of(self, namespace: str, pod: str) -> Owner | None:
        """The workload of a pod that is there."""
        owner = self._pods.get((namespace, pod))
        return (guessed_owner(owner.kind, owner.name) or owner) if owner else None

    def _is_gone(self, finding: Finding) -> bool:
        """Whether a Result is about a pod that is no more."""
        pods = self._sources.pods
        return (
            pods.last_contact is not None
            and pods.error is None
            and (finding.namespace or "", finding.name) not in self._pods
        )


async def sliced[T](items: Iterable[T]) -> AsyncIterator[tuple[T, ...]]:
    """The items in slices, with turns for others in between."""
    for some in batched(items, SLICE, strict=False):
        yield some
        await asyncio.sleep(0)
