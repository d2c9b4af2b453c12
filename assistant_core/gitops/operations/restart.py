"""Replace a workload's pods by an annotation of their template, as `kubectl rollout restart` does."""

from datetime import UTC, datetime

from ...errors import Incomplete, InputInvalid
from ...models.notes import Note
from ...models.plan import Restart
from ..index import Index
from ..knobs import decisive
from ..model import Confidence, Topic
from .edit import Draft, Edit, target_of
from .writing import setting

_NOT_RESTARTED = ("CronJob", "Job", "Pod")


def restart(plan: Restart, index: Index) -> Edit:
    """The edit that restarts a workload. Raises InputInvalid (and its subclasses), EditRefused."""
    at = _time(plan.at)
    workload = index.find(plan.name, plan.namespace, plan.kind)
    if workload.kind in _NOT_RESTARTED:
        raise InputInvalid(
            f"{workload.label} is a {workload.kind}, which is not restarted.",
            name=workload.name,
            kind=workload.kind,
            reason="not_restarted",
        )
    knobs = index.knobs(workload)
    counted = next((each for each in knobs if each.topic is Topic.REPLICAS and each.is_set), None)
    if counted is not None and counted.value in (0, "0"):
        question = f"{workload.label} runs 0 replicas, so there is nothing to restart. How many shall it run?"
        raise Incomplete(question, reason="replicas_now", name=workload.name, now=0)
    draft = Draft(index)
    knob = decisive(workload, knobs, Topic.RESTART)
    unknown = workload.release is None or workload.release.taken is None
    if knob.confidence is Confidence.LIKELY and unknown:
        draft.notes.append(Note.CHART_UNKNOWN.told(workload=workload.label))
    before = str(knob.value) if knob.is_set else ""
    if before != at:
        changed = setting(workload, knob, at)
        if unknown:
            draft.change(knob.path, changed)
        else:
            draft.turn(workload, knob, changed)
    return draft.edit(target_of(workload, knob, before, at))


def _time(text: str | None) -> str:
    if text is None:
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError) as error:
        raise InputInvalid(f"{text[:40]!r} is no time.", text=text[:40], reason="no_time") from error
