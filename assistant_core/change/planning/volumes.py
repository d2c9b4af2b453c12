"""A larger volume: of a workload, or the one that is itself called so."""

from dataclasses import replace

from ...errors import UnknownWorkload
from ...gitops import Index, Knob, Topic, Workload
from ...gitops.index.naming import narrowed
from ...gitops.knobs.claims import claim_called
from ...gitops.operations.set_storage import with_volume as workload_of
from ...gitops.spoken import plain
from ...models.plan import SetStorage
from ...models.wish import Wish
from .quantities import alone, counted, written


def with_volume(wish: Wish, index: Index) -> Wish:
    """The wish for the workload whose volume bears the name that was said, where no workload does."""
    if together := _of_part(wish, index):
        return together
    try:
        index.candidates(wish.name, wish.namespace)
    except UnknownWorkload:
        found = {
            (knob.path, knob.spot): (each, knob.name)
            for each in reversed(narrowed(list(index.workloads), wish.namespace, None))
            for knob in index.knobs(each)
            if knob.topic is Topic.STORAGE and knob.is_set and _is_called(each, knob, wish)
        }
        if len(found) == 1:
            [(workload, volume)] = found.values()
            return replace(
                wish,
                operation="set_storage",
                name=workload.name,
                namespace=workload.namespace or None,
                slots={**wish.slots, "volume": volume},
                amounts=tuple(each._replace(of="storage") for each in wish.amounts),
                is_room=False,
            )
    return wish


def _of_part(wish: Wish, index: Index) -> Wish | None:
    """The wish for the volume of a part such as "the films database", where no volume of the app is called so."""
    volume = wish.slots.get("volume", "").casefold()
    try:
        found = index.candidates(wish.name, wish.namespace) if volume else []
        parts = index.candidates(f"{wish.name} {volume}", wish.namespace) if found else []
    except UnknownWorkload:
        return None
    sizes = [each for one in found for each in index.knobs(one) if each.topic is Topic.STORAGE]
    if len(parts) != 1 or any(volume in f"{each.name} {each.field}".casefold() for each in sizes):
        return None
    slots = {key: value for key, value in wish.slots.items() if key != "volume"}
    return replace(wish, name=parts[0].name, namespace=parts[0].namespace or None, slots=slots)


def _is_called(workload: Workload, knob: Knob, wish: Wish) -> bool:
    """Whether a volume bears the name: itself, after the place that was said, or as the pod calls it."""
    names = (wish.name, f"{wish.namespace}-{wish.name}" if wish.namespace else wish.name)
    in_pod = claim_called(workload, wish.name)
    return bool(knob.name) and (plain(knob.name) in map(plain, names) or knob.name == in_pod)


def of_storage(wish: Wish, index: Index, kind: str | None) -> SetStorage:
    """The plan for another size, counted from what is now."""
    (amount,) = alone(wish)
    volume = wish.slots.get("volume")
    size = written(amount.number or 0, amount.unit, "storage")
    plan = SetStorage(name=wish.name, namespace=wish.namespace, kind=kind, size=size, volume=volume)
    if amount.how != "to" or amount.number is None or amount.was is not None or amount.towards:
        workload = workload_of(plan, index)
        size = counted(amount, _volume_size(workload, index, volume), f"The volume of {workload.label}", "storage")
    return replace(plan, size=size)


def _volume_size(workload: Workload, index: Index, volume: str | None) -> str:
    found = {
        each.name: str(each.value)
        for each in reversed(index.knobs(workload))
        if each.topic is Topic.STORAGE and each.is_set and (volume is None or volume.casefold() in each.name.casefold())
    }
    return next(iter(found.values())) if len(found) == 1 else ""
