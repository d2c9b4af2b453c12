"""Words that may mean more than one thing of a workload: an image or a chart, memory or a volume, or a variable."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from ...errors import AmbiguousWorkload, UnknownWorkload
from ...gitops import Index, Topic, Workload
from ...gitops.index.naming import ambiguous
from ...gitops.knobs.helm import is_app_template
from ...gitops.operations.quantities import amount as quantity
from ...gitops.spoken import plain
from ...models.wish import MEANT, Wish
from .fields import variables_of
from .images import image_for
from .quantities import written
from .resources import of_resources
from .versions import as_now, is_far_beyond, is_near, is_numbered, may_follow

_VERSION = "VERSION"
IMAGE = "image tag"
"""What is meant by a version, as `versions` calls it."""
_CHART = "chart version"
_VOLUME = "volume"
_CALLED = {"set_replicas": "pods", "set_storage": _VOLUME, "set_host": "host name", "set_schedule": "schedule"}
_OFIMAGES = ("image", "tag")
_RESOURCES = ("memory_limit", "memory_request", "cpu_limit", "cpu_request")


def meant(wish: Wish, index: Index, kind: str | None) -> Wish:
    """The wish with the only meaning it can have, or the chosen one. Raises AmbiguousWorkload with all of them."""
    workload = versioned(wish, index, kind)
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
    return found.get(IMAGE, wish)


def versioned(wish: Wish, index: Index, kind: str | None) -> Workload:
    """The first that answers to the name; of several charts behind it, one of that very name."""
    found = index.candidates(wish.name, wish.namespace, kind)
    of_chart = (each for each in found if each.release and plain(each.release.chart) == plain(wish.name))
    return next(of_chart, found[0])


def is_chart(wish: Wish, index: Index) -> bool:
    """Whether nothing but a chart has that name."""
    try:
        return not index.candidates(wish.name, wish.namespace)
    except UnknownWorkload:
        return bool(index.of_chart(wish.name, wish.namespace))


def only_user(wish: Wish, index: Index, kind: str | None) -> Workload | None:
    """The one part of a release that has the variable, where several answer to the name."""
    found = index.candidates(wish.name, wish.namespace, kind)
    if len(found) == 1 or found[0].release is None or any(each.release is not found[0].release for each in found):
        return None
    having = [each for each in found if wish.slots["key"] in variables_of(each, index)]
    return having[0] if len(having) == 1 else None


def ask_for_part(wish: Wish, workload: Workload, index: Index) -> None:
    """Ask where another part of the same release has the variable. Raises AmbiguousWorkload."""
    parts = [each for each in index.workloads if each.release is not None and each.release is workload.release]
    having = [each for each in parts if wish.slots["key"] in variables_of(each, index)]
    if having and wish.container is None and wish.name != workload.label:
        raise ambiguous(wish.name, [workload, *having])


def _meanings(wish: Wish, workload: Workload, index: Index, kind: str | None) -> Iterator[tuple[str, Wish]]:
    """What can be meant, by what it is called."""
    variable = _variable(wish, workload, index)
    if variable:
        yield f"variable {variable[0]}", _of_variable(wish, *variable)
    room = wish if wish.is_room and _may_be_volume(wish, workload, index) else None
    if wish.operation == "update":
        yield from versions(wish, workload, index)
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
    elif wish.also and (wish.operation != "set_image" or wish.also[0].casefold() in _OFIMAGES):
        key, value = wish.also
    else:
        return None
    known = variables_of(workload, index)
    return next(((each, value) for each in known if each.casefold() == key.casefold()), None)


def _of_variable(wish: Wish, key: str, value: str) -> Wish:
    return replace(wish, operation="set_env", amounts=(), slots={"key": key, "value": value}, also=None)


def versions(wish: Wish, workload: Workload, index: Index) -> Iterator[tuple[str, Wish]]:
    """The image, and the chart where the version looks like its next one, or like none of the image's."""
    version = wish.slots["version"]
    known = [each for each in index.knobs(workload) if each.is_set]
    charts = (each for each in known if each.topic is Topic.CHART_VERSION and not each.shared_by)
    chart = next((str(each.value) for each in charts), "")
    container, tag = image_for(wish, workload, index)
    if workload.release is not None and is_app_template(workload.release) and tag is not None:
        chart = ""  # such a chart goes its own way, whatever it runs
    near_chart, near_tag = is_near(version, chart), is_near(version, tag or "")
    is_next = may_follow(version, chart) if near_chart == near_tag else near_chart
    of_chart = near_chart and not near_tag and is_numbered(tag or "") and _is_called_like_its_chart(wish, workload)
    is_told = tag is not None or workload.release is None or any(each.topic is Topic.IMAGE for each in known)
    if (tag is not None or not chart) and is_told and not of_chart:
        yield (
            IMAGE,
            replace(wish, operation="set_image", container=container, slots={"tag": as_now(tag or "", version)}),
        )
    is_next = is_numbered(version) and is_numbered(chart) and is_next
    if (chart and (tag is None or is_next)) or (is_far_beyond(version, tag or "") and _is_of_unknown_chart(workload)):
        yield _CHART, replace(wish, operation="set_chart_version", slots={"version": as_now(chart, version)})


def _is_of_unknown_chart(workload: Workload) -> bool:
    """Whether a chart from elsewhere deploys it in a version that the files do not tell."""
    release = workload.release
    return release is not None and release.version is None and release.taken is None and not release.rendered


def _is_called_like_its_chart(wish: Wish, workload: Workload) -> bool:
    release = workload.release
    return release is not None and plain(wish.name) in map(plain, (release.chart, release.alias))


def _called(wish: Wish, index: Index, kind: str | None) -> str:
    """What a wish is about, in words that no variable is called by."""
    if wish.operation == "set_image":
        return IMAGE
    if wish.operation == "set_resources":
        plan = of_resources(wish, index, kind)
        return next(each.replace("_", " ") for each in _RESOURCES if getattr(plan, each))
    return _CALLED.get(wish.operation, wish.operation.replace("_", " "))
