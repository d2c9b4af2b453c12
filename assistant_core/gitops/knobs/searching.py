"""The parts of a chart that nobody told us about, searched for by the names that most charts use."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
import re
from typing import Any

from ..layouts.files import get, mapping, word
from ..model import Confidence, Form
from ..text import Path
from .parts import CNPG, COMMON, DATABASE, Part
from .sidecars import BESIDE

CONTROLLERS = "controllers"
ENV = ("env", "extraEnv", "extraEnvs", "extraEnvVars", "envVars", "environment")
_SECTIONS = ("pod", "deployment", "statefulset", "statefulSet", "daemonset", "daemonSet", "workload")
"""Where charts keep settings of the one workload that they are about."""
_JOBS = ("cronjob", "cronJob")
_MAIN = ("controller", "server", "main")
"""What charts call the part that everybody means by the name of the release."""
_VOLUMES = re.compile("persist|storage|volume|pvc|claim", re.IGNORECASE)
_GENERAL = re.compile("spec|resources|requests|volumeClaimTemplate")
_COUNT = re.compile(r"[0-9]+|\$\{.+\}|\{\{.+\}\}")
"""A number, or what is filled in with one."""
_SIZE = re.compile(r"[0-9]+(\.[0-9]+)?([KMGTPE]i?)")
_DEPTH = 6
_KINDS = ("Deployment", "StatefulSet", "DaemonSet")
_INSTANCES = "instances"
_OF_DATABASES = {"imageName", "imageCatalogRef", "storage", "walStorage", "bootstrap"}
"""What a database of CloudNativePG has in the place of replicas, and beside them."""
_SETTINGS: dict[str, tuple[tuple[str, ...], Callable[[Any], bool]]] = {
    "replicas": (
        ("replicaCount", "replicas", "replica_count", _INSTANCES),
        lambda found: bool(_COUNT.fullmatch(str(found))),
    ),
    "image": (("image", "imageName"), lambda found: bool(found) and isinstance(found, str | Mapping)),
    "resources": (("resources",), lambda found: isinstance(found, Mapping)),
    "env": (ENV, lambda found: isinstance(found, Mapping | list)),
    "annotations": (("podAnnotations", "annotations"), lambda found: isinstance(found, Mapping)),
}
"""What charts call a setting, and what stands there when it is one."""


def parts_in(values: Mapping[str, Any], names: Collection[str] = ()) -> list[Part]:
    """The places whose keys look like a workload's settings; the whole only where something is said of it.

    What stands below one of the `names` of the chart and its release is of the whole.
    """
    told = [each for each in names if isinstance(values.get(each), Mapping)]
    of_whole = [each for each in told if _own([((), values[each])]) or any(_volumes(values[each]))]
    found = list(_searched(values, (), (*_SECTIONS, *of_whole)))
    if any(len(each.at) == 1 and each.name in _MAIN for each in found):
        said = {key for names, _ in _SETTINGS.values() for key in names} | {"persistence"}
        found = [each for each in found if each.at or not said.isdisjoint(values)]
    return [replace(each, whole_image=each.image) if _is_shared(values, each) else each for each in found]


def _is_shared(values: Mapping[str, Any], part: Part) -> bool:
    """Whether the image of a part stands at the top, where all parts have theirs."""
    keys = part.image or ()
    at_top = bool(part.at) and keys[:1] == (CONTROLLERS,) and bool(get(values, *keys))
    return at_top and not get(values, *part.at, *keys)


def _searched(values: Any, at: Path, of_whole: Collection[str] = ()) -> Iterator[Part]:
    """The places whose keys look like a workload's settings."""
    if not isinstance(values, Mapping) or len(at) > _DEPTH or (at and values.get("enabled") is False):
        return
    if at and (inside := tuple(_controlled(values, at))):
        yield from inside
        return
    places = [((), values), *_sections(values, of_whole)]
    found = _own(places)
    volumes = [(*below, *each) for below, data in places for each in _volumes(data)]
    telling = {"replicas", "image", "resources", *(["env"] if at[-1:] and at[-1] in _MAIN else [])}
    if (not at and not is_of_parts(values)) or volumes or telling & found.keys():
        yield _part(found, volumes, values, at)
    inner = [key for keys, _ in places[1:] for key in keys]
    for key, below in values.items():
        is_own = (
            key in ("image", "resources", CONTROLLERS, *ENV, *inner)
            or _VOLUMES.search(str(key))
            or BESIDE.fullmatch(str(key))
        )
        if not is_own:
            yield from _searched(below, (*at, key))


