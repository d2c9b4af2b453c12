"""From a wish to a plan: what was said is looked up in the repository, and amounts are counted from what is now."""

from collections.abc import Callable
from dataclasses import replace
import re
import shlex
from typing import Literal, cast

import orjson

from ...errors import Incomplete, InputInvalid, UnknownWorkload
from ...gitops import Index, Topic, Workload
from ...gitops.terraform import has_machines
from ...gitops.text.values import spoken
from ...models.plan import (
    PLANS,
    AddApp,
    ChangePlan,
    SetChartVersion,
    SetEnv,
    SetImage,
    SetReplicas,
    SetValue,
    Suspend,
)
from ...models.wish import Wish
from .fields import (
    TIME_ZONE,
    in_digits,
    is_value,
    of_host,
    of_schedule,
    of_setting,
    of_storage_class,
    unsettled,
    values_called,
    variables_of,
)
from .machines import is_machine, of_machine
from .meanings import IMAGE, ask_for_part, is_chart, meant, only_user, versioned, versions
from .quantities import alone, is_backwards, written
from .resources import of_resources
from .switches import of_switch
from .versions import as_now, is_near, may_follow
from .volumes import of_storage, with_volume
from .zones import zone

_DIGIT = re.compile(r"\d")
_NUMBERED = re.compile(r"(?:[:'\" ]|^)v?\d[\w.]*\d")
_CHANNELS = frozenset(
    {"latest", "stable", "release", "lts", "edge", "nightly", "beta", "alpha", "rc", "canary", "preview", "rolling"}
    | {"main", "master", "develop", "dev", "testing", "unstable", "mainline", "alpine", "slim"}
)
_KINDS = {
    "deployment": "Deployment",
    "statefulset": "StatefulSet",
    "daemonset": "DaemonSet",
    "cronjob": "CronJob",
    "job": "CronJob",
    "cron": "CronJob",
    "helmrelease": "HelmRelease",
    "kustomization": "Kustomization",
}


def plan_of(wish: Wish, index: Index) -> ChangePlan:
    """The plan that a wish comes to in this commit.

    Raises Incomplete, UnknownWorkload, AmbiguousWorkload and InputInvalid, each with the sentence to answer.
    """
    if wish.operation == "add_app":
        return _new_app(wish)
    if not wish.name:
        raise Incomplete("Say which workload is meant.", reason="no_workload")
    if _is_of_machine(wish, index):
        return of_machine(wish, index)
    if wish.operation == "update" and is_chart(wish, index):
        return _chart(wish, index, None)
    if wish.operation == "set_storage" or wish.is_room:
        wish = with_volume(wish, index)
    kind = _kind(wish, index)
    if "was" in wish.slots:
        _compare(wish, index, kind)
    if wish.also or wish.is_room or wish.operation == "update":
        said, wish = wish, meant(wish, index, kind)
        if said.operation == "update" and wish.operation in ("update", "set_image"):
            _ask_unlike(said.slots["version"], versioned(said, index, kind), index)
    return _OPERATIONS[wish.operation](wish, index, kind)


def _compare(wish: Wish, index: Index, kind: str | None) -> None:
    """Ask where no version is the one that a person believes it to be."""
    workload, was = index.candidates(wish.name, wish.namespace, kind)[0], wish.slots["was"]
    known = [
        str(each.value)
        for each in index.knobs(workload)
        if each.topic in (Topic.IMAGE, Topic.CHART_VERSION) and each.is_set
    ]
    if known and not any(was.lstrip("v") in each for each in known):
        raise Incomplete(
            f"No version of {workload.label} is {was} now. Which one shall it be?",
            name=workload.name,
            was=was,
            reason="version_not",
        )


def _whole_app(wish: Wish, _: Index, kind: str | None) -> ChangePlan:
    plan: ChangePlan = PLANS[wish.operation](name=wish.name, namespace=wish.namespace, kind=kind)
    return plan


def _is_of_machine(wish: Wish, index: Index) -> bool:
    """Whether the hardware of a machine is meant: said so, or only a machine has that name."""
    if wish.operation == "set_vm":
        return True
    if wish.operation not in ("set_resources", "set_storage"):
        return False
    try:
        index.candidates(wish.name, wish.namespace)
    except UnknownWorkload:
        return is_machine(wish.name, index) or (not index.workloads and has_machines(index.snapshot.files))
    return False


