"""Where a new app belongs: beside the other apps of the repository, and deployed in the way they are."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
import posixpath
from typing import Any

from ...errors import EditRefused
from ..index import Index
from ..layouts.applicationsets import discovered
from ..layouts.files import Files, entries, get, mapping, normal, word
from ..model import Owner, Workload
from .among_manifests import among_manifests, is_of_one
from .deliveries import called_alike, of_kustomizations
from .listed_applications import is_listed, is_plain
from .listed_elements import made_for
from .own_folder import is_within, source_folders
from .placement_model import Placement, usual, which_namespace

_MANIFESTS = "manifests"
_OVERLAYS = ("overlays", "overlay", "envs", "environments")


def placement(index: Index, name: str, namespace: str | None) -> Placement:
    """The place that most apps speak for. Raises EditRefused, Incomplete."""
    ways = (_of_applications, of_kustomizations, _of_listings)
    found = [place for each in ways if (place := next(each(index, name, namespace), None)) is not None]
    place = max(found, key=lambda each: each.votes, default=None)
    for way in (among_manifests, _beside_charts):
        place = place or next(way(index, name, namespace), None)
    if place is None:
        raise EditRefused(
            "I do not see where this repository keeps its apps, so I do not know where a new one belongs.",
            reason="no_place",
        )
    if not place.namespace:
        raise which_namespace(name, (each.namespace for each in index.workloads))
    return place


def _of_applications(index: Index, name: str, namespace: str | None) -> Iterator[Placement]:
    """Beside the directory of an Application whose path is a plain directory; the most usual parent first."""
    owners = [
        each
        for each in index.deployment.owners
        if each.kind == "Application" and (path := _path(each)) and _is_app(index, each, path)
    ]
    parents = Counter(_parent(each) for each in owners)
    makers = Counter((each.path, each.document) for each in owners if each.generated)
    spaces = Counter(each.target_namespace for each in owners)

    def votes(owner: Owner) -> int:
        return max(parents[_parent(owner)], makers[owner.path, owner.document])

    usual = sorted(owners, key=lambda each: (-votes(each), -parents[_parent(each)], -spaces[each.target_namespace]))
    for owner in sorted(usual, key=lambda each: namespace not in _namespaces(index, each)):
        path = _path(owner)
        file = called_alike(posixpath.basename(owner.path), owner, name) or f"{name}.yaml"
        beside = posixpath.join(posixpath.dirname(owner.path), file)
        directory = posixpath.join(_parent(owner), name)
        if home := _home(index, owner):  # the Application lies in the folder of its app
            folder = posixpath.join(posixpath.dirname(home), name)
            beside = posixpath.join(folder, posixpath.basename(owner.path).replace(owner.name, name))
            directory = posixpath.join(folder, _MANIFESTS)
        if owner.generated and not _is_discovered(index, owner, directory):
            continue
        if not home and made_for(index, owner):  # its folders are those of one app
            continue
        if is_listed(owner):
            model = next(iter(index.files.yaml(path, recurse=True)), owner.path)
            space = namespace or owner.target_namespace or name
            if is_plain(index, owner):
                yield Placement(directory=directory, namespace=space, model=model, alike=owner, votes=votes(owner))
            continue
        yield Placement(
            directory=directory,
            namespace=namespace or (name if owner.generated else _namespace(owner, owners, name)),
            model=next(iter(index.files.yaml(path, recurse=True)), owner.path),
            owner=None if owner.generated else owner,
            beside=beside,
            listing=None if owner.generated else index.files.kustomization(posixpath.dirname(beside)),
            entry=posixpath.basename(beside),
            votes=votes(owner),
        )


def _beside_charts(index: Index, name: str, namespace: str | None) -> Iterator[Placement]:
    """A folder of its own with an Application among those of charts from elsewhere, where no app has manifests."""
    charts = [
        each
        for each in index.deployment.owners
        if each.kind == "Application" and not each.generated and not each.keys and each.parent is not None
    ]
    charts = [each for each in charts if any(one.owner == each for one in index.deployment.releases)]
    charts = [each for each in charts if not made_for(index, each)]
    own = next(_own_sources(index), None)
    for folder, votes in Counter(posixpath.dirname(each.path) for each in charts).most_common() if own else ():
        near = [each for each in charts if posixpath.dirname(each.path) == folder]
        directory = posixpath.join(posixpath.dirname(folder), _MANIFESTS, name)
        if any(is_within(directory, each) for owner in index.deployment.owners for each in source_folders(owner)):
            continue
        spec = {**mapping(near[0].data, "spec"), "source": own}
        yield Placement(
            directory=directory,
            namespace=namespace or _namespace(near[0], near, name),
            model=near[0].path,
            owner=replace(near[0], data={**near[0].data, "spec": spec}),
            beside=posixpath.join(folder, f"{name}.yaml"),
            listing=index.files.kustomization(folder),
            entry=f"{name}.yaml",
            votes=votes,
        )


def _own_sources(index: Index) -> Iterator[dict[str, Any]]:
    """Where Applications take the folders of this repository from."""
    for owner in index.deployment.owners:
        spec = mapping(owner.data, "spec")
        for source in (mapping(spec, "source"), *entries(spec, "sources")):
            path = normal(word(source, "path"))
            if path and not owner.generated and index.files.is_directory(path):
                yield {key: source[key] for key in ("repoURL", "targetRevision") if key in source}


def _namespace(owner: Owner, owners: list[Owner], name: str) -> str:
    """The namespace that the apps beside share, the app's own where each has one and it is made; "" for neither."""
    near = [each for each in owners if _parent(each) == _parent(owner)]
    own = [each for each in near if each.target_namespace in (each.name, posixpath.basename(_path(each)))]
    is_made = "CreateNamespace=true" in entries(owner.data, "spec", "syncPolicy", "syncOptions")
    if not owner.target_namespace or (is_made and 2 * len(own) > len(near)):
        return name
    return usual(each.target_namespace for each in near)


