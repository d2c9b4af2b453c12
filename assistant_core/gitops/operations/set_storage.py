"""Ask for a larger volume."""

from ...errors import AmbiguousWorkload, EditRefused, Incomplete, InputInvalid
from ...models.notes import Note
from ...models.plan import SetStorage
from ..index import Index
from ..knobs import decisive
from ..knobs.claims import claim_called
from ..model import Knob, Topic, Workload
from .edit import Draft, Edit, refuse_template, target_of
from .quantities import amount, size
from .writing import setting

_TEMPLATES = "volumeClaimTemplates"


def set_storage(plan: SetStorage, index: Index) -> Edit:
    """The edit that sets a volume's size. Raises InputInvalid (and its subclasses), EditRefused."""
    wanted = size(plan.size, "Storage")
    workload = index.find(plan.name, plan.namespace, plan.kind)
    knobs = [each for each in index.knobs(workload) if each.topic is Topic.STORAGE]
    sized = [each for each in knobs if each.value is not None] or knobs
    volume = volume_of(workload, sized, plan.volume)
    knob = decisive(workload, [each for each in knobs if each.name == volume], Topic.STORAGE)
    refuse_template(workload, knob)
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
    if volume is not None:
        wanted = (claim_called(workload, volume.strip()) or volume.strip()).casefold()
        found = [name for name in names if name.casefold() == wanted] or [
            name for name in names if wanted in name.casefold()
        ]
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
