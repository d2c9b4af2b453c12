"""Knobs in Helm values, by what is known of the chart."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
import re
from typing import Any

from ..layouts.files import get, mapping, word
from ..model import Confidence, Form, Knob, Release, Topic, Workload
from ..text import Path
from .parts import APP_TEMPLATES, COMMON, PARTS, Part
from .pods import RESOURCES, RESTARTED
from .stack import env_knobs, image_knobs, knobs, merged

_FIRST_REPLICAS = ("controller", "replicas")
_REPLICAS = ("replicaCount", "replicas", "replica_count")
_ENV = ("env", "extraEnv", "extraEnvs", "extraEnvVars", "envVars", "environment")
_VOLUMES = re.compile("persist|storage|volume|pvc|claim", re.IGNORECASE)
_GENERAL = re.compile("spec|resources|requests|volumeClaimTemplate")
_SIZE = re.compile(r"[0-9]+(\.[0-9]+)?([KMGTPE]i?)")
_DEPTH = 6
_CONTROLLERS = "controllers"


def is_app_template(release: Release) -> bool:
    """Whether the chart is bjw-s' app-template, or takes its values; its first version had one controller only."""
    values = merged(release)
    return bool(mapping(values, _CONTROLLERS)) or (release.chart in APP_TEMPLATES and "image" not in values)


def controllers(release: Release) -> dict[str, Mapping[str, Any]]:
    """The controllers of an app-template by name."""
    found = mapping(merged(release), _CONTROLLERS)
    return {
        name: each for name, each in found.items() if isinstance(each, Mapping) and each.get("enabled") is not False
    }


def app_template_knobs(release: Release, controller: str) -> Iterator[Knob]:
    """One controller of an app-template."""
    at: Path = (_CONTROLLERS, controller)
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
    known = PARTS.get(release.chart)
    if known is not None:
        return tuple(each for each in known if not _is_off(values, each.at)) or known
    found = list(_searched(values, ()))
    if release.chart in APP_TEMPLATES:
        found = [replace(each, replicas=_FIRST_REPLICAS, env_form=Form.ENV_MAP) for each in found if not each.at]
    return tuple(found) if found else (COMMON,)


def _is_off(values: Any, at: Path) -> bool:
    """Whether the values switch a part off."""
    return any(get(values, *at[: length + 1], "enabled") is False for length in range(len(at)))


def _searched(values: Any, at: Path) -> Iterator[Part]:
    """The places whose keys look like a workload's settings."""
    if not isinstance(values, Mapping) or len(at) > _DEPTH or (at and values.get("enabled") is False):
        return
    if at and (inside := tuple(_controlled(values, at))):
        yield from inside
        return
    replicas = next(((key,) for key in _REPLICAS if isinstance(values.get(key), int)), None)
    image = ("image",) if values.get("image") and isinstance(values.get("image"), str | Mapping) else None
    resources = ("resources",) if isinstance(values.get("resources"), Mapping) else None
    env = next(((key,) for key in _ENV if isinstance(values.get(key), Mapping | list)), None)
    volumes = [each for key in values if _VOLUMES.search(str(key)) for each in _sizes(values[key], (key,))]
    storage = volumes[0] if len(volumes) == 1 else ("persistence", "size") if "persistence" in values else None
    if (not at and not _is_of_parts(values)) or replicas or image or resources or volumes:
        yield Part(
            name=str(at[-1]) if at else "",
            at=at,
            replicas=replicas or (COMMON.replicas if not at else None),
            image=image or (COMMON.image if not at else None),
            resources=resources or COMMON.resources,
            env=env or COMMON.env,
            storage=storage if len(volumes) < 2 else None,  # noqa: PLR2004 - several have names
            volumes=tuple((_called(each), each) for each in volumes) if len(volumes) > 1 else (),
            confidence=Confidence.LIKELY,
        )
    for key, below in values.items():
        if key not in ("image", "resources", *_ENV) and not _VOLUMES.search(str(key)):
            yield from _searched(below, (*at, key))


def _is_of_parts(values: Mapping[str, Any]) -> bool:
    """Whether the chart is made of parts that have controllers, and nothing beside them."""
    return any(mapping(each, _CONTROLLERS) for each in values.values() if isinstance(each, Mapping))


def _controlled(values: Mapping[str, Any], at: Path) -> Iterator[Part]:
    """The controllers of a part that takes the values of an app-template, such as Immich's server."""
    found = mapping(values, _CONTROLLERS)
    for name, each in found.items():
        if len(inside := mapping(each, "containers")) != 1:
            continue
        below: Path = (_CONTROLLERS, name)
        container: Path = (*below, "containers", next(iter(inside)))
        volumes = tuple(_sizes(values.get("persistence"), ("persistence",)))
        yield Part(
            name=str(at[-1]) if len(found) == 1 else f"{at[-1]}-{name}",
            at=at,
            replicas=(*below, "replicas"),
            image=(*container, "image"),
            resources=(*container, "resources"),
            env=(*container, "env"),
            env_form=Form.ENV_MAP,
            storage=None,
            volumes=tuple((_called(each), each) for each in volumes),
            annotations=(*below, "pod", "annotations"),
        )


def _sizes(values: Any, at: Path) -> Iterator[Path]:
    """The places below the settings of a volume that hold its size."""
    for key, below in values.items() if isinstance(values, Mapping) and len(at) <= _DEPTH else ():
        if isinstance(below, Mapping):
            yield from _sizes(below, (*at, key))
        elif str(key).lower() in ("size", "storage") and isinstance(below, str) and _SIZE.fullmatch(below):
            yield (*at, key)


def _called(volume: Path) -> str:
    """The key that names a volume, of those that lead to its size."""
    return str(next((each for each in volume[-2:0:-1] if not _GENERAL.fullmatch(str(each))), volume[0]))


def part_knobs(release: Release, part: Part) -> Iterator[Knob]:
    """What a part of a chart decides."""
    sure = {"confidence": part.confidence}
    at = part.at
    if part.replicas:
        yield from knobs(release, Topic.REPLICAS, (*at, *part.replicas), **sure)
    image = part.whole_image or ((*at, *part.image) if part.image else None)
    if image:
        yield from image_knobs(release, image, **sure)
    if part.resources:
        for topic, below in RESOURCES.items():
            yield from knobs(release, topic, (*at, *part.resources, *below), **sure)
    if part.env:
        yield from env_knobs(release, (*at, *part.env), part.env_form, **sure)
    if part.storage:
        yield from knobs(release, Topic.STORAGE, (*at, *part.storage), **sure)
    for name, keys in part.volumes:
        yield from knobs(release, Topic.STORAGE, (*at, *keys), name=name, **sure)
    if part.annotations:
        yield from knobs(release, Topic.RESTART, (*at, *part.annotations, RESTARTED), **sure)


def autoscaled(workload: Workload) -> str:
    """What says in the values that an autoscaler sets the replicas; empty when nothing does."""
    release = workload.release
    if release is None or is_app_template(release):
        return ""
    part = next(each for each in parts_of(release) if each.name == workload.part)
    values = get(merged(release), *part.at, default={})
    for key in ("autoscaling", "hpa", "horizontalPodAutoscaler"):
        if get(values, key, "enabled") is True:
            return f"{'.'.join(map(str, (*part.at, key)))} in its values"
    return ""
