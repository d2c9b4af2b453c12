"""What waits for an app that goes: Flux would wait for it for ever."""

from collections.abc import Iterable, Iterator

from ..index import Index
from ..layouts.files import entries, word
from ..model import Owner, Release
from ..text import Remove, Spot
from .writing import Changes


def dependents(index: Index, owner: Owner) -> Changes:
    """The `dependsOn` entries that name a Flux Kustomization or what it releases, from the last one on."""
    gone = {("Kustomization", owner.name, owner.namespace)}
    gone |= {_known_as(each) for each in index.deployment.releases if each.owner == owner and each.source}
    left = [each for each in index.deployment.releases if each.owner != owner]
    return [*_of_owners(index, owner, gone), *_of_releases(left, gone)]


def dependents_of(index: Index, release: Release) -> Changes:
    """The `dependsOn` entries that name a HelmRelease, from the last one on."""
    left = [each for each in index.deployment.releases if each.source is not release.source]
    return list(_of_releases(left, {_known_as(release)}))


type _Known = tuple[str, str, str]


def _known_as(release: Release) -> _Known:
    namespace = word(release.source.data, "metadata", "namespace") if release.source else ""
    return "HelmRelease", release.source.name if release.source else "", namespace or release.namespace


def _of_owners(index: Index, owner: Owner, gone: set[_Known]) -> Iterator[tuple[str, Remove]]:
    for each in index.deployment.owners:
        if each.kind == "Kustomization" and each != owner:
            spot = Spot(each.document, (*each.keys, "spec", "dependsOn"))
            yield from _entries(
                each.path, spot, entries(each.data, "spec", "dependsOn"), each.kind, each.namespace, gone
            )


def _of_releases(left: Iterable[Release], gone: set[_Known]) -> Iterator[tuple[str, Remove]]:
    for each in left:
        if each.source is not None and each.kind == "HelmRelease":
            found = each.source
            spot = Spot(found.document, (*found.keys, "spec", "dependsOn"))
            listed = entries(found.data, "spec", "dependsOn")
            yield from _entries(found.path, spot, listed, each.kind, found.namespace, gone)


def _entries(
    path: str, spot: Spot, listed: list[object], kind: str, namespace: str, gone: set[_Known]
) -> Iterator[tuple[str, Remove]]:
    waits = [number for number, each in enumerate(listed) if _named(each, kind, namespace) in gone]
    if waits and len(waits) == len(listed):
        yield path, Remove(spot)
        return
    yield from ((path, Remove(spot.below(number))) for number in reversed(waits))


def _named(entry: object, kind: str, namespace: str) -> _Known:
    return kind, word(entry, "name"), word(entry, "namespace") or namespace
