"""One field of a workload: its host, its schedule, its storage class, or a setting that is called by its name."""

from collections.abc import Iterator, Mapping
import re
from typing import Any, NamedTuple

from ...errors import Incomplete, InputInvalid
from ...gitops import Index, Topic, Workload
from ...gitops.knobs.helm import is_app_template, part_of, parts_of, schedule_of
from ...gitops.knobs.stack import merged
from ...gitops.layouts.files import get, leaves
from ...gitops.operations.quantities import amount
from ...gitops.text import Path
from ...gitops.text.values import spoken
from ...models.plan import ChangePlan, SetChartVersion, SetEnv, SetImage, SetStorage, SetStorageClass, SetValue
from ...models.wish import Wish
from .versions import may_follow
from .zones import zone

NO_SETTING = "no_setting"
"""The reason that tells that a model may still know what is meant."""
_HOSTS = ("host", "hosts", "hostname", "hostnames")
_ROUTES = {"Ingress": ("spec", "rules"), "HTTPRoute": ("spec", "hostnames")}
_NAME = re.compile(r"(?:[a-z0-9][a-z0-9-]*\.)+[a-z][a-z0-9-]+")
_VERSION = re.compile(r"v?\d+(\.\w+)+(-[\w.-]+)?")
_COMMIT = re.compile(r"(?=.*\d)(sha-)?[0-9a-f]{7,40}")
_JOINTS = re.compile(r"[\s_.-]+")
TIME_ZONE = "TZ"
_LOG_LEVEL = "LOG_LEVEL"
_TOO_GENERAL = ("enabled", "name", "type", "value")


class _Route(NamedTuple):
    """An Ingress or an HTTPRoute."""

    kind: str
    name: str
    namespace: str


type Place = tuple[_Route | None, str]
"""The path of keys, in a route or else in the values."""


def of_storage_class(wish: Wish, _: Index, kind: str | None) -> SetStorageClass:
    """The plan for another storage class."""
    return SetStorageClass(
        name=wish.name, namespace=wish.namespace, kind=kind, storage_class=wish.slots["storage_class"]
    )


def of_schedule(wish: Wish, index: Index, kind: str | None) -> SetValue:
    """The plan for when a job runs. Raises InputInvalid for what is no job."""
    workload = index.find(wish.name, wish.namespace, kind, kinds=("CronJob",))
    keys: Path | None = ("spec", "schedule") if workload.release is None else schedule_of(workload)
    if workload.kind != "CronJob":
        raise InputInvalid(
            f"{workload.label} is a {workload.kind}, which has no schedule.",
            name=workload.name,
            kind=workload.kind,
            reason="not_scheduled",
        )
    if keys is None:
        raise unsettled(workload, "schedule", [])
    schedule = wish.slots["schedule"]
    if "days" in wish.slots:
        schedule = _on_same_days(schedule, workload, keys)
    return SetValue(name=wish.name, namespace=wish.namespace, kind=workload.kind, path=path_of(keys), value=schedule)


def _on_same_days(schedule: str, workload: Workload, keys: Path) -> str:
    """Another time of the days on which it runs now."""
    data = workload.deployed.data if workload.deployed else merged(workload.release) if workload.release else {}
    now, (minute, hour, *_) = str(get(data, *keys)).split(), schedule.split()
    return " ".join((minute, hour, *now[2:])) if len(now) == len(schedule.split()) else schedule


def of_host(wish: Wish, index: Index, kind: str | None) -> SetValue:
    """The plan for the name under which it is reached. Raises Incomplete where there is none, or more than one."""
    workload = index.release(wish.name, wish.namespace, kind)
    alone = len(index.candidates(wish.name, wish.namespace, kind)) == 1
    found = dict(_valued(workload, alone=alone)) or dict(_routed(workload, index))
    if len(found) > 1 and len(set(found.values())) == 1:
        places = [path if route is None else f"{path} of {route.name}" for route, path in found]
        raise unsettled(workload, "host", places)
    if len(found) != 1:
        known = ", ".join(dict.fromkeys(found.values()))
        raise Incomplete(
            f"{workload.label} has several hosts, {known}. Say the path of the one that shall change."
            if found
            else f"The files name no host of {workload.label}.",
            name=workload.name,
            known=known,
            reason="several_hosts" if found else "no_host",
        )
    (((route, path), now),) = found.items()
    if now != wish.slots.get("now", now):
        raise Incomplete(f"{workload.label} is reached at {now} now.", name=workload.name, now=now, reason="host_not")
    if route is None:
        return SetValue(name=wish.name, namespace=wish.namespace, kind=kind, path=path, value=wish.slots["host"])
    return SetValue(
        name=route.name, namespace=route.namespace or None, kind=route.kind, path=path, value=wish.slots["host"]
    )


