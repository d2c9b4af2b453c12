"""What makes a new app deployed: an Application or a Flux Kustomization like another, and the entry that names it."""

from collections import Counter
from collections.abc import Iterator
import posixpath
import re
from typing import Any

from ..index import Index
from ..layouts.files import KUSTOMIZATIONS, entries, mapping, normal, word
from ..model import Owner, Workload
from ..text import Set, Spot
from .placement_model import Placement, usual

_INSIDE = ("app", "base", "manifests")
"""Folders that an app has inside its own."""
_COPIED = ("interval", "retryInterval", "timeout", "prune", "wait", "sourceRef")


def of_kustomizations(index: Index, name: str, namespace: str | None) -> Iterator[Placement]:
    """Beside a Flux Kustomization of one app; those of the wanted namespace first, then the most usual folder."""
    owners: dict[tuple[str, int], tuple[Owner, Workload]] = {}
    for each in index.workloads:
        if each.owner is not None and each.owner.kind == "Kustomization" and not each.owner.generated:
            owners.setdefault((each.owner.path, each.owner.document), (each.owner, each))
    lone = [(owner, workload) for owner, workload in owners.values() if _is_of_one(index, owner)]
    folders = Counter(posixpath.dirname(_source(owner)) for owner, _ in lone)
    spaces: dict[str, list[str]] = {}
    for owner, workload in lone:
        spaces.setdefault(posixpath.dirname(_source(owner)), []).append(workload.namespace)
    lone.sort(key=lambda each: -folders[posixpath.dirname(_source(each[0]))])
    for owner, workload in sorted(lone, key=lambda each: each[1].namespace != namespace):
        source, here = _source(owner), posixpath.dirname(owner.path)
        if source.startswith(f"{here}/"):  # the folder of the app has the Kustomization and the manifests below it
            home = posixpath.join(posixpath.dirname(here), name)
            directory = posixpath.join(home, posixpath.relpath(source, here))
            beside = posixpath.join(home, posixpath.basename(owner.path))
        elif "/" in source and source != here:
            directory = posixpath.join(posixpath.dirname(source), name)
            beside = posixpath.join(here, called_alike(posixpath.basename(owner.path), owner, name) or f"{name}.yaml")
        else:
            continue
        listing, entry = _listed(index, owner, beside)
        yield Placement(
            directory=directory,
            namespace=namespace or (usual(spaces[posixpath.dirname(source)]) if workload.namespace else name),
            model=next(iter(index.files.yaml(source, recurse=True)), owner.path),
            owner=owner,
            beside=beside,
            listing=listing,
            entry=entry,
            needs_kustomization=index.files.kustomization(source) is not None,
            votes=folders[posixpath.dirname(source)],
        )


def _source(owner: Owner) -> str:
    return normal(word(owner.data, "spec", "path") or ".")


def _is_of_one(index: Index, owner: Owner) -> bool:
    """Whether it deploys one app, and nothing else is deployed by what it deploys."""
    mine = {each.name for each in index.workloads if each.owner == owner}
    return len(mine) == 1 and not any(each.parent == owner for each in index.deployment.owners)


def _listed(index: Index, owner: Owner, beside: str) -> tuple[str | None, str]:
    """The kustomization that names the file of a Kustomization, and how it would name a new one."""
    here = posixpath.dirname(owner.path)
    read = (each for each in sorted(index.deployment.readers) if posixpath.basename(each) in KUSTOMIZATIONS)
    near = (index.files.kustomization(each) for each in (here, posixpath.dirname(here)))
    for listing in (*filter(None, near), *read):
        directory = posixpath.dirname(listing)
        for each in entries(index.files.mapping(listing), "resources"):
            if isinstance(each, str) and normal(posixpath.join(directory, each)) == owner.path:
                named = posixpath.relpath(beside, directory or ".")
                return listing, f"./{named}" if each.startswith("./") else named
    return None, ""


def called_alike(text: str, owner: Owner, name: str) -> str:
    """A text with the name of an owner's app in it, for another app; "" where that name is not in it."""
    own = next((each for each in reversed(_folder(owner).split("/")) if each not in _INSIDE), "")
    pattern = rf"(?<![a-z0-9]){re.escape(own)}(?![a-z0-9])"
    is_named = own and re.search(pattern, owner.name) and re.search(pattern, text)
    return re.sub(pattern, name, text, count=1) if is_named else ""


def _folder(owner: Owner) -> str:
    return _source(owner) if owner.kind == "Kustomization" else normal(word(owner.data, "spec", "source", "path"))


def delivery(place: Placement, owner: Owner, name: str) -> dict[str, Any]:
    """An Application or a Flux Kustomization like another one."""
    return _kustomization(place, owner, name) if owner.kind == "Kustomization" else _application(place, owner, name)


def _kustomization(place: Placement, owner: Owner, name: str) -> dict[str, Any]:
    data = owner.data
    spec = mapping(data, "spec")
    metadata = {"name": called_alike(owner.name, owner, name) or name}
    if space := word(data, "metadata", "namespace"):
        metadata["namespace"] = space
        if space == owner.target_namespace != "flux-system":  # it lives where its app lives
            metadata["namespace"] = place.namespace
    dot = "./" if owner.root or word(spec, "path").startswith("./") else ""
    return {
        "apiVersion": word(data, "apiVersion"),
        "kind": "Kustomization",
        "metadata": metadata,
        "spec": {
            "interval": "1h",
            **{key: spec[key] for key in _COPIED if key in spec},
            "path": f"{dot}{posixpath.relpath(place.directory, owner.root or '.')}",
            "targetNamespace": place.namespace,
        },
    }


def _application(place: Placement, owner: Owner, name: str) -> dict[str, Any]:
    data = owner.data
    source = mapping(data, "spec", "source")
    called = called_alike(owner.name, owner, name) or name
    metadata = {"name": called, "namespace": word(data, "metadata", "namespace") or "argocd"}
    if entries(data, "metadata", "finalizers"):
        metadata["finalizers"] = data["metadata"]["finalizers"]
    destination = {**mapping(data, "spec", "destination"), "namespace": place.namespace}
    spec: dict[str, Any] = {
        "project": word(data, "spec", "project") or "default",
        "source": {
            "repoURL": word(source, "repoURL"),
            **({"targetRevision": source["targetRevision"]} if "targetRevision" in source else {}),
            "path": place.directory,
        },
        "destination": destination,
    }
    if mapping(data, "spec", "syncPolicy"):
        spec["syncPolicy"] = data["spec"]["syncPolicy"]
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": metadata, "spec": spec}


def entry(index: Index, listing: str, name: str) -> Set:
    """The change that adds a resource to a kustomization, written as the last one there."""
    listed = entries(index.files.mapping(listing), "resources")
    dot = "./" if listed and str(listed[-1]).startswith("./") and not name.startswith("./") else ""
    return Set(Spot(0, ("resources", len(listed))), f"{dot}{name}")
