"""Beside the manifests of other apps, where a folder is taken as it is or a kustomization in it names its files."""

from collections import Counter
from collections.abc import Iterator
import posixpath
from typing import NamedTuple

from ..index import Index
from ..layouts.files import entries, normal, word
from ..model import Deployed, Workload
from ..spoken import plain
from .listed_elements import made_for
from .placement_model import Placement, usual, which_namespace
from .templated import templated_by

_BASES = ("base", "bases")


class _Place(NamedTuple):
    """A folder in which apps have files beside each other, or each a folder of its own."""

    directory: str
    is_shared: bool


def among_manifests(index: Index, name: str, namespace: str | None) -> Iterator[Placement]:
    """Where most apps are; places with apps in the wanted namespace first. Raises Incomplete for no usual namespace."""
    homes: dict[str, list[tuple[Workload, Deployed]]] = {}
    for workload in index.workloads:
        found = workload.deployed or (workload.release.source if workload.release else None)
        if found and _is_taken_as_it_is(found) and not templated_by(index, posixpath.dirname(found.path)):
            homes.setdefault(posixpath.dirname(found.path), []).append((workload, found))
    places: dict[_Place, list[Workload]] = {}
    votes: Counter[_Place] = Counter()
    for home, lodgers in homes.items():
        if len({workload.way for workload, _ in lodgers}) > 1 or posixpath.basename(home) in _BASES:
            continue  # what several build on is for none of them alone
        if any(found.owner is not None and made_for(index, found.owner) for _, found in lodgers):
            continue  # all of it is of one app, for which an Application is made
        is_shared = not is_of_one(home, [found for _, found in lodgers])
        if not is_shared and any(_is_whole(home, found) for _, found in lodgers):
            continue
        place = _Place(home if is_shared else posixpath.dirname(home), is_shared)
        places.setdefault(place, []).extend(workload for workload, _ in lodgers)
        votes[place] += len({found.own_name for _, found in lodgers}) if is_shared else 1
    everyone = [each for workloads in places.values() for each in workloads]
    space = namespace or usual(each.namespace for each in everyone)
    if not space and (known := {each.namespace for each in everyone if each.namespace}):
        raise which_namespace(name, known)
    usual_first = [place for place, _ in votes.most_common()]
    for place in sorted(usual_first, key=lambda each: space not in {one.namespace for one in places[each]}):
        yield _placed(index, name, space or name, place, places[place])


def _placed(index: Index, name: str, space: str, place: _Place, workloads: list[Workload]) -> Placement:
    listing = index.files.kustomization(place.directory) if place.is_shared else None
    directory = place.directory if place.is_shared else posixpath.join(place.directory, name)
    if (
        place.is_shared
        and listing is None
        and {each.namespace for each in workloads} == {posixpath.basename(directory)}
    ):
        directory = posixpath.join(posixpath.dirname(directory), space)  # each namespace has a folder
    return Placement(
        directory=directory,
        namespace=space,
        model=workloads[0].path,
        is_shared=place.is_shared,
        listing=listing,
        entry=f"{name}.yaml",
        needs_kustomization=not place.is_shared and any(each.way for each in workloads),
    )


def is_of_one(directory: str, found: list[Deployed]) -> bool:
    """Whether a folder is that of one app: all in it is called after the folder, or after the first of them."""
    if not directory:
        return False
    own, *others = sorted({plain(each.own_name) for each in found}, key=len)
    folder = plain(posixpath.basename(directory))
    if all(folder in each for each in (own, *others)):
        return True
    if others:
        return all(each.startswith(own) for each in others)
    file = plain(posixpath.splitext(posixpath.basename(found[0].path))[0])
    return own in folder or file != own


def _is_taken_as_it_is(found: Deployed) -> bool:
    """Whether nothing else brings its file to the cluster but its folder, or a kustomization there that names it."""
    if found.kind == "Application" or (found.owner is not None and found.owner.generated):
        return False
    built = [each for each in found.overlays if each.style == "kustomize"]
    if not built:
        return True
    here, file = posixpath.split(found.path)
    named = [normal(each) for each in entries(built[0].data, "resources") if isinstance(each, str)]
    return posixpath.dirname(built[0].path) == here and file in named


def _is_whole(home: str, found: Deployed) -> bool:
    """Whether the folder of one app is all that its owner takes, or that another kustomization takes."""
    data = found.owner.data if found.owner else {}
    taken = word(data, "spec", "source", "path") or word(data, "spec", "path")
    return (bool(taken) and normal(taken) == home) or sum(each.style == "kustomize" for each in found.overlays) > 1
