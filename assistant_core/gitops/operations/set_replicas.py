"""Run a workload with another number of pods."""

from dataclasses import replace

from ...errors import EditRefused, InputInvalid
from ...models.plan import SetReplicas
from ..index import Index
from ..index.naming import ambiguous
from ..knobs import decisive
from ..knobs.helm import autoscaled, part_of
from ..layouts.custom_kinds import custom
from ..layouts.workload_kinds import SCALED
from ..model import Form, Topic, Workload
from .edit import Draft, Edit, refuse_template, target_of
from .writing import setting

MAX_REPLICAS = 100
"""More than any homelab runs of one workload: a number above it was misheard."""

_DEFAULT = 1
"""What Kubernetes takes when a manifest does not say."""


def set_replicas(plan: SetReplicas, index: Index) -> Edit:
    """The edit that sets a workload's replicas. Raises InputInvalid (and its subclasses), EditRefused."""
    if isinstance(plan.replicas, bool) or not isinstance(plan.replicas, int) or not 0 <= plan.replicas <= MAX_REPLICAS:
        raise InputInvalid(
            f"Replicas must be a whole number from 0 to {MAX_REPLICAS}, not {plan.replicas!r:.40}.",
            maximum=MAX_REPLICAS,
        )
    _refuse_whole(plan, index)
    workload = index.find(plan.name, plan.namespace, plan.kind, kinds=SCALED)
    if workload.kind not in SCALED and not workload.is_custom:
        raise InputInvalid(
            f"{workload.label} is a {workload.kind}, which has no number of replicas.",
            name=workload.name,
            kind=workload.kind,
            reason="no_replicas",
        )
    _refuse_too_few(workload, plan.replicas)
    _refuse_scaled(index, workload)
    draft = Draft(index)
    knob = decisive(workload, index.knobs(workload), Topic.REPLICAS)
    refuse_template(workload, knob)
    is_unknown = knob.form is Form.VARIABLE and not knob.is_set  # an object of the cluster may set it
    was = None if is_unknown else _number(workload, knob.path, knob.field, knob.value)
    if was != plan.replicas:
        counted = replace(knob, value=None) if was is None else knob  # text that fills it in gives way to a number
        draft.turn(workload, knob, setting(workload, counted, plan.replicas))
    return draft.edit(target_of(workload, knob, "" if was is None else str(was), str(plan.replicas)))


def _refuse_whole(plan: SetReplicas, index: Index) -> None:
    """Ask where a release is named of which a part runs on every node: another part need not stand for all of it."""
    found = index.candidates(plan.name, plan.namespace, plan.kind)
    is_one = found[0].release is not None and all(each.release is found[0].release for each in found)
    if is_one and len(found) > 1 and any(each.kind == "DaemonSet" for each in found):
        raise ambiguous(plan.name, found)


def _refuse_too_few(workload: Workload, replicas: int) -> None:
    part = part_of(workload)
    api = workload.deployed.api if workload.deployed else part.api if part else ""
    known = custom(workload.kind, api)
    if known is not None and replicas < known.fewest:
        raise InputInvalid(
            f"A {workload.kind} such as {workload.label} runs with {known.fewest} or more; with {replicas}, Kubernetes "
            "would refuse it.",
            name=workload.name,
            kind=workload.kind,
            minimum=known.fewest,
            reason="too_few",
        )


def _refuse_scaled(index: Index, workload: Workload) -> None:
    scaler = index.scaler(workload)
    by = f"{scaler.by} ({scaler.path})" if scaler else autoscaled(workload)
    if by:
        raise EditRefused(
            f"The replicas of {workload.label} are set by {by}, not by its own manifest.",
            workload=workload.label,
            name=workload.name,
            reason="scaled",
        )


def _number(workload: Workload, path: str, field: str, value: object) -> int | None:
    """The replicas now; None where they come from elsewhere."""
    if value is None:
        return _DEFAULT
    if value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    raise EditRefused(
        f"I leave {path} alone: {field} of {workload.label} is written as {value!r:.60}, which is no plain number.",
        path=path,
        reason="no_number",
    )
