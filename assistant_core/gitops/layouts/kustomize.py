"""kustomize: resources, bases and components of a directory, with the kustomizations they go through."""

from collections.abc import Iterator
from dataclasses import replace
import posixpath
import re
from typing import Any

from ..model import ChartVersion, Layer, Overlay, Owner, Release, Unread
from ..text import Spot, Unreadable
from .expansion import Expansion, deployed
from .files import Files, entries, get, mapping, normal, parsed, word

_REMOTE = re.compile(r"[a-z][a-z0-9+.-]+://|git@|[^/]+\.[a-z]+/[^/]+/[^/]+.*(\?|//)|.*\?ref=")
_DEPTH = 20
_COST = 4
"""A kustomization takes as long as so many objects."""


def add_kustomization(
    out: Expansion,
    directory: str,
    owner: Owner | None,
    overlays: tuple[Overlay, ...] = (),
    seen: tuple[str, ...] = (),
) -> None:
    """Take in what the kustomization of a directory builds; `overlays` are those around it, innermost first."""
    path = out.files.kustomization(directory)
    if path is None or directory in seen or len(seen) > _DEPTH or not out.follows(path, _COST):
        return
    documents = out.documents(path)
    data = documents[0] if documents and isinstance(documents[0], dict) else {}
    seen = (*seen, directory)
    own = Overlay(path=path, spot=Spot(0, ()), data=data)
    components = [_beside(directory, each) for each in _names(data, "components")]
    around = (*_component_overlays(out, components), own, *overlays)
    for name in [*_names(data, "resources"), *_names(data, "bases")]:
        _add_resource(out, path, directory, name, owner, around, seen)
    for component in components:
        add_kustomization(out, component, owner, (own, *overlays), seen)
    for name in _names(data, "transformers"):
        if (target := _beside(directory, name)) in out.files:
            out.problems.append(Unread(path=target, reason="changes what kustomize builds, and I do not follow how"))
    for patch in patch_files(directory, data):
        if patch in out.files:
            out.documents(patch)
    _add_generators(out, path, directory, data, owner, around)
    out.releases += _charts(out, path, directory, data, owner)


def _names(data: Any, key: str) -> list[str]:
    return [each for each in entries(data, key) if isinstance(each, str)]


def _beside(directory: str, name: str) -> str:
    return normal(posixpath.join(directory, name))


def _component_overlays(out: Expansion, components: list[str]) -> Iterator[Overlay]:
    for component in components:
        path = out.files.kustomization(component)
        if path is not None:
            yield Overlay(path=path, spot=Spot(0, ()), data=out.files.mapping(path))


def _add_resource(
    out: Expansion,
    path: str,
    directory: str,
    name: str,
    owner: Owner | None,
    overlays: tuple[Overlay, ...],
    seen: tuple[str, ...],
) -> None:
    target = _beside(directory, name)
    if target in out.files:
        out.add_file(target, owner, overlays)
    elif out.files.is_directory(target) and not _REMOTE.match(name):
        add_kustomization(out, target, owner, overlays, seen)
    elif not _REMOTE.match(name):
        out.misses(path, "resource", name)
    else:
        out.problems.append(Unread(path=path, reason=f"takes in {name[:120]}, which lies elsewhere"))


def patch_files(directory: str, data: Any) -> Iterator[str]:
    """The files that a kustomization takes patches from."""
    listed: list[Any] = [*entries(data, "patches"), *entries(data, "patchesJson6902")]
    names = [word(each, "path") for each in listed] + _names(data, "patchesStrategicMerge") + _names(data, "patches")
    yield from (_beside(directory, name) for name in names if name and "\n" not in name)