def _sections(values: Mapping[str, Any], names: Collection[str]) -> list[tuple[Path, Mapping[str, Any]]]:
    """The sections of a chart's own workload, at the top of the values."""
    return [((key,), values[key]) for key in dict.fromkeys(names) if isinstance(values.get(key), Mapping)]


def _own(places: list[tuple[Path, Mapping[str, Any]]]) -> dict[str, Path]:
    """The keys of each setting that is there."""
    found: dict[str, Path] = {}
    for below, data in places:
        for setting, (names, fits) in _SETTINGS.items():
            key = next((each for each in names if fits(data.get(each))), None)
            if key is not None and (key != "annotations" or below == ("pod",)):
                found.setdefault(setting, (*below, key))
    return found


def kind_of(values: Any) -> str:
    """The kind of workload that the values of a part ask for; empty where they say nothing of it."""
    said = [
        word(values, "kind"),
        word(values, "controller", "type"),
        *(word(values, each, "kind") for each in _SECTIONS),
    ]
    said += [each for each in _SECTIONS if mapping(values, each)]
    return next((kind for each in said for kind in _KINDS if each.lower() == kind.lower()), "")


def _part(found: Mapping[str, Path], volumes: list[Path], values: Mapping[str, Any], at: Path) -> Part:
    storage = volumes[0] if len(volumes) == 1 else ("persistence", "size") if "persistence" in values else None
    several = len(volumes) > 1
    is_database = found.get("replicas", ())[-1:] == (_INSTANCES,) and not _OF_DATABASES.isdisjoint(values)
    job = _job(values)
    kind = DATABASE if is_database else kind_of(values) or COMMON.kind
    counted = COMMON.replicas if not at and kind != "DaemonSet" else None
    part = Part(
        name=str(at[-1]) if at else "",
        at=at,
        kind=kind,
        replicas=found.get("replicas", counted),
        image=found.get("image", COMMON.image if not at else None),
        resources=found.get("resources", COMMON.resources),
        env=found.get("env", COMMON.env),
        storage=None if several else storage,
        volumes=tuple((_called(each), each) for each in volumes) if several else (),
        annotations=found.get("annotations", COMMON.annotations),
        api=CNPG if is_database else "",
        confidence=Confidence.LIKELY,
    )
    return part if job is None else replace(part, kind="CronJob", replicas=None, annotations=None, job=job)


def _job(values: Mapping[str, Any]) -> Path | None:
    """Where the values of a part have the schedule of a CronJob; None where it is none."""
    if word(values, "kind") == "CronJob" and word(values, "schedule"):
        return ()
    return next(((each,) for each in _JOBS if word(values, each, "schedule")), None)


def is_of_parts(values: Mapping[str, Any]) -> bool:
    """Whether the chart is made of parts that have controllers, and nothing beside them."""
    return any(mapping(each, CONTROLLERS) for each in values.values() if isinstance(each, Mapping))


def _controlled(values: Mapping[str, Any], at: Path) -> Iterator[Part]:
    """The controllers of a part that takes the values of an app-template, such as Immich's server."""
    found = mapping(values, CONTROLLERS)
    for name, each in found.items():
        if len(inside := mapping(each, "containers")) != 1:
            continue
        below: Path = (CONTROLLERS, name)
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


def _volumes(values: Mapping[str, Any]) -> Iterator[Path]:
    """The places of the sizes of volumes below the keys that speak of some."""
    return (each for key in values if _VOLUMES.search(str(key)) for each in _sizes(values[key], (key,)))


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
