"""Flux: Kustomizations with what they deploy, patch and substitute."""

from collections.abc import Iterator, Mapping
import posixpath
from typing import Any

from ..model import Deployed, Overlay, Owner
from ..text import Spot
from .argocd import address
from .expansion import Expansion
from .files import Files, entries, mapping, normal, word
from .kustomize import add_kustomization
from .replacing import replaced

KUSTOMIZE = "kustomize.toolkit.fluxcd.io"


def kustomization(files: Files, found: Deployed) -> Owner:
    """A Flux Kustomization as the owner of what it deploys."""
    root, data = _from_the_root(files, found.data, word(found.data, "spec", "sourceRef", "kind"))
    return Owner(
        kind="Kustomization",
        name=found.name,
        namespace=found.namespace,
        path=found.path,
        document=found.document,
        keys=found.keys,
        data=data,
        target_namespace=replaced(files, found, "spec.targetNamespace") or word(found.data, "spec", "targetNamespace"),
        cluster=word(found.data, "spec", "kubeConfig", "secretRef", "name"),
        root=root,
        parent=found.owner,
    )


def _from_the_root(files: Files, data: Mapping[str, Any], source: str) -> tuple[str, Mapping[str, Any]]:
    """The folder that an artifact was made of, and the settings with a path from the root of the repository."""
    spec = mapping(data, "spec")
    directory = normal(word(spec, "path"))
    if source == "GitRepository" or not directory or files.is_directory(directory):
        return "", data
    found = [each for each in files.children("") if files.is_directory(posixpath.join(each, directory))]
    if len(found) != 1:
        return "", data
    return found[0], {**data, "spec": {**spec, "path": posixpath.join(found[0], directory)}}


def instance(files: Files, found: Deployed) -> Owner:
    """The sync of a FluxInstance, which is a Kustomization that the operator makes."""
    sync = mapping(found.data, "spec", "sync")
    root, data = _from_the_root(files, {"spec": {"path": word(sync, "path") or "."}}, word(sync, "kind"))
    return Owner(
        kind="Kustomization",
        name=word(sync, "name") or "flux-system",
        namespace=found.namespace,
        path=found.path,
        document=found.document,
        keys=found.keys,
        data=data,
        root=root,
    )


def add_flux(out: Expansion, owner: Owner) -> None:
    """Take in what a Flux Kustomization deploys; without a kustomization.yaml that is every manifest below its path."""
    spec = mapping(owner.data, "spec")
    directory = normal(word(spec, "path") or ".")
    if not out.files.is_directory(directory):
        out.misses(owner.path, "folder", directory)
        return
    overlays = tuple(_component_overlays(out, directory, spec))
    around = (
        *overlays,
        Overlay(path=owner.path, spot=Spot(owner.document, (*owner.keys, "spec")), data=spec, style="flux"),
    )
    if out.files.kustomization(directory) is not None:
        add_kustomization(out, directory, owner, around)
    else:
        _add_tree(out, directory, owner, around)
    for component in (each for each in entries(spec, "components") if isinstance(each, str)):
        add_kustomization(out, normal(posixpath.join(directory, component)), owner, around)


def _add_tree(out: Expansion, directory: str, owner: Owner, overlays: tuple[Overlay, ...]) -> None:
    """As Flux does it: directories with a kustomization are built, the others are taken file by file."""
    for path in out.files.yaml(directory):
        out.add_file(path, owner, overlays)
    for below in out.files.children(directory):
        if out.files.kustomization(below) is not None:
            add_kustomization(out, below, owner, overlays)
        else:
            _add_tree(out, below, owner, overlays)


def _component_overlays(out: Expansion, directory: str, spec: Mapping[str, Any]) -> Iterator[Overlay]:
    for component in (each for each in entries(spec, "components") if isinstance(each, str)):
        path = out.files.kustomization(normal(posixpath.join(directory, component)))
        if path is not None:
            yield Overlay(path=path, spot=Spot(0, ()), data=out.files.mapping(path))


def own_source(found: list[Deployed]) -> frozenset[str]:
    """The addresses of this repository as Flux knows it: the GitRepository that the cluster began with."""
    urls = [
        address(word(each.data, "spec", "url"))
        for each in found
        if each.kind == "GitRepository" and each.name == "flux-system"
    ]
    return frozenset(url for url in urls if url)


def reads_elsewhere(owner: Owner, found: list[Deployed], own: frozenset[str]) -> bool:
    """Whether a Kustomization builds another repository than this one."""
    reference = mapping(owner.data, "spec", "sourceRef")
    if word(reference, "kind") in ("OCIRepository", "Bucket"):
        return word(reference, "name") != "flux-system"
    urls = {
        address(word(each.data, "spec", "url"))
        for each in found
        if each.kind == "GitRepository" and each.own_name == word(reference, "name")
    }
    return bool(own and urls) and not urls & own