def _home(index: Index, owner: Owner) -> str:
    """The folder that an Application shares with what it deploys, and with no other Application; empty for none."""
    here = posixpath.dirname(owner.path)
    alone = sum(posixpath.dirname(each.path) == here for each in index.deployment.owners) == 1
    return here if alone and not owner.generated and here and f"{_path(owner)}/".startswith(f"{here}/") else ""


def _is_discovered(index: Index, owner: Owner, directory: str) -> bool:
    """Whether the generator behind an Application would make one of a new directory."""
    new = Files({**index.snapshot.files, posixpath.join(directory, "app.yaml"): b""})
    return directory in discovered(new, owner)


def _path(owner: Owner) -> str:
    return normal(word(owner.data, "spec", "source", "path")) if get(owner.data, "spec", "source", "path") else ""


def _parent(owner: Owner) -> str:
    """Where the folder of an Application's app lies."""
    return _around(_path(owner))


def _around(folder: str) -> str:
    """Where the folder of an app lies, which its overlays are inside."""
    path = posixpath.dirname(folder)
    return posixpath.dirname(posixpath.dirname(path)) if posixpath.basename(path) in _OVERLAYS else path


def _is_app(index: Index, owner: Owner, path: str) -> bool:
    """Whether an Application deploys workloads itself, not other Applications; at the top of the repository one app."""
    own = [each.deployed for each in index.workloads if each.owner is not None and _same(each.owner, owner)]
    found = [each for each in own if each]
    return bool(own) and ("/" in path or not found or is_of_one(path, found))


def _namespaces(index: Index, owner: Owner) -> set[str]:
    """Where an Application deploys to."""
    return {owner.target_namespace} | {
        each.namespace for each in index.workloads if each.owner is not None and _same(each.owner, owner)
    }


def _same(one: Owner, other: Owner) -> bool:
    return (one.path, one.document, one.keys, one.name) == (other.path, other.document, other.keys, other.name)


def _of_listings(index: Index, name: str, namespace: str | None) -> Iterator[Placement]:
    """Beside the directories that a deployed kustomization names; of groups of apps, in that of the namespace."""
    listed: dict[str, dict[str, Workload]] = {}  # by the kustomization; one base of several is one app
    for workload in index.workloads:
        if listing := _listing(index, workload):
            listed.setdefault(listing, {}).setdefault(workload.path, workload)
    spaces = {path: [each.namespace for each in apps.values()] for path, apps in listed.items()}
    known = [each for found in spaces.values() for each in found if each]
    wanted = namespace or usual(known)
    for path in sorted(listed, key=lambda each: (wanted not in spaces[each], -len(listed[each]))):
        own = word(index.files.mapping(path), "namespace") or usual(spaces[path])
        here = posixpath.dirname(path)
        parents = Counter(_around(each) for each in _apps_of(index, path))
        parent = next((each for each, count in parents.most_common(1) if here not in parents and count > 1), here)
        yield Placement(
            directory=posixpath.join(parent, name),
            namespace=namespace or (own if wanted or len(listed) == 1 else "") or ("" if known else name),
            model=path,
            listing=path,
            entry=posixpath.relpath(posixpath.join(parent, name), here or "."),
            needs_kustomization=True,
            votes=sum(map(len, listed.values())),
        )


def _listing(index: Index, workload: Workload) -> str:
    """The innermost kustomization on a workload's way that names directories of apps below it, or several elsewhere."""
    found = workload.deployed or (workload.release.source if workload.release else None)
    overlays = [each for each in found.overlays if each.style == "kustomize"] if found else []
    named = [(each.path, _apps_of(index, each.path)) for each in overlays]
    near = [path for path, apps in named if any(is_within(each, posixpath.dirname(path)) for each in apps)]
    far = [path for path, apps in reversed(named) if len(apps) > 1]
    return next(iter([*near, *far]), "")


def _apps_of(index: Index, path: str) -> list[str]:
    """The directories that a kustomization names, but for what it lays itself over."""
    listed = [each for each in entries(index.files.mapping(path), "resources") if isinstance(each, str)]
    folders = [normal(posixpath.join(posixpath.dirname(path), each)) for each in listed if not _is_base(each)]
    return [each for each in folders if index.files.is_directory(each)]


def _is_base(name: str) -> bool:
    """Whether a kustomization names it as what it lays itself over, rather than as one app of several."""
    return posixpath.basename(name.rstrip("/")) in ("base", "bases")
