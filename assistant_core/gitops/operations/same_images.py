"""Containers and workloads that run one image: those that share it change together, others are told of."""

from collections.abc import Sequence

from ...models.notes import Note
from ...models.plan import SetImage
from ..index import Index
from ..index.naming import is_container
from ..model import Form, Knob, Topic, Workload
from ..text import Set
from .anchored import is_one_entry
from .edit import Draft


def any_that_shares(plan: SetImage, index: Index) -> Workload | None:
    """Any of the parts of a chart that run the one image at its top; None for what is not so."""
    found = index.candidates(plan.name, plan.namespace, plan.kind)
    images = [[each for each in index.knobs(one) if each.topic is Topic.IMAGE and each.is_set] for one in found]
    places = [(each[0].path, each[0].spot) for each in images if each]
    releases = {id(each.release) for each in found if each.release is not None}
    is_one = len(places) > 1 and len(set(places)) == len(releases) == 1
    return next(each for each, known in zip(found, images, strict=True) if known) if is_one else None


def any_that_runs_it(plan: SetImage, index: Index, workload: Workload) -> str:
    """Any of the containers that all run one image by an anchor, where none was asked for; "" for what is not so."""
    own = workload.containers
    if plan.container is not None or len(own) < 2 or is_container(workload, plan.name):  # noqa: PLR2004 - several
        return ""
    return own[0] if is_one_entry(index, _in_force(index.knobs(workload), own)) else ""


def tell_left_behind(draft: Draft, plan: SetImage, knobs: Sequence[Knob], knob: Knob) -> None:
    """Another container may run the very same image, such as one that prepares the files of an app."""
    if plan.container is not None or knob.form not in (Form.REFERENCE, Form.IMAGE):
        return
    changes = [change for _, change in draft.changes if isinstance(change, Set)]
    touched = [spot.keys for change in changes for spot in (change.spot, *change.along)]
    behind = [
        each.container
        for each in knobs
        if each.is_set
        and (each.topic, each.form, each.value) == (Topic.IMAGE, knob.form, knob.value)
        and each.container != knob.container
        and not any(keys[: len(each.spot.keys)] == each.spot.keys for keys in touched)
    ]
    if behind:
        draft.notes.append(Note.LEFT_BEHIND.told(containers=", ".join(behind)))


def _in_force(knobs: Sequence[Knob], containers: Sequence[str]) -> list[Knob]:
    """The strongest image of every container; empty when one of them has none."""
    images = [each for each in knobs if each.topic is Topic.IMAGE and each.is_set]
    found = [next((each for each in images if each.container == name), None) for name in containers]
    set_here = [each for each in found if each is not None and each.form in (Form.IMAGE, Form.REFERENCE)]
    return set_here if len(set_here) == len(containers) else []
