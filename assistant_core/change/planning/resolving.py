"""From a wish to a plan: what was said is looked up in the repository, and amounts are counted from what is now."""

from collections.abc import Callable
from dataclasses import replace
import re
import shlex
from typing import Literal, cast

import orjson

from ...errors import Incomplete, InputInvalid, UnknownWorkload
from ...gitops import Index, Topic, Workload
from ...gitops.text.values import spoken
from ...models.plan import (
    PLANS,
    AddApp,
    ChangePlan,
    SetChartVersion,
    SetEnv,
    SetImage,
    SetReplicas,
    SetStorage,
    SetValue,
    Suspend,
)
from ...models.wish import Amount, Wish
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
from .machines import machine_named, of_machine
from .meanings import may_follow, meant
from .quantities import counted, written
from .resources import of_resources
from .switches import of_switch
from .zones import zone

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
    kind = _kind(wish, index)
    if "was" in wish.slots:
        _compare(wish, index, kind)
    if wish.also or wish.is_room or wish.operation == "update":
        wish = meant(wish, index, kind)
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
        return machine_named(wish.name, index) is not None
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
    workload = index.candidates(wish.name, wish.namespace, kind)[0]
    knobs = index.knobs(workload)
    has_tag = any(each.topic is Topic.IMAGE and each.is_set for each in knobs)
    chart = next((str(each.value) for each in knobs if each.topic is Topic.CHART_VERSION and each.is_set), "")
    if chart and not has_tag and wish.container is None:
        if not may_follow(version, chart):
            raise Incomplete(
                f"The files of {workload.label} tell only the version of its chart, which is {chart}. Say whether the "
                f"chart or the image shall be {version}.",
                reason="chart_or_image",
                name=workload.name,
                now=chart,
                version=version,
            )
        return SetChartVersion(name=wish.name, namespace=wish.namespace, kind=kind, version=version)
    return SetImage(name=wish.name, namespace=wish.namespace, kind=kind, container=wish.container, tag=version)


def _env(wish: Wish, index: Index, kind: str | None) -> SetEnv | SetValue:
    """The variable as the files write it: speech knows no capitals. A chart may have a value of that name instead."""
    key, value = wish.slots["key"], wish.slots.get("value")
    workload = index.candidates(wish.name, wish.namespace, kind)[0]
    if not key.isupper():
        workload = index.find(wish.name, wish.namespace, kind)
    known = variables_of(workload, index)
    if key not in known and value is not None:
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
    (amount,) = _alone(wish)
    if amount.how == "to" and amount.number is not None and amount.was is None:
        return SetReplicas(
            name=wish.name, namespace=wish.namespace, kind=kind, replicas=_whole(amount.number, wish.name)
        )
    workload = index.find(wish.name, wish.namespace, kind)
    knobs = [each for each in index.knobs(workload) if each.topic is Topic.REPLICAS and each.is_set]
    now = int(knobs[0].value) if knobs and str(knobs[0].value).isdigit() else 1
    if amount.number is None:
        question = f"{workload.label} runs {now} {_pods(now)}. How many shall it run?"
        raise Incomplete(question, reason="replicas_now", name=workload.name, now=now)
    if amount.was is not None and amount.was != now:
        question = f"{workload.label} runs {now} {_pods(now)}, not {amount.was:g}. How many shall it run?"
        raise Incomplete(question, reason="replicas_not", name=workload.name, now=now, was=f"{amount.was:g}")
    wanted = amount.number
    wanted = now * wanted if amount.how == "times" else now + wanted if amount.how == "by" else wanted
    return SetReplicas(name=wish.name, namespace=wish.namespace, kind=kind, replicas=_whole(wanted, workload.label))


def _alone(wish: Wish) -> tuple[Amount]:
    if len(wish.amounts) != 1:
        raise Incomplete("Say one number for one thing.", reason="one_number")
    return (wish.amounts[0],)


def _pods(number: int) -> str:
    return "replica" if number == 1 else "replicas"


def _whole(number: float, label: str) -> int:
    if number != int(number):
        question = f"{number:g} is no whole number. How many replicas of {label} do you want?"
        raise Incomplete(question, reason="not_whole", number=f"{number:g}")
    return int(number)


def _storage(wish: Wish, index: Index, kind: str | None) -> SetStorage:
    (amount,) = _alone(wish)
    volume = wish.slots.get("volume")
    size = written(amount.number or 0, amount.unit, "storage")
    if amount.how != "to" or amount.number is None or amount.was is not None:
        workload = index.find(wish.name, wish.namespace, kind)
        size = counted(amount, _volume_size(workload, index, volume), f"The volume of {workload.label}", "storage")
    return SetStorage(name=wish.name, namespace=wish.namespace, kind=kind, size=size, volume=volume)


def _volume_size(workload: Workload, index: Index, volume: str | None) -> str:
    found = {
        each.name: str(each.value)
        for each in reversed(index.knobs(workload))
        if each.topic is Topic.STORAGE and each.is_set and (volume is None or volume.casefold() in each.name.casefold())
    }
    return next(iter(found.values())) if len(found) == 1 else ""


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
    "set_storage": _storage,
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