def _valued(workload: Workload, *, alone: bool) -> Iterator[tuple[Place, str]]:
    """The hosts that the values of a chart name; `alone`: for this part of it."""
    for keys, value in values_of(workload, alone=alone):
        if _is_host(keys, value):
            yield (None, path_of(keys)), value


def _routed(workload: Workload, index: Index) -> Iterator[tuple[Place, str]]:
    """The hosts of the routes to a workload."""
    for route in [each for each in index.belonging(workload) if each.kind in _ROUTES]:
        start = _ROUTES[route.kind]
        for keys, value in leaves(get(route.data, *start, default=[])):
            if isinstance(value, str) and (keys[-1] == "host" or start[-1] in _HOSTS):
                yield (_Route(route.kind, route.name, route.namespace), path_of((*start, *keys))), value


def values_of(workload: Workload, *, alone: bool = True) -> Iterator[tuple[Path, Any]]:
    """The values of a chart, without those of its other parts, but for their switches, where one is meant `alone`."""
    release = workload.release
    if release is None:
        return
    parts = () if is_app_template(release) or not alone else parts_of(release)
    own = {each.at[:1] for each in parts if each.name == workload.part}
    others = {each.at[:1] for each in parts} - own - {()}
    yield from ((keys, value) for keys, value in leaves(merged(release)) if _is_own(keys, others))


def _is_own(keys: Path, others: set[Path]) -> bool:
    return keys[:1] not in others or keys[1:] == ("enabled",)


def _is_host(keys: Path, value: Any) -> bool:
    """Whether values name a host there, and not that of a certificate."""
    named = not set(_HOSTS).isdisjoint(map(str, keys)) and "tls" not in keys
    return named and isinstance(value, str) and bool(_NAME.fullmatch(value))


def variables_of(workload: Workload, index: Index) -> dict[str, Any]:
    """The variables that are set, with what stands there."""
    return {each.name: each.value for each in index.knobs(workload) if each.topic is Topic.ENV and each.is_set}


def in_digits(slots: Mapping[str, str], now: object) -> str:
    """The value that was said; a number that was said in words in digits, unless words stand there now."""
    now = get(now, "value", default=now)
    return slots["value"] if now is not None and not str(now).isdecimal() else slots.get("number", slots["value"])


def _in_manifest(workload: Workload, key: str) -> Iterator[tuple[Path, Any]]:
    """The fields of a manifest that are called so, as they are written; those of a kind of its own as it is spoken."""
    if workload.deployed is None or workload.release is not None or (key.islower() and not workload.is_custom):
        return
    for keys, now in leaves(workload.deployed.data):
        if keys[0] == "spec" and (is_called(keys, key) if workload.is_custom else keys[-1] == key):
            yield keys, now


def is_value(workload: Workload, key: str) -> bool:
    """Whether a chart's values have a plain value of that very name at their top."""
    found = merged(workload.release).get(key) if workload.release else None
    return found is not None and not isinstance(found, dict | list)


def of_setting(wish: Wish, index: Index, kind: str | None) -> ChangePlan:
    """The plan for the variable or the value that is called so. Raises Incomplete for none and for several."""
    key = wish.slots["key"]
    if plan := _of_chart(wish, index, kind) or _of_release(wish, index, kind):
        return plan
    workload = index.release(wish.name, wish.namespace, kind)
    alone = len(index.candidates(wish.name, wish.namespace, kind)) == 1
    known = variables_of(workload, index) if alone else {}
    variables = [each for each in known if _joined(each) == _joined(key)]
    variables = variables or [
        each for each in known if len(key) > len(TIME_ZONE) and _joined(each).endswith(_joined(key))
    ]
    settings = [
        (keys, now)
        for keys, now in values_of(workload, alone=alone)
        if str(keys[-1]) not in known and is_called(keys, key)
    ]
    settings = settings or list(_in_manifest(workload, key))
    paths = [path_of(keys) for keys, _ in settings]
    if len(paths) == 1 and workload.release is not None:
        variables = [each for each in variables if not _is_beside(workload, index, each)]
    if not variables and not paths and key == TIME_ZONE and workload.release is None:
        if workload.kind == "CronJob":
            value = zone(wish.slots["value"])
            return SetValue(name=wish.name, namespace=wish.namespace, kind=kind, path="spec.timeZone", value=value)
        variables = [key]
    if (
        not variables
        and not paths
        and (_VERSION.fullmatch(wish.slots["value"]) or _COMMIT.fullmatch(wish.slots["value"]))
    ):
        inside = [each for each in (*workload.containers, *workload.helpers) if _joined(each) == _joined(key)]
        if inside:
            tag = wish.slots["value"]
            return SetImage(name=wish.name, namespace=wish.namespace, kind=kind, container=inside[0], tag=tag)
    if not variables and not paths and (volume := _volume(workload, index, wish.slots)):
        size = wish.slots["value"].replace(" ", "")
        return SetStorage(name=wish.name, namespace=wish.namespace, kind=kind, size=size, volume=volume)
    if len(variables) + len(paths) != 1:
        raise unsettled(workload, key, [*variables, *paths])
    if paths:
        said = _said(wish.slots, settings[0][1])
        return SetValue(name=wish.name, namespace=wish.namespace, kind=kind, path=paths[0], value=spoken(said))
    return SetEnv(
        name=wish.name,
        namespace=wish.namespace,
        kind=kind,
        container=wish.container,
        variable=variables[0],
        value=_said(wish.slots, known.get(variables[0])),
    )


