"""What a container asks for and may use at most."""

from collections.abc import Iterator
from dataclasses import replace

from ...errors import Incomplete, InputInvalid
from ...models.notes import Note
from ...models.plan import SetResources
from ..index import Index
from ..knobs import decisive
from ..knobs.choosing import chosen_container
from ..knobs.pods import RESOURCES
from ..layouts.files import word
from ..model import Form, Knob, Topic, Workload
from .edit import Draft, Edit, refuse_template, target_of
from .quantities import amount, cores, size
from .writing import overlay_patch, setting

_RESIZER = "VerticalPodAutoscaler"
_PAIRS = ((Topic.CPU_REQUEST, Topic.CPU_LIMIT), (Topic.MEMORY_REQUEST, Topic.MEMORY_LIMIT))


def set_resources(plan: SetResources, index: Index) -> Edit:
    """The edit that sets requests and limits. Raises InputInvalid (and its subclasses), EditRefused."""
    wanted = _wanted(plan)
    workload = index.find(plan.name, plan.namespace, plan.kind)
    knobs = index.knobs(workload)
    container = chosen_container(workload, knobs, plan.container, plan.name)
    draft = Draft(index, alone=plan.container is not None)
    chosen: list[Knob] = []
    patched: list[tuple[Knob, str | int]] = []
    for topic, value in wanted.items():
        knob = decisive(workload, knobs, topic, container=container)
        refuse_template(workload, knob)
        chosen.append(knob)
        draft.before.append("" if knob.value is None else str(knob.value))
        draft.after.append(value)
        if amount(draft.before[-1]) == amount(value):
            continue
        if knob.form is Form.OVERLAY_PATCH:
            patched.append((knob, _written(knob.value, value)))
        else:
            change = setting(workload, knob, _written(knob.value, value))
            draft.turn(workload, knob, draft.shared(workload, knob, change))
    if patched:
        draft.change(patched[0][0].path, overlay_patch(workload, patched))
    _check_order(workload, knobs, container, wanted)
    if draft.changes:
        draft.notes += [Note.RESIZED.told(by=each) for each in _resizers(index, workload)]
    if len(wanted) == 1:
        return draft.edit(target_of(workload, chosen[0], draft.before[0], draft.after[0]))
    texts = (_together(dict(zip(wanted, each, strict=True))) for each in (draft.before, draft.after))
    return draft.edit(replace(target_of(workload, chosen[0], *texts), field="resources"))


def _together(amounts: dict[Topic, str]) -> str:
    """Several amounts as Kubernetes has them: "requests cpu 100m, memory 64Mi, limits memory 1Gi"."""
    told: list[str] = []
    last = ""
    for topic, amount_of in sorted(amounts.items(), key=lambda each: "limit" in each[0]):
        group, what = RESOURCES[topic]
        told += [f"{group if group != last else ''} {what} {amount_of}".strip()] if amount_of else []
        last = group if amount_of else last
    return ", ".join(told)


def _resizers(index: Index, workload: Workload) -> Iterator[str]:
    """The vertical autoscalers that do more than recommend."""
    for each in index.deployment.objects:
        target = word(each.data, "spec", "targetRef", "kind"), word(each.data, "spec", "targetRef", "name")
        is_on = word(each.data, "spec", "updatePolicy", "updateMode") != "Off"
        is_near = each.kind == _RESIZER and each.namespace in ("", workload.namespace)
        if is_near and is_on and target == (workload.kind, workload.name):
            yield f"{_RESIZER} {each.name}"


def _wanted(plan: SetResources) -> dict[Topic, str]:
    wanted = {
        topic: cores(value) if "cpu" in topic else size(value, "Memory")
        for topic in (topic for pair in _PAIRS for topic in pair)
        if (value := getattr(plan, topic.value)) is not None
    }
    if not wanted:
        raise Incomplete("Say how much CPU or memory it shall have.", reason="no_amount")
    return wanted


def _written(old: object, value: str) -> str | int:
    """Whole cores may stand without quotes."""
    return int(value) if value.isdigit() and not isinstance(old, str) else value


def _check_order(workload: Workload, knobs: tuple[Knob, ...], container: str, wanted: dict[Topic, str]) -> None:
    """A request above its limit is refused by Kubernetes."""
    for request, limit in _PAIRS:
        if request not in wanted and limit not in wanted:
            continue
        both = [
            wanted.get(topic)
            or next((str(k.value) for k in knobs if k.topic is topic and k.is_set and k.container == container), "")
            for topic in (request, limit)
        ]
        low, high = amount(both[0]), amount(both[1])
        if low is not None and high is not None and low > high:
            what = "CPU" if "cpu" in request else "memory"
            raise InputInvalid(
                f"The {what} request of {workload.label} ({both[0]}) would be above its limit ({both[1]}).",
                name=workload.name,
                request=both[0],
                limit=both[1],
                reason="above_limit",
            )
