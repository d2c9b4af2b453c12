"""Every knob of a workload in the order in which they win."""

from collections.abc import Iterator, Mapping
import re
from typing import Any

from ..layouts.files import Files, entries, get, mapping, word
from ..layouts.workload_kinds import is_workload, template
from ..model import Deployed, Knob, Release, Topic, Workload
from ..text import Spot
from .helm import app_template_knobs, is_app_template, part_knobs, parts_of
from .kustomizations import config_knobs, kustomization_knobs
from .overlays import overlay_knobs
from .pods import containers, manifest_knobs, patch_knobs
from .references import repository_of
from .variables import followed

_CLAIM = ("spec", "resources", "requests", "storage")
_CLAIMED = re.compile("claim|pvc", re.IGNORECASE)
_CLASS = ("spec", "storageClassName")


def knobs_of(workload: Workload, files: Files, siblings: list[Deployed]) -> tuple[Knob, ...]:
    """The knobs of a workload, strongest first; `siblings` are the objects that its owner deploys."""
    found = [*_own(workload, files), *_claims(workload, siblings), *_configured(workload, siblings)]
    return tuple(followed(each, workload.owner) for each in found)


def _own(workload: Workload, files: Files) -> Iterator[Knob]:
    if workload.release is not None:
        release = workload.release
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
    alone = workload.release is not None and not [each for each in siblings if _runs(each)][1:]
    for claim in mounted or [each for each in claims if alone or each.name.startswith(workload.name)]:
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


def _runs(found: Deployed) -> bool:
    return found.kind == "HelmRelease" or is_workload(found.kind, found.api)


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
            if isinstance(below, str) and _CLAIMED.search(str(key)):
                found.add(below)
            _collect(below, found)
    elif isinstance(data, list):
        for each in data:
            _collect(each, found)


def _configured(workload: Workload, siblings: list[Deployed]) -> Iterator[Knob]:
    """The variables of ConfigMaps that its containers take over whole."""
    for container, name in _env_from(workload):
        for config in reversed(siblings):  # what an overlay merges into a generated one comes after it
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
