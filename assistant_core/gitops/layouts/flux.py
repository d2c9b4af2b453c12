"""Flux: Kustomizations with what they patch and substitute, and HelmReleases with the sources of their charts."""

from collections.abc import Iterator, Mapping
import posixpath
from typing import Any

from ..model import ChartVersion, Deployed, Layer, Overlay, Owner, Release
from ..text import Path, Spot, Unreadable, values
from .argocd import address
from .expansion import Expansion
from .files import Files, entries, get, mapping, normal, word
from .helm import missing
from .kustomize import add_kustomization

KUSTOMIZE = "kustomize.toolkit.fluxcd.io"
HELM = "helm.toolkit.fluxcd.io"


def kustomization(found: Deployed) -> Owner:
    """A Flux Kustomization as the owner of what it deploys."""
    return Owner(
        kind="Kustomization",
        name=found.name,
        namespace=found.namespace,
        path=found.path,
        document=found.document,
        keys=found.keys,
        data=found.data,
        target_namespace=word(found.data, "spec", "targetNamespace"),
        cluster=word(found.data, "spec", "kubeConfig", "secretRef", "name"),
        parent=found.owner,
    )


def instance(found: Deployed) -> Owner:
    """The sync of a FluxInstance, which is a Kustomization that the operator makes."""
    sync = mapping(found.data, "spec", "sync")
    data = {"spec": {"path": word(sync, "path") or "."}}
    return Owner(
        kind="Kustomization",
        name=word(sync, "name") or "flux-system",
        namespace=found.namespace,
        path=found.path,
        document=found.document,
        keys=found.keys,
        data=data,
    )


def add_flux(out: Expansion, owner: Owner) -> None:
    """Take in what a Flux Kustomization deploys; without a kustomization.yaml that is every manifest below its path."""
    spec = mapping(owner.data, "spec")
    directory = normal(word(spec, "path") or ".")
    if not out.files.is_directory(directory):
        missing(out, owner.path, directory)
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


def helm_releases(files: Files, found: list[Deployed]) -> Iterator[Release]:
    """Every HelmRelease with its values and its chart."""
    by_kind: dict[str, list[Deployed]] = {}
    for each in found:
        by_kind.setdefault(each.kind, []).append(each)
    for each in by_kind.get("HelmRelease", ()):
        if each.api.startswith(HELM):
            yield _release(files, each, by_kind)


def _release(files: Files, found: Deployed, by_kind: dict[str, list[Deployed]]) -> Release:
    spec = mapping(found.data, "spec")
    at = Spot(found.document, (*found.keys, "spec"))
    chart, version = _chart(found, spec, by_kind)
    inline = Layer(path=found.path, spot=at.below("values"), data=mapping(spec, "values"), exists="values" in spec)
    layers = [inline, *_values_from(files, found, spec, by_kind)]
    notes = tuple(
        f"Some values of {found.name} come from the Secret {word(each, 'name')}, which is not in the files."
        for each in entries(spec, "valuesFrom")
        if word(each, "kind") == "Secret"
    )
    name = word(spec, "chart", "spec", "chart")
    if name.startswith(("./", "/", "charts/")) and (path := posixpath.join(normal(name), "values.yaml")) in files:
        layers.append(Layer(path=path, spot=Spot(0, ()), data=files.mapping(path)))
    return Release(
        kind="HelmRelease",
        name=word(spec, "releaseName") or found.name,
        namespace=word(spec, "targetNamespace") or found.namespace,
        chart=posixpath.basename(chart),
        path=found.path,
        document=found.document,
        layers=tuple(layers),
        version=version,
        source=found,
        owner=found.owner,
        notes=notes,
    )


def _chart(
    found: Deployed, spec: Mapping[str, Any], by_kind: dict[str, list[Deployed]]
) -> tuple[str, ChartVersion | None]:
    """The chart's name and where its version stands: in the release, or in the object that it refers to."""
    inline = mapping(spec, "chart", "spec")
    if inline:
        spot = Spot(found.document, (*found.keys, "spec", "chart", "spec", "version"))
        return word(inline, "chart"), ChartVersion(path=found.path, spot=spot, value=word(inline, "version"))
    reference = mapping(spec, "chartRef")
    kind, name = word(reference, "kind"), word(reference, "name")
    namespace = word(reference, "namespace") or found.namespace
    named = [each for each in by_kind.get(kind, ()) if each.name == name]
    near = [each for each in named if each.path == found.path and each.namespace == found.namespace]
    chosen = near or [each for each in named if each.namespace == namespace] or named
    if not chosen:
        return name, None
    source = chosen[0]
    keys: Path = ("spec", "ref", "tag") if kind == "OCIRepository" else ("spec", "version")
    chart = word(source.data, "spec", "url") if kind == "OCIRepository" else word(source.data, "spec", "chart")
    if kind == "OCIRepository" and not word(source.data, *keys):
        keys = ("spec", "ref", "semver")
    users = tuple(
        f"{each.namespace}/{each.name}"
        for each in by_kind["HelmRelease"]
        if each is not found
        and word(each.data, "spec", "chartRef", "name") == name
        and _same_source(each, source, found)
    )
    return chart.rstrip("/"), ChartVersion(
        path=source.path,
        spot=Spot(source.document, (*source.keys, *keys)),
        value=word(source.data, *keys),
        shared_by=users,
    )


def _same_source(other: Deployed, source: Deployed, found: Deployed) -> bool:
    namespace = word(other.data, "spec", "chartRef", "namespace") or other.namespace
    return namespace == source.namespace and (other.path, other.name) != (found.path, found.name)


def _values_from(
    files: Files, found: Deployed, spec: Mapping[str, Any], by_kind: dict[str, list[Deployed]]
) -> Iterator[Layer]:
    """The ConfigMaps of the repository that hold values, strongest (last) first."""
    for each in reversed(entries(spec, "valuesFrom")):
        if word(each, "kind") != "ConfigMap" or word(each, "targetPath"):
            continue
        key = word(each, "valuesKey") or "values.yaml"
        for config in by_kind.get("ConfigMap", ()):
            if word(each, "name") in (config.name, config.own_name) and config.owner == found.owner:
                yield from _of_config(files, config, key)


def _of_config(files: Files, config: Deployed, key: str) -> Iterator[Layer]:
    path = get(config.data, "files", key)
    if isinstance(path, str) and path in files:
        yield Layer(path=path, spot=Spot(0, ()), data=files.mapping(path))
    text = get(config.data, "data", key)
    if isinstance(text, str):
        try:
            documents = values(text.encode())
        except Unreadable:
            return
        data = documents[0] if len(documents) == 1 and isinstance(documents[0], dict) else {}
        yield Layer(path=config.path, spot=Spot(config.document, (*config.keys, "data", key), ()), data=data)
