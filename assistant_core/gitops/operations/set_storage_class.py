"""Take a volume from another storage class."""

import re

from ...errors import InputInvalid
from ...models.notes import Note
from ...models.plan import SetStorageClass
from ..index import Index
from ..knobs import decisive
from ..model import Topic
from .edit import Draft, Edit, refuse_template, target_of
from .set_storage import volume_of
from .writing import setting

_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")


def set_storage_class(plan: SetStorageClass, index: Index) -> Edit:
    """The edit that sets a volume's storage class. Raises InputInvalid (and its subclasses), EditRefused."""
    wanted = plan.storage_class.strip()
    if not _NAME.fullmatch(wanted):
        raise InputInvalid(f"{wanted[:63]!r} is no name of a storage class.", text=wanted[:63], reason="no_such_name")
    workload = index.find(plan.name, plan.namespace, plan.kind)
    knobs = [each for each in index.knobs(workload) if each.topic is Topic.STORAGE_CLASS]
    volume = volume_of(workload, knobs, plan.volume)
    knob = decisive(workload, [each for each in knobs if each.name == volume], Topic.STORAGE_CLASS)
    refuse_template(workload, knob)
    before = "" if knob.value is None else str(knob.value)
    draft = Draft(index)
    if before != wanted:
        draft.change(knob.path, setting(workload, knob, wanted))
        draft.notes.append(Note.CLASS_STAYS.told())
    return draft.edit(target_of(workload, knob, before, wanted))
