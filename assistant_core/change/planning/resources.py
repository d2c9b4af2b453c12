"""CPU and memory: which of request and limit is meant, and how much."""

from collections.abc import Sequence

from ...errors import InputInvalid
from ...gitops import Index, Knob, Topic, Workload
from ...gitops.knobs.choosing import chosen_container, of_container
from ...gitops.operations.quantities import amount as parsed
from ...models.plan import SetResources
from ...models.wish import Amount, Wish
from .quantities import counted, written

_TOPICS = {
    ("cpu", "request"): Topic.CPU_REQUEST,
    ("cpu", "limit"): Topic.CPU_LIMIT,
    ("memory", "request"): Topic.MEMORY_REQUEST,
    ("memory", "limit"): Topic.MEMORY_LIMIT,
}
_BOUNDS = {"both": ("request", "limit"), "request": ("request",), "limit": ("limit",)}


def of_resources(wish: Wish, index: Index, kind: str | None) -> SetResources:
    """The plan for a workload's CPU and memory. Raises Incomplete, AmbiguousWorkload, InputInvalid."""
    workload = index.find(wish.name, wish.namespace, kind)
    knobs = index.knobs(workload)
    container = chosen_container(workload, knobs, wish.container, wish.name)
    wanted: dict[str, str] = {}
    for amount in wish.amounts:
        now = {bound: _now(workload, knobs, container, _TOPICS[amount.of, bound]) for bound in ("request", "limit")}
        for bound in _meant(amount, now):
            topic = _TOPICS[amount.of, bound]
            what = f"The {topic.value.replace('cpu', 'CPU').replace('_', ' ')} of {workload.label}"
            if wanted.setdefault(topic.value, size := counted(amount, now[bound], what, amount.of)) != size:
                raise InputInvalid(
                    f"{what} cannot be {wanted[topic.value]} and {size}.",
                    one=wanted[topic.value],
                    other=size,
                    reason="contradiction",
                )
        _lower_request(amount, now, wanted)
    return SetResources(
        name=wish.name,
        namespace=wish.namespace,
        kind=kind,
        container=wish.container,
        cpu_request=wanted.get("cpu_request"),
        memory_request=wanted.get("memory_request"),
        cpu_limit=wanted.get("cpu_limit"),
        memory_limit=wanted.get("memory_limit"),
    )


def _now(workload: Workload, knobs: Sequence[Knob], container: str, topic: Topic) -> str:
    found = of_container(workload, [each for each in knobs if each.topic is topic], container)
    return next((str(each.value) for each in found if each.is_set), "")


def _meant(amount: Amount, now: dict[str, str]) -> tuple[str, ...]:
    """What was said; else the one that is set, or that has the value it is believed to have; of two the limit."""
    if amount.bound:
        return _BOUNDS[amount.bound]
    if amount.was is not None:
        believed = parsed(written(amount.was, amount.unit, amount.of))
        fitting = tuple(bound for bound in ("limit", "request") if parsed(now[bound]) == believed)
        if fitting:
            return fitting
    return ("request",) if now["request"] and not now["limit"] else ("limit",)


def _lower_request(amount: Amount, now: dict[str, str], wanted: dict[str, str]) -> None:
    """A limit that nobody called so takes a higher request down with it: Kubernetes refuses it otherwise."""
    limit, request = _TOPICS[amount.of, "limit"].value, _TOPICS[amount.of, "request"].value
    low, high = parsed(now["request"]), parsed(wanted.get(limit, ""))
    if not amount.bound and request not in wanted and low is not None and high is not None and low > high:
        wanted[request] = wanted[limit]
