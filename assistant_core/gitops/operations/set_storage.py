"""Ask for a larger volume."""

from ...errors import AmbiguousWorkload, EditRefused, Incomplete, InputInvalid
from ...models.notes import Note
from ...models.plan import SetStorage
from ..index import Index
from ..knobs import decisive
from ..knobs.claims import claim_called
from ..knobs.stack import merged
from ..layouts.files import get, word
from ..model import Knob, Topic, Workload
from .edit import Draft, Edit, refuse_template, target_of
from .quantities import amount, size
from .writing import setting

_TEMPLATES = "volumeClaimTemplates"


def set_storage(plan: SetStorage, index: Index) -> Edit:
    """The edit that sets a volume's size. Raises InputInvalid (and its subclasses), EditRefused."""
    wanted = size(plan.size, "Storage")
    workload = with_volume(plan, index)
    knobs = [each for each in index.knobs(workload) if each.topic is Topic.STORAGE]
    sized = [each for each in knobs if each.value is not None] or knobs
    volume = volume_of(workload, sized, plan.volume)
    knob = decisive(workload, [each for each in knobs if each.name == volume], Topic.STORAGE)
    refuse_template(workload, knob)
    _refuse_switched_off(workload, knob)
    _refuse_bound(index, workload, knob)
    before = "" if knob.value is None else str(knob.value)
    old, new = amount(before), amount(wanted)
    if old is not None and new is not None and new < old:
        raise InputInvalid(
            f"A volume cannot shrink: {knob.name or workload.name} has {before} already.",
            name=knob.name or workload.name,
            now=before,
            reason="shrinking",
        )
    draft = Draft(index)
    if old != new:
        draft.turn(workload, knob, setting(workload, knob, wanted))
        if _TEMPLATES in knob.spot.path and workload.deployed is not None:
            draft.notes.append(Note.CLAIMS_STAY.told())
    return draft.edit(target_of(workload, knob, before, wanted))


def _refuse_bound(index: Index, workload: Workload, knob: Knob) -> None:
    """A claim that names a volume made by hand cannot grow: Kubernetes refuses it. Raises EditRefused."""
    volumes = {each.name: each.path for each in index.deployment.objects if each.kind == "PersistentVolume"}
    for each in index.sharing.claims:
        volume = word(each.data, "spec", "volumeName")
        if (each.name, each.namespace) == (knob.name, workload.namespace) and volume in volumes:
            raise EditRefused(
                f"{each.name} is bound to the volume {volume}, which {volumes[volume]} makes: Kubernetes lets no such "
                "claim grow.",
                name=each.name,
                path=volumes[volume],
                reason="bound",
            )


def _refuse_switched_off(workload: Workload, knob: Knob) -> None:
    """A volume that the values of a chart switch off has no size, whatever they say. Raises EditRefused."""
    if workload.release is None:
        return
    values, keys = merged(workload.release), knob.spot.path
    starts = [each.spot.path for each in workload.release.layers if each.path == knob.path]
    start = max((len(each) for each in starts if keys[: len(each)] == each), default=0)
    for end in range(start + 1, len(keys)):
        switch = (*keys[start:end], "enabled")
        if get(values, *switch) is False:
            raise EditRefused(
                f"The volume of {workload.label} is switched off by {'.'.join(map(str, switch))}: with a size alone "
                "there would still be none. Switch it on first.",
                workload=workload.label,
                name=workload.name,
                path=".".join(map(str, switch)),
                reason="volume_off",
            )


def with_volume(plan: SetStorage, index: Index) -> Workload:
    """The workload that is meant; of several parts of an app the one that has the volume. Raises AmbiguousWorkload."""
    return _having_volume(plan, index) or index.find(plan.name, plan.namespace, plan.kind)


def _having_volume(plan: SetStorage, index: Index) -> Workload | None:
    """The only part that has the volume, or any of those that share it."""
    found = index.candidates(plan.name, plan.namespace, plan.kind)
    wanted = (plan.volume or "").strip().casefold()
    is_one = len({id(each.release) for each in found}) == 1 and found[0].release is not None
    if not wanted or not (is_one or len({each.name for each in found}) == len(found)):
        return None  # or they are the same in several places
    sized = {
        (knob.path, knob.spot): each
        for each in reversed(found)
        for knob in index.knobs(each)
        if knob.topic is Topic.STORAGE and knob.is_set and _is_called(each, knob, wanted)
    }
    return next(iter(sized.values())) if len(sized) == 1 else None


def _is_called(workload: Workload, knob: Knob, wanted: str) -> bool:
    """Whether a volume has that name, or its claim; one without a name is known by the keys of its size."""
    known = [knob.name] if knob.name else [str(key) for key in knob.spot.path]
    return any(wanted in each.casefold() for each in known) or knob.name == claim_called(workload, wanted)


def volume_of(workload: Workload, knobs: list[Knob], volume: str | None) -> str:
    """The name of the volume that is meant, of those that have such knobs. Raises InputInvalid, EditRefused."""
    if not knobs:
        raise EditRefused(
            f"{workload.label} has no volume that I find in the files.",
            workload=workload.label,
            name=workload.name,
            reason="no_volumes",
        )
    names = list(dict.fromkeys(each.name for each in knobs))
    if volume is None and workload.release is not None and workload.part and "" in names:
        names = [""]  # a part's own, and not the claims that are anybody's
    if volume is not None:
        wanted = (claim_called(workload, volume.strip()) or volume.strip()).casefold()
        own = {wanted, *(f"{each}-{wanted}".casefold() for each in (workload.name, workload.part) if each)}
        found = [name for name in names if name.casefold() == wanted] or [
            name for name in names if name.casefold() in own
        ]
        found = found or [name for name in names if wanted in name.casefold()]
        if len(names) == 1 and not names[0]:  # it is known only by the keys of its size
            found = names if any(wanted in str(key).casefold() for each in knobs for key in each.spot.path) else []
        if len(found) != 1:
            known = ", ".join(dict.fromkeys(each.name or each.field for each in knobs))
            raise Incomplete(
                f"{workload.label} has no volume called '{volume.strip()[:63]}'; it has {known}.",
                reason="no_volume",
                known=known,
            )
        names = found
    if len(names) > 1:
        raise AmbiguousWorkload(
            f"{workload.label} has several volumes: {', '.join(names)}. Say which one you mean.",
            candidates=tuple(names),
            slot="volume",
            name=workload.name,
        )
    return names[0]
