"""Take another version of a Helm chart."""

import posixpath
import re

from ...errors import EditRefused, InputInvalid, UnknownWorkload
from ...models.notes import Note
from ...models.plan import SetChartVersion
from ..index import Index
from ..index.naming import ambiguous
from ..knobs import decisive
from ..model import Topic, Workload
from ..text import Spot
from .edit import Draft, Edit, refuse_template, target_of
from .writing import setting

_VERSION = re.compile(
    r"[v~^<>=! ]{0,4}[0-9xX*][0-9A-Za-z.*+-]{0,63}(?:[ ,|]+[v~^<>=! ]{0,4}[0-9A-Za-z.*+-]{1,64}){0,4}"
)


def _of_all(plan: SetChartVersion, version: str, index: Index) -> Edit:
    """The edit for every release of a chart that is meant by its own name. Raises as `Index.release` does."""
    users = index.of_chart(plan.name, plan.namespace)
    places: dict[tuple[str, Spot], Workload] = {
        (knob.path, knob.spot): each
        for each in reversed(users)
        for knob in index.knobs(each)
        if knob.topic is Topic.CHART_VERSION
    }
    if not places:
        index.release(plan.name, plan.namespace, plan.kind)
    if len(places) > 1:
        raise ambiguous(plan.name, users)
    [workload] = places.values()
    draft = Draft(index)
    knob = next(each for each in index.knobs(workload) if each.topic is Topic.CHART_VERSION)
    refuse_template(workload, knob)
    before = str(knob.value or "")
    if before != version:
        draft.change(knob.path, setting(workload, knob, version))
        others = [each.release for each in users if each.release is not None and each is not workload]
        names = [f"{each.namespace}/{each.name}".lstrip("/") for each in others]
        draft.notes += [Note.READERS.told(workloads=", ".join(names))] if names else []
    return draft.edit(target_of(workload, knob, before, version))


def set_chart_version(plan: SetChartVersion, index: Index) -> Edit:
    """The edit that sets a chart's version. Raises InputInvalid (and its subclasses), EditRefused."""
    version = plan.version.strip()
    if not _VERSION.fullmatch(version):
        raise InputInvalid(
            f"{version[:60]!r} is no version of a chart, such as 1.2.3.", text=version[:60], reason="no_such_version"
        )
    try:
        workload = index.release(plan.name, plan.namespace, plan.kind)
    except UnknownWorkload:
        return _of_all(plan, version, index)
    if workload.release is None:
        raise InputInvalid(f"{workload.label} is not deployed by a Helm chart.", name=workload.name, reason="no_chart")
    if workload.release.version is None:
        raise EditRefused(
            f"The version of the chart of {workload.label} is not in the files: the chart lies in the repository "
            "itself, or its source is defined elsewhere.",
            workload=workload.label,
            name=workload.name,
            reason="no_chart_version",
        )
    draft = Draft(index)
    knob = decisive(workload, index.knobs(workload), Topic.CHART_VERSION)
    refuse_template(workload, knob)
    before = "" if knob.value is None else str(knob.value)
    if before != version:
        draft.change(knob.path, setting(workload, knob, version))
        lock = posixpath.join(posixpath.dirname(knob.path), "Chart.lock")
        if posixpath.basename(knob.path) == "Chart.yaml" and lock in index.snapshot.files:
            draft.notes.append(Note.LOCKED.told(lock=lock))
    return draft.edit(target_of(workload, knob, before, version))
