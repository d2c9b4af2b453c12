"""Take another version of a Helm chart."""

import posixpath
import re

from ...errors import EditRefused, InputInvalid
from ...models.notes import Note
from ...models.plan import SetChartVersion
from ..index import Index
from ..knobs import decisive
from ..model import Topic
from .edit import Draft, Edit, refuse_template, target_of
from .writing import setting

_VERSION = re.compile(
    r"[v~^<>=! ]{0,4}[0-9xX*][0-9A-Za-z.*+-]{0,63}(?:[ ,|]+[v~^<>=! ]{0,4}[0-9A-Za-z.*+-]{1,64}){0,4}"
)


def set_chart_version(plan: SetChartVersion, index: Index) -> Edit:
    """The edit that sets a chart's version. Raises InputInvalid (and its subclasses), EditRefused."""
    version = plan.version.strip()
    if not _VERSION.fullmatch(version):
        raise InputInvalid(
            f"{version[:60]!r} is no version of a chart, such as 1.2.3.", text=version[:60], reason="no_such_version"
        )
    workload = index.release(plan.name, plan.namespace, plan.kind)
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
