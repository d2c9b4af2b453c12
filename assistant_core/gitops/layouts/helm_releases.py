"""Flux's HelmReleases: the layers of their values, what patches add to them, and the sources of their charts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
import posixpath
from typing import Any

from ..model import ChartVersion, Deployed, Layer, Overlay, Release
from ..text import Path, Spot, Unreadable, values
from .chart_sources import ChartSources
from .files import Files, entries, get, mapping, merge, normal, word
from .kustomize import patches
from .selecting import selects

HELM = "helm.toolkit.fluxcd.io"
_VALUES = "/spec/values/"
_MOST_NAMED = 4
_VERSION = ("spec", "chart", "spec", "version")


@dataclass(frozen=True, slots=True)
class _Patch:
    """A patch that selects a release; `shared_by` are the others that it selects."""

    path: str
    spot: Spot
    content: Any
    shared_by: tuple[str, ...] = ()


def helm_releases(files: Files, found: list[Deployed]) -> Iterator[Release]:
    """Every HelmRelease with its values and its chart."""
    by_kind: dict[str, list[Deployed]] = {}
    for each in found:
        by_kind.setdefault(each.kind, []).append(each)
    patched = _Patches(files, by_kind.get("HelmRelease", []))
    sources = ChartSources(by_kind)
    copies: dict[tuple[object, ...], list[Deployed]] = {}
    for each in by_kind.get("HelmRelease", ()):
        copies.setdefault((each.path, each.document, each.keys), []).append(each)
    for each in by_kind.get("HelmRelease", ()):
        if each.api.startswith(HELM):
            others = [one for one in copies[each.path, each.document, each.keys] if one is not each]
            yield _release(files, each, sources, list(patched.of(each)), _new_patch(each, others) if others else [])


def _new_patch(found: Deployed, others: list[Deployed]) -> list[Layer]:
    """The values that a new patch of the outermost kustomization could set, where nothing is stronger than that.

    The `others` are made of the same document; those that go through that kustomization would take the patch, too.
    """
    ways = [each for each in found.overlays if each.is_folder]
    if not ways or any(each.style != "kustomize" and each.data.get("patches") for each in found.overlays):
        return []
    overlay = ways[-1]
    at = overlay.spot.below("patches", len(entries(overlay.data, "patches")), "patch")
    spot = Spot(at.document, at.keys, ("spec", "values"))
    shared = tuple(f"{each.namespace}/{each.name}" for each in others if each.goes_through(overlay))
    return [Layer(path=overlay.path, spot=spot, data={}, exists=False, shared_by=shared)]


def _release(files: Files, found: Deployed, sources: ChartSources, patched: list[_Patch], new: list[Layer]) -> Release:
    own = mapping(found.data, "spec")
    spec = _patched_spec(own, patched)
    at = Spot(found.document, (*found.keys, "spec"))
    chart, version = _chart(found, spec, sources)
    inline = Layer(path=found.path, spot=at.below("values"), data=mapping(own, "values"), exists="values" in own)
    layers = [*new, *_patched_values(patched), inline, *_values_from(files, found, spec, sources.by_kind)]
    hidden = (each for each in entries(spec, "valuesFrom") if word(each, "kind") == "Secret")
    secrets = tuple(word(each, "name") for each in hidden if not word(each, "targetPath"))
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
        version=next(_patched_versions(patched), None) or (_own_version(version, patched, new) if new else version),
        source=found,
        owner=found.owner,
        secrets=secrets,
    )


class _Patches:
    """The patches of every kustomization with the releases that each of them selects, found once."""

    def __init__(self, files: Files, releases: list[Deployed]) -> None:
        self._files = files
        self._through: dict[tuple[str, Spot], list[Deployed]] = {}
        for each in releases:
            for overlay in each.overlays:
                self._through.setdefault((overlay.path, overlay.spot), []).append(each)
        self._known: dict[tuple[str, Spot], list[tuple[_Patch, dict[int, Deployed]]]] = {}

    def of(self, found: Deployed) -> Iterator[_Patch]:
        """The patches that select a release, strongest (outermost and last) first."""
        for overlay in reversed(found.overlays):
            for patch, selected in self._of_overlay(overlay):
                if id(found) in selected:
                    others = (_label(each) for each in selected.values() if each is not found)
                    yield replace(patch, shared_by=tuple(islice(others, _MOST_NAMED)))

    def _of_overlay(self, overlay: Overlay) -> list[tuple[_Patch, dict[int, Deployed]]]:
        key = overlay.path, overlay.spot
        if key not in self._known:
            through = self._through.get(key, [])
            self._known[key] = [
                (_Patch(path, spot, content), {id(each): each for each in through if selects(target, content, each)})
                for path, spot, content, target in reversed(list(patches(self._files, overlay)))
            ]
        return self._known[key]


def _patched_spec(own: Mapping[str, Any], patched: list[_Patch]) -> dict[str, Any]:
    """The settings of a release as the patches leave them, but for its values; a list is replaced as a whole."""
    spec = dict(own)
    for each in reversed(patched):
        if isinstance(each.content, Mapping):
            spec = merge(spec, mapping(each.content, "spec"))
        for operation in each.content if isinstance(each.content, list) else ():
            keys = word(operation, "path").split("/")[1:]
            if keys[:1] == ["spec"] and len(keys) == 2 and word(operation, "op") in ("add", "replace"):  # noqa: PLR2004
                spec[keys[1]] = get(operation, "value")
    return spec


def _patched_values(patched: list[_Patch]) -> Iterator[Layer]:
    """What patches set in the values; the operations of a JSON patch are parameters."""
    for each in patched:
        if isinstance(each.content, list):
            named = [_parameter(operation) for operation in each.content]
            yield Layer(path=each.path, spot=each.spot, data=named, shared_by=each.shared_by, parameters=True)
        elif data := mapping(each.content, "spec", "values"):
            yield Layer(path=each.path, spot=each.spot.below("spec", "values"), data=data, shared_by=each.shared_by)


def _parameter(operation: Any) -> dict[str, Any]:
    """What an operation of a JSON patch sets in the values; empty when it sets nothing there."""
    pointer = word(operation, "path")
    if not pointer.startswith(_VALUES) or word(operation, "op") not in ("add", "replace"):
        return {}
    name = pointer.removeprefix(_VALUES).replace("/", ".").replace("~1", "/").replace("~0", "~")
    return {"name": name, "value": get(operation, "value")}


def _patched_versions(patched: list[_Patch]) -> Iterator[ChartVersion]:
    for each in patched:
        if isinstance(each.content, list):
            for number, operation in reversed(list(enumerate(each.content))):
                if word(operation, "path") == f"/{'/'.join(_VERSION)}" and word(operation, "value"):
                    spot, value = each.spot.below(number, "value"), word(operation, "value")
                    yield ChartVersion(path=each.path, spot=spot, value=value, shared_by=each.shared_by)
        elif value := word(each.content, *_VERSION):
            spot = each.spot.below(*_VERSION)
            yield ChartVersion(path=each.path, spot=spot, value=value, shared_by=each.shared_by)


def _own_version(version: ChartVersion | None, patched: list[_Patch], new: list[Layer]) -> ChartVersion | None:
    """Where one of several copies says its version alone: its own patch, or else a new one."""
    if version is None or version.spot.keys[-len(_VERSION) :] != _VERSION:
        return version
    for each in patched:
        if isinstance(each.content, Mapping) and not each.shared_by:
            return replace(version, path=each.path, spot=each.spot.below(*_VERSION))
    own = replace(version, path=new[0].path, spot=replace(new[0].spot, inside=_VERSION))
    return version if new[0].shared_by else own


def _chart(found: Deployed, spec: Mapping[str, Any], sources: ChartSources) -> tuple[str, ChartVersion | None]:
    """The chart's name and where its version stands: in the release, or in the object that it refers to."""
    inline = mapping(spec, "chart", "spec")
    if inline:
        spot = Spot(found.document, (*found.keys, *_VERSION))
        return word(inline, "chart"), ChartVersion(path=found.path, spot=spot, value=word(inline, "version"))
    name = word(spec, "chartRef", "name")
    source = sources.of(found, spec)
    if source is None:
        return name, None
    kind = source.kind
    keys: Path = ("spec", "ref", "tag") if kind == "OCIRepository" else ("spec", "version")
    chart = word(source.data, "spec", "url") if kind == "OCIRepository" else word(source.data, "spec", "chart")
    if kind == "OCIRepository" and not word(source.data, *keys):
        keys = ("spec", "ref", "semver")
    users = (each for each in sources.users(source) if (each.path, each.name) != (found.path, found.name))
    return chart.rstrip("/"), ChartVersion(
        path=source.path,
        spot=Spot(source.document, (*source.keys, *keys)),
        value=word(source.data, *keys),
        shared_by=tuple(map(_label, users)),
    )


def _label(found: Deployed) -> str:
    return f"{found.namespace}/{found.name}".lstrip("/")


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
