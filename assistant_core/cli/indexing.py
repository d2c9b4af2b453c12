"""The command that says what a repository deploys and where each thing is decided: index."""

import asyncio
from typing import Any

from rich.table import Table
from rich.text import Text

from ..gitops import Index, KnownPlace, Survey, survey
from ..models.repository import Snapshot
from ..redaction import shown
from . import show
from .app import GITHUB_API, AsJson, GitHubApi, Repository
from .exits import Exit
from .progress import progress
from .repositories import snapshot_of
from .running import run


def index(
    *,
    repo: Repository,
    github_api: GitHubApi = GITHUB_API,
    as_json: AsJson = False,
) -> None:
    """List what a repository deploys, where each thing is decided, and what was left out."""

    async def work() -> Exit:
        async with progress("Reading the repository"):
            found = await asyncio.to_thread(_survey, await snapshot_of(repo, github_api=github_api))
        if as_json:
            show.print_json(_data(found))
        else:
            _print(found)
        return Exit.DONE

    run(work())


def _survey(snapshot: Snapshot) -> Survey:
    return survey(Index.of(snapshot))


def _print(found: Survey) -> None:
    """One row for every place that decides something, then what was left out."""
    rows = show.table("workload", "what", "value", "where", "sure")
    for each in found.workloads:
        _add(rows, "/".join(filter(None, (each.namespace, each.name))), each.file, each.places)
    for machine in found.machines:
        _add(rows, machine.address, machine.file, machine.places)
    console = show.tabular()
    console.print(rows)
    for unread in found.unread:
        said = show.safe(f"left out: {unread.path} {unread.reason}")
        console.print(Text(said, style="dim"), soft_wrap=True)
    counts = f"{len(found.workloads)} workloads, {len(found.machines)} machines, {len(found.unread)} left out"
    console.print(Text(counts, style="bold"))


def _add(rows: Table, label: str, file: str, places: tuple[KnownPlace, ...]) -> None:
    known = [place for place in places if place.is_set]
    for place in known:
        what = " ".join(filter(None, (place.topic.replace("_", " "), place.container, place.name)))
        where = f"{place.file}:{place.line}" if place.line else place.file
        cells = (label, what, str(_value(place)), where, place.confidence.value)
        rows.add_row(*(Text(show.safe(cell)) for cell in cells))
    if not known:
        rows.add_row(*(Text(show.safe(cell)) for cell in (label, "", "", file, "")))


def _data(found: Survey) -> dict[str, Any]:
    return {
        "commit": found.commit,
        "workloads": [
            {
                "kind": each.kind,
                "namespace": each.namespace,
                "name": each.name,
                "file": each.file,
                "aliases": each.aliases,
                "containers": each.containers,
                "scaled_by": each.scaled_by,
                "knobs": [_place(place) for place in each.places],
            }
            for each in found.workloads
        ],
        "machines": [
            {
                "name": each.name,
                "address": each.address,
                "file": each.file,
                "knobs": [_place(place) for place in each.places],
                "problems": each.problems,
            }
            for each in found.machines
        ],
        "unread": [{"path": each.path, "reason": each.reason} for each in found.unread],
    }


def _place(place: KnownPlace) -> dict[str, Any]:
    return {
        "topic": place.topic,
        "container": place.container,
        "name": place.name,
        "file": place.file,
        "path": place.path,
        "line": place.line,
        "value": _value(place),
        "set": place.is_set,
        "confidence": place.confidence,
        "shared_by": place.shared_by,
    }


def _value(place: KnownPlace) -> Any:
    """The value of a place, unless it is a secret."""
    return shown(place.name or place.path, place.value)
