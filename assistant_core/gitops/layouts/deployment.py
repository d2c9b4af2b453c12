"""What a repository really deploys: everything that can be reached from its roots, and nothing else.

Roots are the Applications and Flux Kustomizations that no other one deploys. A repository without any is applied by
hand: its overlays, charts and manifests all count.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
import posixpath
import re

from ..model import Deployed, Owner, Release, Unread
from .deleted import surviving
from .expansion import Expansion
from .files import Files, entries, normal, word
from .flux import own_source, reads_elsewhere
from .helm import add_chart
from .helm_charts import helm_charts
from .helm_releases import helm_releases
from .kustomize import add_kustomization
from .other_tools import left_to_others
from .roots import (
    SHELVED,
    TEMPLATE,
    Identity,
    expand,
    identity,
    is_template,
    makes_applications,
    objects,
    of_charts,
    of_release,
    own_addresses,
    owners,
)
from .shelving import Shelves

_COMMENTED = re.compile(r"(?m)^[ \t]*#[# \t]*-[ \t]+(\.{1,2}/[\w./-]+|[\w-][\w./-]*)[ \t]*(?:#.*)?$")
_OVERLAY = re.compile(r"(^|/)(overlays?|environments?|envs?)/")


@dataclass(slots=True)
class Deployment:
    """The objects, releases and owners that count, and the files that do not with the reason."""

    objects: list[Deployed] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    owners: list[Owner] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    readers: dict[str, set[Identity | None]] = field(default_factory=dict)
    opaque: bool = False

    def add(self, out: Expansion, owner: Owner | None) -> None:
        """Take in what an owner deploys."""
        self.objects += out.objects
        self.releases += out.releases
        self.unread += out.problems
        self.opaque = self.opaque or out.opaque
        for path in out.read:
            self.readers.setdefault(path, set()).add(identity(owner) if owner else None)


def deployment(files: Files) -> Deployment:
    """Follow a repository from its roots."""
    charts = tuple(
        sorted(posixpath.dirname(path) for path in files.all_yaml() if posixpath.basename(path) == "Chart.yaml")
    )
    standing, problems = objects(files, charts)
    seeds = [owner for found in standing for owner in owners(files, found)]
    seeds += of_charts(files, charts)
    own = own_addresses([each for each in seeds if each.kind == "Application"], files)
    known = {posixpath.dirname(each.path) for each in seeds}
    result = Deployment()
    listing = _follow(files, result, seeds, standing, own)
    hidden = (each for each in charts if each not in known and posixpath.basename(each) not in listing)
    result.opaque = result.opaque or any(makes_applications(files, each) for each in hidden)
    reaches = any(owner_paths for owner_paths in result.readers if owner_paths not in {each.path for each in seeds})
    if not seeds or result.opaque or not reaches:
        _by_hand(files, result, charts)
    result.releases += helm_releases(files, result.objects)
    result.releases += helm_charts(files, result.objects)
    _unread(files, result, standing, problems, charts, bool(seeds))
    return result


def _follow(
    files: Files, result: Deployment, seeds: list[Owner], standing: list[Deployed], own: frozenset[str]
) -> set[str]:
    """Walk from the roots to everything they deploy; the charts that make Applications of their values."""
    listing: set[str] = set()
    flux = own_source(standing)
    alone = {id(owner): expand(files, owner, own) for owner in seeds}
    listed = [each for out in alone.values() for release in out.releases for each in of_release(files, release)]
    alone |= {id(owner): expand(files, owner, own) for owner in listed}
    seeds = [*seeds, *listed]
    reached = {identity(each) for each in listed}
    for owner in seeds:
        inner = {identity(each) for found in alone[id(owner)].objects for each in owners(files, found)}
        reached |= inner - {identity(owner)}
    roots = [owner for owner in seeds if identity(owner) not in reached] or seeds
    shelves = Shelves(files, seeds, alone)
    shelved = {identity(owner): reason for owner in roots if (reason := shelves.reason(owner))}
    todo = deque(owner for owner in roots if identity(owner) not in shelved)
    seen: set[tuple[Identity, str]] = set()
    while todo:
        owner = todo.popleft()
        if (identity(owner), owner.name) in seen or reads_elsewhere(owner, standing, flux):
            continue
        seen.add((identity(owner), owner.name))
        result.owners.append(owner)
        result.readers.setdefault(owner.path, set()).add(identity(owner.parent) if owner.parent else None)
        out = expand(files, owner, own)
        made = [of_release(files, each) for each in out.releases]
        listing |= {each.chart for each, its_own in zip(out.releases, made, strict=True) if its_own}
        out.releases = [each for each, its_own in zip(out.releases, made, strict=True) if not its_own]
        result.add(out, owner)
        todo.extend(each for found in out.objects for each in owners(files, found))
        todo.extend(each for its_own in made for each in its_own)
    result.unread += [Unread(path=key[0], reason=reason) for key, reason in shelved.items()]
    return listing


def _by_hand(files: Files, result: Deployment, charts: tuple[str, ...]) -> None:
    """Overlays, charts and manifests that somebody applies himself."""
    rest = [path for path in files.all_yaml() if path not in result.readers and not SHELVED.search(path)]
    built = [posixpath.dirname(path) for path in rest if files.kustomization(posixpath.dirname(path)) == path]
    for directory in _by_themselves(files, built):
        out = Expansion(files)
        add_kustomization(out, directory, None)
        out.objects = surviving(files, out.objects)
        result.add(out, None)
    bundled = {normal(posixpath.join(chart, each)) for chart in charts for each in _local_charts(files, chart)}
    for chart in charts:
        path = posixpath.join(chart, "Chart.yaml")
        if path in rest and path not in result.readers and chart not in bundled and not is_template(path, charts):
            out = Expansion(files)
            add_chart(out, chart, posixpath.basename(chart) or word(files.mapping(path), "name"), "", (), None)
            result.add(out, None)
    for path in rest:
        inside = any(path.startswith(f"{each}/") or not each for each in [*built, *charts])
        if files.is_manifest(path) and not inside and path not in result.readers and not path.startswith("."):
            out = Expansion(files)
            if b"kind" in files.data(path):
                out.add_file(path, None)
            if out.objects:
                result.add(out, None)


def _by_themselves(files: Files, built: list[str]) -> Iterator[str]:
    """The kustomizations that no other one takes in, or took in once: those that somebody applies."""
    users: dict[str, list[str]] = {}
    for each in built:
        for name in _referenced(files, each):
            users.setdefault(normal(posixpath.join(each, name)), []).append(each)
    left_out = {found for each in built for found in _left_out(files, each)}
    for each in built:
        stands = _is_environment(files, each, users[each]) if each in users else each not in left_out
        if stands and word(files.mapping(files.kustomization(each) or ""), "kind") != "Component":
            yield each


def _is_environment(files: Files, directory: str, users: list[str]) -> bool:
    """Whether an overlay that only overlays build on is also applied itself: it has a namespace or names of its own."""
    data = files.mapping(files.kustomization(directory) or "")
    return all(_OVERLAY.search(f"{each}/") for each in (directory, *users)) and any(
        word(data, key) for key in ("namespace", "namePrefix", "nameSuffix")
    )


def _left_out(files: Files, directory: str) -> list[str]:
    """The folders that a kustomization names in a comment, as something that it took in once."""
    named = _COMMENTED.findall(files.data(files.kustomization(directory) or "").decode(errors="replace"))
    return [normal(posixpath.join(directory, each)) for each in named]


def _referenced(files: Files, directory: str) -> list[str]:
    data = files.mapping(files.kustomization(directory) or "")
    return [
        each for key in ("resources", "bases", "components") for each in entries(data, key) if isinstance(each, str)
    ]


def _local_charts(files: Files, chart: str) -> list[str]:
    listed = entries(files.mapping(posixpath.join(chart, "Chart.yaml")), "dependencies")
    repositories = [word(each, "repository") for each in listed]
    return [each.removeprefix("file://") for each in repositories if each.startswith("file://")]


def _unread(
    files: Files,
    result: Deployment,
    standing: list[Deployed],
    problems: list[Unread],
    charts: tuple[str, ...],
    has_roots: bool,  # noqa: FBT001
) -> None:
    """List every file that looks as if it mattered and does not."""
    told = {each.path for each in result.unread}
    deployed = {each.path for each in result.objects}
    for each in problems:
        if each.path not in told:
            result.unread.append(each)
            told.add(each.path)
    why = "nothing that is deployed reads it" if has_roots else "no kustomization names it"
    for path in sorted({each.path for each in standing} - result.readers.keys() - told):
        match = SHELVED.search(path)
        reason = f"it lies in a folder called '{match[2]}'" if match else why
        result.unread.append(Unread(path=path, reason=f"is not deployed: {reason}"))
        told.add(path)
    for path in files.paths() - told - result.readers.keys():
        if reason := left_to_others(path, files.data(path)):
            result.unread.append(Unread(path=path, reason=reason))
            told.add(path)
    for path in files.all_yaml():
        if path in told:
            continue
        if is_template(path, charts) and path not in deployed:
            result.unread.append(Unread(path=path, reason=TEMPLATE))
        elif path not in result.readers and not path.startswith(".") and "values" in posixpath.basename(path):
            result.unread.append(Unread(path=path, reason="is not deployed: no source names it"))
    result.unread.sort(key=lambda each: each.path)
