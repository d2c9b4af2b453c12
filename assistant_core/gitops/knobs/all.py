"""Every knob of a workload in the order in which they win."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..layouts.files import Files, entries, get, mapping, word
from ..layouts.kustomize import patches
from ..layouts.workload_kinds import template
from ..model import Deployed, Knob, Layer, Release, Topic, Workload
from ..text import Spot
from .helm import app_template_knobs, is_app_template, part_knobs, parts_of
from .kustomizations import config_knobs, kustomization_knobs
from .overlays import overlay_knobs
from .pods import containers, manifest_knobs, patch_knobs, targets
from .references import repository_of
from .variables import followed

_CLAIM = ("spec", "resources", "requests", "storage")
_CLASS = ("spec", "storageClassName")


def knobs_of(workload: Workload, files: Files, siblings: list[Deployed]) -> tuple[Knob, ...]:
    """The knobs of a workload, strongest first; `siblings` are the objects that its owner deploys."""
    found = [*_own(workload, files), *_claims(workload, siblings), *_configured(workload, siblings)]
    return tuple(followed(each, workload.owner) for each in found)


def _own(workload: Workload, files: Files) -> Iterator[Knob]:
    if workload.release is not None:
        release = patched(workload.release, files)
        if is_app_template(release):
            yield from app_template_knobs(release, workload.part)
        else:
            yield from part_knobs(release, next(each for each in parts_of(release) if each.name == workload.part))
        yield from _version(release)
    elif workload.deployed is not None:
        found = workload.deployed
        yield from kustomization_knobs(found, image_repositories(found))
        yield from patch_knobs(files, found)
        yield from manifest_knobs(found)
        yield from overlay_knobs(found)


def image_repositories(found: Deployed) -> dict[str, str]:
    """The images of a workload's containers, without their tags."""
    pod = get(found.data, *template(found.kind), "spec", default={})
    return {
        word(each, "name"): repository_of(word(each, "image"))
        for key in ("containers", "initContainers")
        for each in entries(pod, key)
    }


def patched(release: Release, files: Files) -> Release:
    """A HelmRelease with the values that patches of overlays give it."""
    found = release.source
    if found is None or not found.overlays:
        return release
    extra: list[Layer] = []
    for overlay in reversed(found.overlays):
        for path, spot, content, target in reversed(list(patches(files, overlay))):
            named = target or {"kind": word(content, "kind"), "name": word(content, "metadata", "name")}
            values = mapping(content, "spec", "values") if isinstance(content, Mapping) else {}
            if values and targets(named, found):
                extra.append(Layer(path=path, spot=spot.below("spec", "values"), data=values))
    return replace(release, layers=(*extra, *release.layers))


def _version(release: Release) -> Iterator[Knob]:
    version = release.version
    if version is not None:
        yield Knob(
            topic=Topic.CHART_VERSION,
            path=version.path,
            spot=version.spot,
            value=version.value or None,
            is_set=bool(version.value),
            name=release.chart,
            shared_by=version.shared_by,
        )


def _claims(workload: Workload, siblings: list[Deployed]) -> Iterator[Knob]:
    """The claims beside a workload: those it mounts, or those that bear its name."""
    claims = [each for each in siblings if each.kind == "PersistentVolumeClaim"]
    if not claims:
        return
    spoken = _mentioned(workload)
    mounted = [each for each in claims if each.name in spoken or each.own_name in spoken]
    for claim in mounted or [each for each in claims if workload.release or each.name.startswith(workload.name)]:
        for topic, keys in ((Topic.STORAGE, _CLAIM), (Topic.STORAGE_CLASS, _CLASS)):
            value = get(claim.data, *keys)
            yield Knob(
                topic=topic,
                path=claim.path,
                spot=Spot(claim.document, (*claim.keys, *keys)),
                value=value,
                is_set=value is not None,
                name=claim.name,
            )


def _mentioned(workload: Workload) -> set[str]:
    """Every claim name that a workload's manifest or values speak of."""
    if workload.deployed is not None:
        pod = get(workload.deployed.data, *template(workload.deployed.kind), "spec", default={})
        return {word(each, "persistentVolumeClaim", "claimName") for each in entries(pod, "volumes")} - {""}
    found: set[str] = set()
    for layer in workload.release.layers if workload.release else ():
        _collect(layer.data, found)
    return found


def _collect(data: Any, found: set[str]) -> None:
    if isinstance(data, Mapping):
        for key, below in data.items():
            if isinstance(below, str) and key in ("existingClaim", "claimName"):
                found.add(below)
            _collect(below, found)
    elif isinstance(data, list):
        for each in data:
            _collect(each, found)


def _configured(workload: Workload, siblings: list[Deployed]) -> Iterator[Knob]:
    """The variables of ConfigMaps that its containers take over whole."""
    for container, name in _env_from(workload):
        for config in siblings:
            if config.kind == "ConfigMap" and name in (config.name, config.own_name):
                yield from config_knobs(config, container)


def _env_from(workload: Workload) -> Iterator[tuple[str, str]]:
    if workload.deployed is not None:
        found = workload.deployed
        pod = get(found.data, *template(found.kind), "spec", default={})
        for number, name in containers(found.data, found.kind):
            for each in entries(pod, "containers", number, "envFrom"):
                yield name, word(each, "configMapRef", "name")
        return
    for layer in workload.release.layers if workload.release else ():
        if not layer.parameters:
            for name, each in mapping(layer.data, "controllers", workload.part, "containers").items():
                for entry in entries(each, "envFrom"):
                    yield name, word(entry, "configMapRef", "name") or word(entry, "configMap")
