"""Words that may mean more than one thing of a workload: an image or a chart, memory or a volume, or a variable."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
import re

from ...errors import AmbiguousWorkload
from ...gitops import Index, Topic, Workload
from ...gitops.layouts.files import get
from ...gitops.operations.quantities import amount as quantity
from ...models.wish import MEANT, Wish
from .fields import variables_of
from .quantities import written
from .resources import of_resources

_NUMBERS = re.compile(r"(v?)(\d{1,6})\.(\d{1,6})?")
_MANY = 20
"""Charts that reach such a version go on in large steps; others do not skip so many."""
_RANGE = re.compile(r"[*<>=^~]|^x$")
_VERSION = "VERSION"
_IMAGE = "image tag"
_CHART = "chart version"
_VOLUME = "volume"
_CALLED = {"set_replicas": "pods", "set_storage": _VOLUME, "set_host": "host name", "set_schedule": "schedule"}
_OF_IMAGES = ("image", "tag")
_RESOURCES = ("memory_limit", "memory_request", "cpu_limit", "cpu_request")


def meant(wish: Wish, index: Index, kind: str | None) -> Wish:
    """The wish with the only meaning it can have, or the chosen one. Raises AmbiguousWorkload with all of them."""
    workload = index.candidates(wish.name, wish.namespace, kind)[0]
    if wish.container:
        return wish
    if wish.also and wish.also[0] in variables_of(workload, index):
        return _of_variable(wish, *wish.also)
    found = dict(_meanings(wish, workload, index, kind))
    if chosen := found.get(wish.slots.get(MEANT, "")):
        return chosen
    if len(found) > 1:
        raise AmbiguousWorkload(
            f"Of {workload.label} the {' or the '.join(found)} can be meant. Say which one.",
            candidates=tuple(found),
            slot=MEANT,
            name=workload.name,
        )
    return wish


def _meanings(wish: Wish, workload: Workload, index: Index, kind: str | None) -> Iterator[tuple[str, Wish]]:
    """What can be meant, by what it is called."""
    variable = _variable(wish, workload, index)
    if variable:
        yield f"variable {variable[0]}", _of_variable(wish, *variable)
    room = wish if wish.is_room and _may_be_volume(wish, workload, index) else None
    if wish.operation == "update":
        yield from _versions(wish, workload, index)
    elif variable or room:
        yield _called(wish, index, kind), wish
    if room:
        yield _VOLUME, replace(wish, operation="set_storage", amounts=(wish.amounts[0]._replace(of="storage"),))


def _may_be_volume(wish: Wish, workload: Workload, index: Index) -> bool:
    """Whether a volume would grow by it, and it is more than the memory by far: volumes never shrink."""
    [amount] = wish.amounts
    sizes: dict[Topic, list[Decimal]] = {}
    for each in index.knobs(workload):
        if each.is_set and (known := quantity(str(each.value))) is not None:
            sizes.setdefault(each.topic, []).append(known)
    memory = max(sizes.get(Topic.MEMORY_LIMIT, []) + sizes.get(Topic.MEMORY_REQUEST, []), default=Decimal())
    wanted = quantity(written(amount.number or 0, amount.unit, amount.of)) or Decimal()
    return any(wanted > each > memory for each in sizes.get(Topic.STORAGE, ()))


def _variable(wish: Wish, workload: Workload, index: Index) -> tuple[str, str] | None:
    """The variable that may be meant, with its value; what is updated may be told a version by a variable."""
    if wish.operation == "set_chart_version":
        return None
    if wish.operation == "update":
        key, value = _VERSION, wish.slots["version"]
    elif wish.also and (wish.operation != "set_image" or wish.also[0].casefold() in _OF_IMAGES):
        key, value = wish.also
    else:
        return None
    known = variables_of(workload, index)
    return next(((each, value) for each in known if each.casefold() == key.casefold()), None)


def _of_variable(wish: Wish, key: str, value: str) -> Wish:
    return replace(wish, operation="set_env", amounts=(), slots={"key": key, "value": value}, also=None)


def _versions(wish: Wish, workload: Workload, index: Index) -> Iterator[tuple[str, Wish]]:
    """The image, and the chart where the files name both and the version looks like its next one."""
    version = wish.slots["version"]
    known = {each.topic: each.value for each in reversed(index.knobs(workload)) if each.is_set}
    chart, image = str(known.get(Topic.CHART_VERSION, "")), known.get(Topic.IMAGE)
    if image is not None or not chart:
        yield _IMAGE, replace(wish, operation="set_image", slots={"tag": version})
    tag = str(get(image, "tag", default=image)).rpartition(":")[2]
    near_chart, near_tag = _is_near(version, chart), _is_near(version, tag)
    is_next = may_follow(version, chart) if near_chart == near_tag else near_chart
    if chart and (image is None or (_NUMBERS.match(version) and _NUMBERS.match(chart) and is_next)):
        yield _CHART, replace(wish, operation="set_chart_version", slots={"version": version})


def _is_near(version: str, now: str) -> bool:
    """Whether both have the same major version."""
    new, old = _NUMBERS.match(version), _NUMBERS.match(now)
    return new is not None and old is not None and (new[1], new[2]) == (old[1], old[2])


def may_follow(version: str, now: str) -> bool:
    """Whether it looks like a newer version of the same chart, and not like one of the app inside it."""
    new, old = _NUMBERS.match(version), _NUMBERS.match(now.lstrip("^~= "))
    if new is None or old is None:
        return not _RANGE.search(now)
    before, after = int(old[2]), int(new[2])
    if before == after:
        least, most = int(old[3] or 0), max(2 * int(old[3] or 0), int(old[3] or 0) + _MANY)
        return new[1] == old[1] and least <= int(new[3] or 0) <= most
    return new[1] == old[1] and before < after <= max(before + 1, before * 3 // 2 if before > _MANY else 0)


def _called(wish: Wish, index: Index, kind: str | None) -> str:
    """What a wish is about, in words that no variable is called by."""
    if wish.operation == "set_image":
        return _IMAGE
    if wish.operation == "set_resources":
        plan = of_resources(wish, index, kind)
        return next(each.replace("_", " ") for each in _RESOURCES if getattr(plan, each))
    return _CALLED.get(wish.operation, wish.operation.replace("_", " "))