def _is_beside(workload: Workload, index: Index, variable: str) -> bool:
    """Whether only containers have a variable that a chart takes from its values beside its own."""
    own = ("", *(workload.containers[:1] if part_of(workload) else workload.containers))
    knobs = [each for each in index.knobs(workload) if each.topic is Topic.ENV and each.name == variable]
    return not any(each.container in own for each in knobs)


def _volume(workload: Workload, index: Index, slots: Mapping[str, str]) -> str:
    """The volume that is called so, where the value is a size; empty for none and for several."""
    size = slots["value"].replace(" ", "")
    if amount(size) is None or not size[-1].isalpha():
        return ""
    names = {each.name for each in index.knobs(workload) if each.topic is Topic.STORAGE}
    found = [each for each in names if _joined(each).endswith(_joined(slots["key"]))]
    return found[0] if len(found) == 1 else ""


def _of_chart(wish: Wish, index: Index, kind: str | None) -> SetChartVersion | None:
    """The plan for that one of the charts behind a name which is called like the setting."""
    key, version = _joined(wish.slots["key"]), wish.slots["value"]
    found = {
        release.version.spot: each
        for each in reversed(index.candidates(wish.name, wish.namespace, kind))
        if (release := each.release) is not None
        and release.version is not None
        and key in (_joined(release.chart), _joined(release.alias))
        and _VERSION.fullmatch(version)
        and may_follow(version, release.version.value)
    }
    if len(found) != 1:
        return None
    [workload] = found.values()
    return SetChartVersion(name=workload.name, namespace=workload.namespace or None, kind=kind, version=version)


def _of_release(wish: Wish, index: Index, kind: str | None) -> SetValue | None:
    """The plan for the one value of a release that is called so, where several of its parts answer to the name."""
    found = index.candidates(wish.name, wish.namespace, kind)
    release = found[0].release
    if len(found) == 1 or release is None or any(each.release is not release for each in found):
        return None
    settings = [(keys, now) for keys, now in leaves(merged(release)) if is_called(keys, wish.slots["key"])]
    if len(settings) != 1:
        return None
    [(keys, now)] = settings
    value = spoken(_said(wish.slots, now))
    return SetValue(name=wish.name, namespace=wish.namespace, kind=kind, path=path_of(keys), value=value)


def _said(slots: Mapping[str, str], now: Any) -> str:
    """The value as the files write such a one: zones by their names, levels as loud as now, numbers in digits."""
    now = get(now, "value", default=now)
    if slots["key"] == TIME_ZONE:
        return zone(slots["value"])
    is_loud = slots["key"] == _LOG_LEVEL and slots["value"].isalpha() and str(now).isupper()
    return slots["value"].upper() if is_loud else in_digits(slots, now)


def values_called(workload: Workload, key: str) -> list[str]:
    """The paths of the plain values of a chart that have that very name, however deep they are."""
    return [path_of(keys) for keys, _ in values_of(workload) if keys[-1] == key]


def unsettled(workload: Workload, key: str, found: list[str]) -> Incomplete:
    """The question which of several settings is meant, or what the unknown one is called."""
    if found:
        return Incomplete(
            f"{', '.join(found)} of {workload.label} could be meant. Say which one.",
            name=workload.name,
            known=", ".join(found),
            reason="several_settings",
        )
    return Incomplete(
        f"Nothing in the files of {workload.label} is called {key}. Say the variable or the path of keys as it is "
        "written.",
        name=workload.name,
        key=key,
        reason=NO_SETTING,
    )


def is_called(keys: Path, name: str) -> bool:
    """Whether the last keys, read together, are the name."""
    words = [_joined(str(each)) for each in keys if not isinstance(each, int)]
    if name == _LOG_LEVEL and words[-1:] == ["level"] and any(each.startswith("log") for each in words):
        return True
    return name not in _TOO_GENERAL and any("".join(words[at:]) == _joined(name) for at in range(len(words)))


def path_of(keys: Path) -> str:
    """The keys as a person writes them."""
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in keys).lstrip(".")


def _joined(name: str) -> str:
    return _JOINTS.sub("", name.casefold())