def _kind(wish: Wish, index: Index) -> str | None:
    """The kind that was said, where it tells namesakes apart: people call many things a deployment."""
    if wish.kind is None:
        return None
    kind = _KINDS.get(re.sub(r"[^a-z]", "", wish.kind.lower()))
    if kind == "Kustomization":
        return kind
    try:
        found = index.candidates(wish.name, wish.namespace)
        if wish.operation in ("suspend", "resume") and kind in ("CronJob", "HelmRelease") and found[0].release:
            return kind  # one of them is part of the other
        return kind if kind and len(found) > 1 and index.candidates(wish.name, wish.namespace, kind) else None
    except UnknownWorkload:
        return None


def _stopped(wish: Wish, index: Index, kind: str | None) -> ChangePlan:
    """No pod any more: a CronJob rests, everything else runs with none."""
    if all(each.kind == "CronJob" for each in index.candidates(wish.name, wish.namespace, kind)):
        return Suspend(name=wish.name, namespace=wish.namespace, kind=kind)
    return SetReplicas(name=wish.name, namespace=wish.namespace, kind=kind, replicas=0)


def _value(wish: Wish, _: Index, kind: str | None) -> SetValue:
    value = spoken(wish.slots["value"])
    return SetValue(name=wish.name, namespace=wish.namespace, kind=kind, path=wish.slots["key"], value=value)


def _chart(wish: Wish, _: Index, kind: str | None) -> SetChartVersion:
    return SetChartVersion(name=wish.name, namespace=wish.namespace, kind=kind, version=wish.slots["version"])


def _image(wish: Wish, _: Index, kind: str | None) -> SetImage:
    return SetImage(
        name=wish.name,
        namespace=wish.namespace,
        kind=kind,
        container=wish.container,
        tag=wish.slots.get("tag"),
        image=wish.slots.get("image"),
    )


def _update(wish: Wish, index: Index, kind: str | None) -> ChangePlan:
    """A new tag, or a new chart where the files name no tag."""
    version = wish.slots["version"]
    workload = versioned(wish, index, kind)
    knobs = index.knobs(workload)
    has_tag = IMAGE in dict(versions(wish, workload, index))
    chart = next((str(each.value) for each in knobs if each.topic is Topic.CHART_VERSION and each.is_set), "")
    if chart and not has_tag and wish.container is None:
        new = as_now(chart, version) if chart.startswith("v") else version
        if not may_follow(new, chart) or (_is_one_of_several(workload, wish, index) and not is_near(new, chart)):
            raise Incomplete(
                f"The files of {workload.label} tell only the version of its chart, which is {chart}. Say whether the "
                f"chart or the image shall be {version}.",
                reason="chart_or_image",
                name=workload.name,
                now=chart,
                version=version,
            )
        return SetChartVersion(name=wish.name, namespace=wish.namespace, kind=kind, version=as_now(chart, version))
    has_image = any(each.topic is Topic.IMAGE and each.is_set for each in knobs)
    if workload.release is not None and wish.container is None and not has_image:
        raise Incomplete(
            f"The files of {workload.label} tell no version, neither of its chart nor of its image. Say whether the "
            f"chart or the image shall be {version}.",
            reason="no_version",
            name=workload.name,
            version=version,
        )
    return SetImage(name=wish.name, namespace=wish.namespace, kind=kind, container=wish.container, tag=version)


def _is_one_of_several(workload: Workload, wish: Wish, index: Index) -> bool:
    """Whether a part of a chart was named, not the whole."""
    parts = [each for each in index.workloads if each.release is workload.release]
    return len(parts) > 1 and len(index.candidates(wish.name, wish.namespace)) == 1


def _ask_unlike(version: str, workload: Workload, index: Index) -> None:
    """Ask where what was said is like no version, but what runs is: things are moved to other places, too."""
    knobs = index.knobs(workload)
    now = [str(each.value) for each in knobs if each.topic in (Topic.IMAGE, Topic.CHART_VERSION) and each.is_set]
    if not _DIGIT.search(version) and version.casefold() not in _CHANNELS and any(map(_NUMBERED.search, now)):
        raise Incomplete(
            f"'{version}' is like no version of {workload.label}. Say the tag or the version that it shall run.",
            name=workload.name,
            version=version,
            reason="version_unlike",
        )


