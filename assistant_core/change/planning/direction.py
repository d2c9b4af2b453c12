"""Whether a plan leads the other way than the words do: fewer where more was said."""

from collections.abc import Mapping
from typing import Any

from ...errors import InputInvalid
from ...gitops import Index, Topic
from ...gitops.operations.quantities import amount
from ...models.plan import ChangePlan

_TOPICS = {
    "replicas": Topic.REPLICAS,
    "cpu_request": Topic.CPU_REQUEST,
    "cpu_limit": Topic.CPU_LIMIT,
    "memory_request": Topic.MEMORY_REQUEST,
    "memory_limit": Topic.MEMORY_LIMIT,
    "size": Topic.STORAGE,
}


def is_contrary(slots: Mapping[str, Any], labels: frozenset[str], plan: ChangePlan, index: Index) -> bool:
    """Whether less is planned than now where the words say up, or more where they say down."""
    towards = ("raise" in labels or "resume" in labels) - ("lower" in labels or "stop" in labels)
    wanted = {slot: found for slot in _TOPICS if (found := amount(str(slots.get(slot, "")))) is not None}
    if not towards or not wanted:
        return False
    try:
        knobs = index.knobs(index.find(plan.name, plan.namespace, plan.kind))
    except InputInvalid:
        return False
    now = {each.topic: amount(str(each.value)) for each in reversed(knobs) if each.is_set}
    known = ((value, now.get(_TOPICS[slot])) for slot, value in wanted.items())
    return any(is_now is not None and (value - is_now) * towards < 0 for value, is_now in known)
