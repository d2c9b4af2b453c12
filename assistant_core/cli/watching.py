"""Looks at a cluster's findings, once or until somebody stops it: a line for all that opens, changes or clears."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import typer

from ..cluster import ClusterWatch, Patience
from ..errors import HomelabError, NotFound
from ..kube import Cluster, ClusterConfig
from ..kube.resource import NODES
from ..models.finding import Finding, FindingChange, FindingEvent
from . import show
from .clusters import cluster_at
from .exits import Exit

_AT_ONCE = Patience(persistence=timedelta())
"""Whoever watches a terminal wants to see everything."""
_SIGNS = {FindingEvent.OPENED: "+", FindingEvent.CHANGED: "~", FindingEvent.CLEARED: "-"}


async def watch_findings(config: ClusterConfig, *, as_json: bool) -> Exit:
    """Print what is wrong now, then what happens to it; ends when it is cancelled. Raises HomelabError."""
    async with cluster_at(config) as cluster:
        await _follow(ClusterWatch(cluster, patience=_AT_ONCE), as_json=as_json)
    return Exit.DONE


async def findings_now(cluster: Cluster) -> tuple[Finding, ...]:
    """What is wrong at the first look, oldest first; on stderr what it could not look at.

    Raises HomelabError when the cluster cannot be looked at.
    """
    watch = ClusterWatch(cluster, patience=_AT_ONCE)
    failed = asyncio.Event()
    watch.listen(lambda: failed.set() if watch.observation.error else None)
    async with _running(watch):
        ends = [asyncio.create_task(watch.wait_synced()), asyncio.create_task(failed.wait())]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        match watch.observation.error:
            case NotFound():  # it has not even nodes
                raise cluster.foreign(NODES.path)
            case HomelabError() as error:
                raise error
        for each in watch.denied:
            typer.echo(show.safe(str(each)), err=True)
        return watch.findings


async def _follow(watch: ClusterWatch, *, as_json: bool) -> None:
    changes: asyncio.Queue[FindingChange] = asyncio.Queue()
    watch.subscribe(changes.put_nowait)
    watch.listen(_Trouble(watch).tell)
    async with _running(watch):
        await watch.wait_synced()
        while not changes.empty():  # what was there when it began is told as such
            changes.get_nowait()
        for finding in watch.findings:
            _tell(FindingChange(event=FindingEvent.OPENED, finding=finding), as_json=as_json)
        while True:
            _tell(await changes.get(), as_json=as_json)


@asynccontextmanager
async def _running(watch: ClusterWatch) -> AsyncIterator[None]:
    following = asyncio.create_task(watch.run())
    try:
        yield
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following


class _Trouble:
    """Says on stderr, once, that the cluster is not heard of, and that it is again; and what cannot be looked at."""

    def __init__(self, watch: ClusterWatch) -> None:
        self._watch = watch
        self._told = ""
        self._denied: set[str] = set()

    def tell(self) -> None:
        """Compare with what was told last."""
        error = self._watch.observation.error
        now = show.safe(str(error)) if error else ""
        if now != self._told:
            typer.echo(now or "The cluster is heard of again.", err=True)
        self._told = now
        denied = {show.safe(str(each)) for each in self._watch.denied}
        for each in sorted(denied - self._denied - {now}):
            typer.echo(each, err=True)
        self._denied = denied


def _tell(change: FindingChange, *, as_json: bool) -> None:
    if as_json:
        show.print_line({"event": change.event, "finding": change.finding})
    else:
        typer.echo(f"{_SIGNS[change.event]} {_line(change.finding)}")


def _line(finding: Finding) -> str:
    where = "/".join(part for part in (finding.kind, finding.namespace, finding.name) if part)
    problem = " ".join("; ".join(finding.errors).split())
    return show.safe(f"{finding.first_seen.astimezone():%H:%M:%S} {where}: {problem}")