def _env(wish: Wish, index: Index, kind: str | None) -> SetEnv | SetValue:
    """The variable as the files write it: speech knows no capitals. A chart may have a value of that name instead."""
    key, value = wish.slots["key"], wish.slots.get("value")
    if (user := only_user(wish, index, kind)) is not None:
        wish = replace(wish, name=user.name, namespace=user.namespace or wish.namespace)
    workload = index.candidates(wish.name, wish.namespace, kind)[0]
    if not key.isupper():
        workload = index.find(wish.name, wish.namespace, kind)
    known = variables_of(workload, index)
    if key not in known and value is not None:
        ask_for_part(wish, workload, index)
        if is_value(workload, key):
            return _value(wish, index, kind)
        if paths := values_called(workload, key):
            if len(paths) > 1:
                raise unsettled(workload, key, paths)
            return _value(replace(wish, slots={**wish.slots, "key": paths[0]}), index, kind)
    variable = next((each for each in known if each.casefold() == key.casefold()), key) if not key.isupper() else key
    if value is not None:
        value = in_digits(wish.slots, known.get(variable))
    return SetEnv(
        name=wish.name,
        namespace=wish.namespace,
        kind=kind,
        container=wish.container,
        variable=variable,
        value=zone(value) if variable == TIME_ZONE and value else value,
    )


def _replicas(wish: Wish, index: Index, kind: str | None) -> SetReplicas:
    (amount,) = alone(wish)
    if amount.how == "to" and amount.number is not None and amount.was is None and not amount.towards:
        return SetReplicas(
            name=wish.name, namespace=wish.namespace, kind=kind, replicas=_whole(amount.number, wish.name)
        )
    workload = index.find(wish.name, wish.namespace, kind)
    knobs = [each for each in index.knobs(workload) if each.topic is Topic.REPLICAS and each.is_set]
    now = int(knobs[0].value) if knobs and str(knobs[0].value).isdigit() else 1
    if amount.number is None or is_backwards(amount, amount.number, now):
        question = f"{workload.label} runs {now} {_pods(now)}. How many shall it run?"
        raise Incomplete(question, reason="replicas_now", name=workload.name, now=now)
    if amount.was is not None and amount.was != now:
        question = f"{workload.label} runs {now} {_pods(now)}, not {amount.was:g}. How many shall it run?"
        raise Incomplete(question, reason="replicas_not", name=workload.name, now=now, was=f"{amount.was:g}")
    wanted = amount.number
    wanted = now * wanted if amount.how == "times" else now + wanted if amount.how == "by" else wanted
    return SetReplicas(name=wish.name, namespace=wish.namespace, kind=kind, replicas=_whole(wanted, workload.label))


def _pods(number: int) -> str:
    return "replica" if number == 1 else "replicas"


def _whole(number: float, label: str) -> int:
    if number != int(number):
        question = f"{number:g} is no whole number. How many replicas of {label} do you want?"
        raise Incomplete(question, reason="not_whole", number=f"{number:g}")
    return int(number)


def _new_app(wish: Wish) -> AddApp:
    template = cast("Literal['web', 'redis', 'postgresql', 'cronjob']", wish.slots["template"])
    if not wish.name:
        raise Incomplete("What shall the new app be called?", reason="no_name")
    storage = [written(each.number, each.unit, "storage") for each in wish.amounts if each.number is not None]
    try:
        command = tuple(shlex.split(wish.slots.get("command", "")))
    except ValueError as error:
        raise InputInvalid("The quotes in the command do not match.", reason="quotes") from error
    return AddApp(
        name=wish.name.lower(),
        template=template,
        namespace=wish.namespace,
        image=wish.slots.get("image"),
        port=int(wish.slots["port"]) if "port" in wish.slots else None,
        host=wish.slots.get("host"),
        storage=storage[0] if storage else None,
        mount=wish.slots.get("mount"),
        schedule=wish.slots.get("schedule"),
        command=command,
        env=orjson.loads(wish.slots.get("env", "{}")),
    )


_OPERATIONS: dict[str, Callable[[Wish, Index, str | None], ChangePlan]] = {
    **dict.fromkeys(("restart", "suspend", "resume", "remove_app"), _whole_app),
    "stop": _stopped,
    "set_replicas": _replicas,
    "set_resources": of_resources,
    "set_storage": of_storage,
    "set_env": _env,
    "set_value": _value,
    "set_image": _image,
    "set_chart_version": _chart,
    "update": _update,
    "set_host": of_host,
    "set_schedule": of_schedule,
    "set_setting": of_setting,
    "set_storage_class": of_storage_class,
    "set_switch": of_switch,
}
