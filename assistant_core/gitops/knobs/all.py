"""Every knob of a workload in the order in which they win."""

from collections.abc import Iterable, Iterator
from itertools import chain

from ..layouts.files import Files, entries, get, mapping, word
from ..layouts.workload_kinds import template
from ..model import Deployed, Knob, Release, Topic, Workload
from .claims import claim_knobs
from .custom import custom_knobs
from .helm import app_template_knobs, is_app_template, part_knobs, parts_of
from .kustomizations import config_knobs, image_names, kustomization_knobs
from .overlays import overlay_knobs
from .pods import containers, manifest_knobs, patch_knobs
from .references import repository_of
from .replaced import replaced_knobs
from .variables import followed


def knobs_of(workload: Workload, files: Files, siblings: list[Deployed]) -> tuple[Knob, ...]:
    """The knobs of a workload, strongest first; `siblings` are the objects that its owner deploys."""
    own = list(_own(workload, files, siblings))
    is_sized = workload.release is not None and any(each.topic is Topic.STORAGE and each.is_set for each in own)
    found = [
        *own,
        *claim_knobs(workload, siblings, files, only_mounted=is_sized),
        *_configured(workload, siblings),
    ]
    return tuple(followed(each, workload.owner) for each in found)


def _own(workload: Workload, files: Files, siblings: list[Deployed]) -> Iterator[Knob]:
    if workload.release is not None:
        release = workload.release
        if is_app_template(release):
            yield from app_template_knobs(release, workload.part)
        else:
            yield from part_knobs(release, next(each for each in parts_of(release) if each.name == workload.part))
        yield from _version(release)
    elif workload.deployed is not None and workload.is_custom:
        yield from custom_knobs(files, workload.deployed, siblings)
    elif workload.deployed is not None:
        found = workload.deployed
        yield from replaced_knobs(files, found, siblings)
        names = image_names(files, found, image_repositories(found))
        yield from kustomization_knobs(found, names)
        yield from _in_force(chain(patch_knobs(files, found), manifest_knobs(found), overlay_knobs(found, names)))


def _in_force(knobs: Iterable[Knob]) -> Iterator[Knob]:
    """Without what stands below a place that a patch sets whole: whatever is said there is gone."""
    gone: set[tuple[Topic, str]] = set()
    for each in knobs:
        if (each.topic, each.container) not in gone:
            yield each
        if each.wins:
            gone.add((each.topic, each.container))


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


def _configured(workload: Workload, siblings: list[Deployed]) -> Iterator[Knob]:
    """The variables of ConfigMaps that its containers take over whole."""
    for container, name in _env_from(workload):
        for config in reversed(siblings):  # what an overlay merges into a generated one comes after it
            if config.kind == "ConfigMap" and name in (config.name, config.own_name):
                yield from config_knobs(config, container)


def unread_source(workload: Workload, container: str, siblings: list[Deployed]) -> str:
    """What sets variables of a container and stands in no file that is read; "" where there is no such thing."""
    for each, name in _env_from(workload):
        configs = [one for one in siblings if one.kind == "ConfigMap" and name in (one.name, one.own_name)]
        files = [path for one in configs if one.api == "generator" for path in entries(one.data, "envs")]
        if each == container and name and (files or not configs):
            return files[0] if files else f"the ConfigMap {name}"
    return ""


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