def _add_generators(
    out: Expansion, path: str, directory: str, data: Any, owner: Owner | None, overlays: tuple[Overlay, ...]
) -> None:
    """ConfigMaps from literals and files, as objects whose `files` lead to where their texts are."""
    for number, each in enumerate(entries(data, "configMapGenerator")):
        name = word(each, "name")
        files: dict[str, str] = {}
        for entry in _names(each, "files"):
            key, _, target = entry.rpartition("=")
            found = _beside(directory, target)
            files[key or posixpath.basename(target)] = found
            if found in out.files:
                out.read.add(found)
        env_files = [_beside(directory, entry) for entry in [*_names(each, "envs"), word(each, "env")] if entry]
        generated = {
            "kind": "ConfigMap",
            "apiVersion": "generator",
            "metadata": {"name": name, "namespace": word(each, "namespace")},
            "literals": _names(each, "literals"),
            "files": files,
            "envs": env_files,
        }
        out.objects.append(deployed(generated, path, 0, ("configMapGenerator", number), owner, overlays))


def _charts(out: Expansion, path: str, directory: str, data: Any, owner: Owner | None) -> Iterator[Release]:
    """The charts that kustomize itself inflates."""
    for number, chart in enumerate(entries(data, "helmCharts")):
        keys = ("helmCharts", number)
        layers = [
            Layer(
                path=path,
                spot=Spot(0, (*keys, "valuesInline")),
                data=mapping(chart, "valuesInline"),
                exists="valuesInline" in mapping(chart),
            )
        ]
        names = [*reversed(_names(chart, "additionalValuesFiles")), word(chart, "valuesFile")]
        for name in names:
            found = _beside(directory, name) if name else ""
            if found in out.files:
                out.read.add(found)
                layers.append(Layer(path=found, spot=Spot(0, ()), data=out.files.mapping(found)))
        version = word(chart, "version")
        yield Release(
            kind="HelmChart",
            name=word(chart, "releaseName") or word(chart, "name"),
            namespace=word(chart, "namespace") or word(data, "namespace") or (owner.target_namespace if owner else ""),
            chart=word(chart, "name"),
            path=path,
            document=0,
            layers=tuple(sorted(layers, key=lambda layer: not layer.exists)),
            version=ChartVersion(path=path, spot=Spot(0, (*keys, "version")), value=version),
            owner=owner,
        )


def patches(files: Files, overlay: Overlay) -> Iterator[tuple[str, Spot, Any, Any]]:
    """Every patch of an overlay: its file, where its content begins, the content, and its target (None: by name)."""
    directory = posixpath.dirname(overlay.path)
    for key in ("patches", "patchesJson6902"):
        for number, each in enumerate(entries(overlay.data, key)):
            target = get(each, "target")
            if isinstance(each, str):
                yield from _listed(files, overlay, (key, number), directory, each, None)
            elif isinstance(get(each, "patch"), str):
                yield from _inline(overlay, (key, number, "patch"), each["patch"], target)
            elif name := word(each, "path"):
                yield from _from_file(files, _beside(directory, name), target)
    for number, each in enumerate(entries(overlay.data, "patchesStrategicMerge")):
        if isinstance(each, str):
            yield from _listed(files, overlay, ("patchesStrategicMerge", number), directory, each, None)


def _listed(
    files: Files, overlay: Overlay, keys: tuple[str | int, ...], directory: str, text: str, target: Any
) -> Iterator[tuple[str, Spot, Any, Any]]:
    if "\n" in text:
        yield from _inline(overlay, keys, text, target)
    else:
        yield from _from_file(files, _beside(directory, text), target)


def _inline(
    overlay: Overlay, keys: tuple[str | int, ...], text: str, target: Any
) -> Iterator[tuple[str, Spot, Any, Any]]:
    try:
        documents = parsed(text.encode())
    except Unreadable:
        return
    spot = overlay.spot.below(*keys)
    if len(documents) == 1:
        yield overlay.path, replace(spot, inside=()), documents[0], target


def _from_file(files: Files, path: str, target: Any) -> Iterator[tuple[str, Spot, Any, Any]]:
    if path not in files:
        return
    try:
        documents = files.documents(path)
    except Unreadable:
        return
    for number, content in enumerate(documents):
        yield path, Spot(number, ()), content, target
