"""Knobs in Helm values, by what is known of the chart."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..layouts.files import get, mapping, word
from ..model import Form, Knob, Release, Rendered, Topic, Workload
from ..text import Path
from .parts import APP_TEMPLATES, COMMON, PARTS, Part
from .pods import RESOURCES, RESTARTED
from .searching import CONTROLLERS, is_of_parts, kind_of, parts_in
from .sidecars import sidecar_knobs, sidecars
from .stack import env_knobs, image_knobs, knobs, merged

_FIRST_REPLICAS = ("controller", "replicas")


def is_app_template(release: Release) -> bool:
    """Whether the chart is bjw-s' app-template, or takes its values; its first version had one controller only.

    A chart of parts, such as Immich's, has at the top what its parts share.
    """
    values = merged(release)
    has_own = bool(mapping(values, CONTROLLERS)) and not is_of_parts(values)
    return has_own or (release.chart in APP_TEMPLATES and "image" not in values)


def controllers(release: Release) -> dict[str, Mapping[str, Any]]:
    """The controllers of an app-template by name."""
    found = mapping(merged(release), CONTROLLERS)
    return {
        name: each for name, each in found.items() if isinstance(each, Mapping) and each.get("enabled") is not False
    }


def app_template_knobs(release: Release, controller: str) -> Iterator[Knob]:
    """One controller of an app-template."""
    at: Path = (CONTROLLERS, controller)
    values = mapping(merged(release), *at)
    yield from knobs(release, Topic.REPLICAS, (*at, "replicas"))
    yield from knobs(release, Topic.RESTART, (*at, "pod", "annotations", RESTARTED))
    if word(values, "type") == "cronjob" or "cronjob" in values:
        yield from knobs(release, Topic.SUSPEND, (*at, "cronjob", "suspend"))
    for group in ("containers", "initContainers"):
        for name, each in mapping(values, group).items():
            keys = (*at, group, name)
            yield from image_knobs(release, (*keys, "image"), container=name)
            if isinstance(each, Mapping):
                for topic, below in RESOURCES.items():
                    yield from knobs(release, topic, (*keys, "resources", *below), container=name)
                yield from env_knobs(release, (*keys, "env"), Form.ENV_MAP, container=name)
    for name, each in mapping(merged(release), "persistence").items():
        if isinstance(each, Mapping) and "size" in each:
            yield from knobs(release, Topic.STORAGE, ("persistence", name, "size"), name=name)
            yield from knobs(release, Topic.STORAGE_CLASS, ("persistence", name, "storageClass"), name=name)
    claims = get(values, "statefulset", "volumeClaimTemplates", default=[])
    for number, each in enumerate(claims if isinstance(claims, list) else []):
        keys = (*at, "statefulset", "volumeClaimTemplates", number, "size")
        yield from knobs(release, Topic.STORAGE, keys, name=word(each, "name"))


def parts_of(release: Release) -> tuple[Part, ...]:
    """The parts of any other chart: known ones, and those its values speak of."""
    values = merged(release)
    if release.rendered:
        return tuple(_of_template(each, values, alone=len(release.rendered) == 1) for each in release.rendered)
    is_template, is_of_library = release.chart in APP_TEMPLATES, _is_of_library(values)
    known = None if is_of_library or is_of_parts(values) else PARTS.get(release.chart)
    if known is not None:
        return tuple(_as_kind(values, each) for each in known if not _is_off(values, each.at)) or known
    names = (release.chart, release.name)
    if not is_template and not is_of_library:
        return tuple(parts_in(values, names)) or (COMMON,)
    found = parts_in(values, (*names, _FIRST_REPLICAS[0]))
    own = [each if each.at else _of_library(each, values) for each in found if not (is_template and each.at)]
    return tuple(own) or (COMMON,)


def _is_of_library(values: Mapping[str, Any]) -> bool:
    """Whether the values are those of the library of charts from which the app-template came: a service called main."""
    return any(isinstance(get(values, each, "main"), Mapping) for each in ("service", "ingress"))


def _of_library(part: Part, values: Mapping[str, Any]) -> Part:
    """The one workload of a chart of that library, whose replicas are those of its controller."""
    is_said = part.replicas is not None and get(values, *part.replicas) is not None
    return replace(part, replicas=part.replicas if is_said else _FIRST_REPLICAS, env_form=Form.ENV_MAP)


def _of_template(found: Rendered, values: Mapping[str, Any], *, alone: bool) -> Part:
    """What a template of the chart itself takes; the volumes of the values are those of its only workload."""
    whole = next((each for each in parts_in(values) if not each.at), COMMON) if alone else COMMON
    return Part(
        name=found.name,
        kind=found.kind,
        replicas=found.takes.get("replicas"),
        image=found.takes.get("image"),
        tag=found.takes.get("tag"),
        resources=found.takes.get("resources"),
        env=found.takes.get("env"),
        annotations=found.takes.get("annotations"),
        storage=whole.storage,
        volumes=whole.volumes,
    )


def _as_kind(values: Any, part: Part) -> Part:
    """A part of the kind that the values say."""
    said = kind_of(get(values, *part.at))
    return replace(part, kind=said) if said and said != part.kind else part


def _is_off(values: Any, at: Path) -> bool:
    """Whether the values switch a part off."""
    return any(get(values, *at[: length + 1], "enabled") is False for length in range(len(at)))


def part_knobs(release: Release, part: Part) -> Iterator[Knob]:
    """What a part of a chart decides."""
    beside = sidecars(release, part)
    several = any(not each.is_helper for each in beside)
    sure = {"confidence": part.confidence}
    own = {**sure, "container": main_container(release, part) if several else ""}
    at = part.at
    for topic, keys in _single(part):
        yield from knobs(release, topic, (*at, *keys), **sure)
    yield from _images(release, part, **own)
    if part.resources:
        for topic, below in RESOURCES.items():
            yield from knobs(release, topic, (*at, *part.resources, *below), **own)
    if part.env:
        yield from env_knobs(release, (*at, *part.env), part.env_form, **own)
    for name, keys in part.volumes:
        yield from knobs(release, Topic.STORAGE, (*at, *keys), name=name, **sure)
    for each in beside:
        yield from sidecar_knobs(each)


def _single(part: Part) -> Iterator[tuple[Topic, Path]]:
    """The places, below those of the part, where a plain value stands."""
    if part.replicas:
        yield Topic.REPLICAS, part.replicas
    if part.storage:
        yield Topic.STORAGE, part.storage
    if part.job is not None:
        yield Topic.SUSPEND, (*part.job, "suspend")
    if part.annotations:
        yield Topic.RESTART, (*part.annotations, RESTARTED)


def _images(release: Release, part: Part, **more: Any) -> Iterator[Knob]:
    image = part.whole_image or ((*part.at, *part.image) if part.image else None)
    if image:
        yield from image_knobs(release, image, **more)
    if part.tag:
        yield from knobs(release, Topic.IMAGE, (*part.at, *part.tag), **more)


def main_container(release: Release, part: Part) -> str:
    """What the container is called that a part is about, where there are others."""
    return part.name or release.chart


def part_of(workload: Workload) -> Part | None:
    """The part of a chart that a workload is; None for an object and for what an app-template runs."""
    release = workload.release
    if release is None or is_app_template(release):
        return None
    return next(each for each in parts_of(release) if each.name == workload.part)


def schedule_of(workload: Workload) -> Path | None:
    """The keys of a CronJob's schedule in the values of its chart; None where the files do not tell."""
    part = part_of(workload)
    if part is None:
        return (CONTROLLERS, workload.part, "cronjob", "schedule")
    return None if part.job is None else (*part.at, *part.job, "schedule")


def autoscaled(workload: Workload) -> str:
    """What says in the values that an autoscaler sets the replicas; empty when nothing does."""
    release, part = workload.release, part_of(workload)
    if release is None or part is None:
        return ""
    values = get(merged(release), *part.at, default={})
    for key in ("autoscaling", "hpa", "horizontalPodAutoscaler"):
        if get(values, key, "enabled") is True:
            return f"{'.'.join(map(str, (*part.at, key)))} in its values"
    return ""
