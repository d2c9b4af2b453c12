"""Give a container's environment variable another value, or take it away."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
import re
from typing import Any

from ...errors import EditRefused, InputInvalid
from ...models.notes import Note
from ...models.plan import SetEnv
from ..index import Index
from ..knobs import decisive
from ..knobs.all import unread_source
from ..knobs.choosing import chosen_container, shared_place
from ..knobs.variables import filled_in
from ..model import Form, Knob, Topic, Workload
from ..text import Remove, Set
from ..text.values import plain
from .anchored import is_one_entry
from .config_references import readers, referred
from .edit import Draft, Edit, refuse_template, target_of
from .patch_operations import out_of_patch
from .writing import setting

_NAME = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]{0,252}")
_MAX_VALUE = 4096


def set_env(plan: SetEnv, index: Index) -> Edit:
    """The edit that sets or removes a variable. Raises InputInvalid (and its subclasses), EditRefused."""
    if not _NAME.fullmatch(plan.variable):
        raise InputInvalid(
            f"{plan.variable[:60]!r} is no name of an environment variable.",
            text=plan.variable[:60],
            reason="no_such_name",
        )
    if plan.value is not None and (len(plan.value) > _MAX_VALUE or not plan.value.isprintable()):
        raise InputInvalid("The value of an environment variable must be one line of text.", reason="one_line")
    workload = index.find(plan.name, plan.namespace, plan.kind)
    knobs = index.knobs(workload)
    is_own = any(each.is_set and (each.topic, each.name) == (Topic.ENV, plan.variable) for each in knobs)
    if not is_own and plan.container is None and (variable := filled_in(plan.variable, workload.owner)):
        return _fill(plan, index, workload, variable)
    container = _only_user(index, knobs, plan) or chosen_container(workload, knobs, plan.container, plan.name)
    knob = decisive(workload, knobs, Topic.ENV, container=container, name=plan.variable)
    if plan.value is not None:
        knob = referred(index, workload, knob)
    draft = Draft(index, alone=plan.container is not None)
    was = current(workload, knob)
    if plan.value is None and not knob.is_set:
        _refuse_inherited(workload, knobs, container, plan.variable)
    if was != plan.value:
        _refuse_unread(index, workload, knob, plan)
        for each in _hidden(workload, knobs, knob) if plan.value is None else ():
            draft.turn(workload, each, out_of_patch(index, workload, each) or Remove(each.spot))
        operation = out_of_patch(index, workload, knob) if plan.value is None else None
        draft.turn(workload, knob, operation or draft.shared(workload, knob, _change(workload, knob, plan)))
        _tell_readers(draft, workload, knob)
    return draft.edit(replace(target_of(workload, knob, was or "", plan.value or ""), field=plan.variable))


def _fill(plan: SetEnv, index: Index, workload: Workload, variable: Knob) -> Edit:
    """The edit of a variable that Flux fills in, which no container has as its own. Raises EditRefused."""
    if plan.value is None:
        raise shared_place(plan.variable, workload, variable.path, (workload.label,))
    draft, was = Draft(index), str(variable.value)
    if was != plan.value:
        draft.fill(workload, variable, plan.value)
    return draft.edit(replace(target_of(workload, variable, was, plan.value), field=plan.variable))


def _only_user(index: Index, knobs: Sequence[Knob], plan: SetEnv) -> str:
    """The one container that has the variable, or any of those that share it, where none was asked for."""
    found = [each for each in knobs if each.is_set and (each.topic, each.name) == (Topic.ENV, plan.variable)]
    users = {each.container for each in found}
    is_one = len(users) == 1 or is_one_entry(index, found)
    return found[0].container if plan.container is None and is_one else ""


def _tell_readers(draft: Draft, workload: Workload, knob: Knob) -> None:
    """A ConfigMap may hold the variables of several workloads."""
    if not knob.is_set or workload.deployed is None or knob.form not in (Form.LITERAL, Form.ENV_MAP):
        return
    near = (each.namespace == workload.namespace and each.owner == workload.owner for each in draft.index.workloads)
    found = [
        each.label
        for each, is_near in zip(draft.index.workloads, near, strict=True)
        if is_near
        and each is not workload
        and any((one.path, one.spot) == (knob.path, knob.spot) for one in draft.index.knobs(each))
    ]
    found += [each for each in readers(draft.index, workload, knob) if each not in found]
    if found:
        draft.notes.append(Note.READERS.told(workloads=", ".join(found)))


def current(workload: Workload, knob: Knob) -> str | None:
    """The value now; None when it is not set. Raises EditRefused for one that comes from elsewhere."""
    if not knob.is_set:
        return None
    value = knob.value
    if isinstance(value, Mapping):
        if "valueFrom" in value or any(key.endswith("KeyRef") for key in value):
            raise EditRefused(
                f"I leave {knob.path} alone: {knob.name} of {workload.label} comes from a Secret or another object.",
                path=knob.path,
                name=knob.name,
                reason="from_elsewhere",
            )
        value = value.get("value", "")
    refuse_template(workload, knob)
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _refuse_unread(index: Index, workload: Workload, knob: Knob, plan: SetEnv) -> None:
    """Leave a variable alone that may be decided where nobody looked."""
    source = unread_source(workload, knob.container, index.siblings(workload))
    if source and not knob.is_set:
        raise EditRefused(
            f"{workload.label} takes variables from {source}, which I do not read: {plan.variable} may be decided "
            "there. Change it there by hand.",
            workload=workload.label,
            name=plan.variable,
            path=source,
            reason="not_read",
        )


def _refuse_inherited(workload: Workload, knobs: Sequence[Knob], container: str, variable: str) -> None:
    """An overlay can give a variable another value, but not take away what its base sets for others too."""
    for each in knobs:
        if (each.topic, each.container, each.name, each.is_set) == (Topic.ENV, container, variable, True):
            raise shared_place(variable, workload, each.path, each.shared_by)


def _hidden(workload: Workload, knobs: Sequence[Knob], knob: Knob) -> list[Knob]:
    """The weaker places of a variable, which would count once the strongest is gone. Raises EditRefused."""
    same = [each for each in knobs if each.is_set and (each.topic, each.name) == (Topic.ENV, knob.name)]
    weaker = [each for each in same if each.container == knob.container and each != knob]
    for each in weaker:
        if each.shared_by:
            raise shared_place(knob.name, workload, each.path, each.shared_by)
    return weaker


def _change(workload: Workload, knob: Knob, plan: SetEnv) -> Set | Remove:
    if plan.value is None:
        return Remove(knob.spot)
    if knob.form in (Form.VARIABLE, Form.OVERLAY_PATCH):
        return setting(workload, replace(knob, name=plan.variable), plan.value)
    if knob.form is Form.LITERAL:
        return Set(knob.spot, f"{plan.variable}={plan.value}")
    if not knob.is_set:
        entry: Any = {"name": plan.variable, "value": plan.value}
        return Set(knob.spot, entry) if knob.form is Form.ENV_LIST else Set(knob.spot.below(plan.variable), plan.value)
    if isinstance(knob.value, Mapping):
        return Set(knob.spot.below("value"), plan.value)
    return Set(knob.spot, _like(knob.value, plan.value))


def _like(old: Any, new: str) -> Any:
    """A number or a switch stays one where it was one."""
    typed = plain(new)
    return typed if type(typed) is type(old) and not isinstance(old, str) and str(typed).lower() == new.lower() else new
