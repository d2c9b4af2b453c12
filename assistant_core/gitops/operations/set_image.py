"""Run another image. A digest pins what a tag means, so a new tag drops the old digest and says so."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...errors import EditRefused, Incomplete, InputInvalid
from ...models.notes import Note
from ...models.plan import SetImage
from ..index import Index
from ..index.naming import is_container
from ..knobs import decisive
from ..knobs.all import image_repositories
from ..knobs.choosing import chosen_container, of_container
from ..knobs.references import TAG, Reference, image_text, reference
from ..knobs.variables import followed
from ..layouts.files import word
from ..model import Form, Knob, Topic, Workload
from ..text import Remove, Set, Spot
from .edit import Draft, Edit, is_parameter, target_of
from .image_forms import DIGESTS, argument, described, mapped, parts_of_mapping, renamed
from .image_updates import is_updated
from .same_images import any_that_runs_it, any_that_shares, tell_left_behind

_SAFE_INTEGER = 6
"""Digits of a number that Helm writes as it is; longer ones become 1e+06."""


def set_image(plan: SetImage, index: Index) -> Edit:
    """The edit that sets a tag or a whole image. Raises InputInvalid (and its subclasses), EditRefused."""
    wanted = _wanted(plan)
    workload = any_that_shares(plan, index) or index.find(plan.name, plan.namespace, plan.kind)
    knobs = index.knobs(workload)
    container = any_that_runs_it(plan, index, workload) or chosen_container(workload, knobs, plan.container, plan.name)
    draft = Draft(index, alone=plan.container is not None or is_container(workload, plan.name))
    knob = _knob(workload, knobs, container, wanted)
    was, spot_field = _change(draft, workload, knob, knobs, wanted)
    repository = _repository(was, is_named=knob.form in (Form.REFERENCE, Form.IMAGE))
    was = was.removeprefix(":")
    _tell_followers(draft, workload, knob)
    draft.tell_others(workload, knob)
    tell_left_behind(draft, plan, knobs, knob)
    if is_updated(index, workload, image_text(knob) or _declared(workload, knob)):
        draft.notes.append(Note.UPDATED.told())
    target = target_of(workload, knob, was, _after(repository, wanted))
    target = target if is_parameter(knob) else replace(target, field=spot_field)
    if target.before == target.after:
        draft.changes.clear()
        draft.notes.clear()
    return draft.edit(target)


def _wanted(plan: SetImage) -> Reference:
    """The image that is asked for; "" as repository when only the tag is."""
    if (plan.tag is None) == (plan.image is None):
        raise Incomplete("Say either the new tag or the whole new image.", reason="tag_or_image")
    if plan.image is not None:
        found = reference(plan.image.strip())
        if found is None or not (found.tag or found.digest):
            raise InputInvalid(
                f"{plan.image[:80]!r} is no image with a tag, such as ghcr.io/name/app:1.2.3.",
                text=plan.image[:80],
                reason="no_such_image",
            )
        return found
    tag, _, digest = (plan.tag or "").strip().partition("@")
    if not TAG.fullmatch(tag) or (digest and reference(f"x@{digest}") is None):
        raise InputInvalid(
            f"{(plan.tag or '')[:80]!r} is no tag of an image.", text=(plan.tag or "")[:80], reason="no_such_tag"
        )
    return Reference("", tag, digest)


def _after(repository: str, wanted: Reference) -> str:
    return str(wanted) if wanted.repository else str(Reference(repository, wanted.tag, wanted.digest)).lstrip(":")


def _repository(was: str, *, is_named: bool) -> str:
    """That of a described image; one without a colon is a tag, unless the place names the image too."""
    found = reference(was)
    return found.repository if found and (is_named or ":" in was) else ""


def _knob(workload: Workload, knobs: Sequence[Knob], container: str, wanted: Reference) -> Knob:
    """The strongest place that has a tag, when only that is to change."""
    images = of_container(workload, [each for each in knobs if each.topic is Topic.IMAGE], container)
    if not wanted.repository:
        images = [
            each for each in images if not (each.is_set and each.form is Form.IMAGE and "tag" not in each.value)
        ] or images
        images = [each for each in images if not (each.form is Form.VALUE and each.name == "repository")]
        images = [replace(each, shared_by=()) if _has_own_tag(workload, each) else each for each in images]
    return decisive(workload, images, Topic.IMAGE, container=container)


def _has_own_tag(workload: Workload, knob: Knob) -> bool:
    """Whether the tag is filled in from a variable of the workload's own Kustomization, whoever shares the rest."""
    tag = word(knob.value, "tag") if isinstance(knob.value, dict) else str(knob.value or "").rpartition(":")[2]
    return knob.is_set and followed(replace(knob, value=tag), workload.owner).form is Form.VARIABLE


def _change(draft: Draft, workload: Workload, knob: Knob, knobs: Sequence[Knob], wanted: Reference) -> tuple[str, str]:
    """Plan the change; the image before, and the field that changes."""
    match knob.form:
        case Form.REFERENCE:
            return _reference(draft, workload, knob, wanted)
        case Form.IMAGE:
            _refuse_pinned_elsewhere(workload, knob, knobs)
            return _mapping(draft, workload, knob, wanted)
        case Form.KUSTOMIZE_IMAGE:
            return _kustomize(draft, workload, knob, wanted)
        case Form.IMAGE_ARGUMENT:
            old = argument(knob.value)
            _tell_digest(draft, knob, old, wanted)
            draft.change(knob.path, Set(knob.spot, renamed(knob, _next(old, wanted))))
            return str(old), knob.field
        case Form.OVERLAY_IMAGE:
            return _overlay(draft, workload, knob, knobs, wanted)
        case _:
            return _plain(draft, workload, knob, wanted)


def _reference(draft: Draft, workload: Workload, knob: Knob, wanted: Reference) -> tuple[str, str]:
    text = str(knob.value or "")
    head, _, tail = text.rpartition(":")
    if tail.endswith("}") and "${" in tail and not wanted.repository:
        variable = followed(replace(knob, value=tail), workload.owner)
        if variable.form is Form.VARIABLE:
            draft.fill(workload, variable, _tag_text(wanted))
            return f"{head}:{variable.value}", variable.field
    old = reference(text)
    if knob.is_set and old is None:
        raise EditRefused(
            f"I leave {knob.path} alone: {knob.field} is {text[:60]!r}, which is no image I can read.",
            path=knob.path,
            reason="no_image",
        )
    if old is None and not wanted.repository:
        raise EditRefused(
            f"{workload.label} has no image in {knob.path} whose tag I could change.", path=knob.path, reason="no_image"
        )
    old = old or Reference("")
    _tell_digest(draft, knob, old, wanted)
    draft.change(knob.path, draft.shared(workload, knob, Set(knob.spot, str(_next(old, wanted)))))
    return str(old), knob.field


def _next(old: Reference, wanted: Reference) -> Reference:
    return wanted if wanted.repository else Reference(old.repository, wanted.tag, wanted.digest)


def _tell_digest(draft: Draft, knob: Knob, old: Reference, wanted: Reference) -> None:
    if old.digest and not wanted.digest:
        draft.notes.append(Note.DIGEST_GOES.told(path=knob.path))


def _tell_followers(draft: Draft, workload: Workload, knob: Knob) -> None:
    """A kustomization names an image once for whoever runs it."""
    if knob.form not in (Form.KUSTOMIZE_IMAGE, Form.IMAGE_ARGUMENT, Form.OVERLAY_IMAGE) or workload.deployed is None:
        return
    name = knob.name or image_repositories(workload.deployed).get(knob.container, "")
    found = [
        each.label
        for each in draft.index.workloads
        if each is not workload
        and each.deployed is not None
        and any(one.path == knob.path for one in each.deployed.overlays)
        and name in image_repositories(each.deployed).values()
    ]
    if found:
        draft.notes.append(Note.FOLLOWERS.told(workloads=", ".join(found)))


def _declared(workload: Workload, knob: Knob) -> str:
    return image_repositories(workload.deployed).get(knob.container, "") if workload.deployed else ""


def _mapping(draft: Draft, workload: Workload, knob: Knob, wanted: Reference) -> tuple[str, str]:
    image: dict[str, Any] = knob.value if isinstance(knob.value, dict) else {}
    old = described(image)
    tag_spot = knob.spot.below("tag")
    tag_knob = replace(knob, spot=tag_spot, value=image.get("tag"), form=Form.VALUE)
    variable = followed(tag_knob, workload.owner)
    if variable.form is Form.VARIABLE and not wanted.repository:
        draft.fill(workload, variable, _tag_text(wanted))
        return str(Reference(old.repository, str(variable.value or ""))), variable.field
    _refuse_filled(knob, image)
    for key, value in mapped(image, wanted).items():
        draft.change(knob.path, Set(knob.spot.below(key), value))
    if wanted.tag:
        new = Set(tag_spot, _typed(image.get("tag"), _tag_text(wanted)))
        draft.turn(workload, replace(knob, spot=tag_spot), draft.shared(workload, knob, new))
    _drop_digests(draft, knob, knob.spot, image, wanted)
    _tell_digest(draft, knob, old, wanted)
    return str(old), ".".join(map(str, tag_spot.path))


def _refuse_pinned_elsewhere(workload: Workload, knob: Knob, knobs: Sequence[Knob]) -> None:
    """A new tag beside a digest that stays in force in another file would change nothing."""
    for each in knobs if not knob.is_set else ():
        image = each.value if each.topic is Topic.IMAGE and isinstance(each.value, dict) else {}
        if any(image.get(key) for key in DIGESTS):
            raise EditRefused(
                f"{each.path} pins the image of {workload.label} to a digest, so a new tag in {knob.path} would change "
                "nothing. Remove the digest first.",
                workload=workload.label,
                path=each.path,
                reason="pinned_elsewhere",
            )


def _refuse_filled(knob: Knob, image: dict[str, Any]) -> None:
    for key, value in image.items():
        if isinstance(value, str) and ("{{" in value or "${" in value) and key in ("tag", "repository", "registry"):
            raise EditRefused(
                f"I leave {knob.path} alone: {knob.field}.{key} is filled in from {value[:60]!r}.",
                path=knob.path,
                reason="filled_in",
            )


def _drop_digests(draft: Draft, knob: Knob, spot: Spot, image: dict[str, Any], wanted: Reference) -> None:
    """A digest in a key of its own would win over the tag."""
    for key in DIGESTS:
        if image.get(key) and not wanted.digest:
            draft.change(knob.path, Remove(spot.below(key)))
            draft.notes.append(Note.DIGEST_GOES.told(path=knob.path))


def _kustomize(draft: Draft, workload: Workload, knob: Knob, wanted: Reference) -> tuple[str, str]:
    image: dict[str, Any] = knob.value
    old = parts_of_mapping(image)
    field = "newTag"
    variable = followed(replace(knob, value=image.get("newTag")), workload.owner)
    if variable.form is Form.VARIABLE and not wanted.repository:
        draft.fill(workload, variable, _tag_text(wanted))
        return str(Reference(old.repository, str(variable.value or ""))), variable.field
    if wanted.repository and wanted.repository != old.repository:
        draft.change(knob.path, Set(knob.spot.below("newName"), wanted.repository))
    draft.change(knob.path, Set(knob.spot.below(field), _typed(image.get(field), _tag_text(wanted))))
    _drop_digests(draft, knob, knob.spot, image, wanted)
    return str(old), ".".join(map(str, knob.spot.below(field).path))


def _overlay(draft: Draft, workload: Workload, knob: Knob, knobs: Sequence[Knob], wanted: Reference) -> tuple[str, str]:
    base = next((each for each in knobs if each.form is Form.REFERENCE and each.container == knob.container), None)
    old = reference(str(base.value)) if base else None
    if old is None:
        raise EditRefused(
            f"The image of {workload.label} is not one I can read.",
            workload=workload.label,
            path=knob.path,
            reason="no_image",
        )
    entry = {"name": knob.name or old.repository}
    if wanted.repository and wanted.repository != old.repository:
        entry["newName"] = wanted.repository
    entry["newTag"] = _tag_text(wanted)
    draft.change(knob.path, Set(knob.spot, entry))
    return str(old), knob.topic.value


def _plain(draft: Draft, workload: Workload, knob: Knob, wanted: Reference) -> tuple[str, str]:
    """A parameter of its own for the tag, or a variable."""
    if wanted.repository:
        raise EditRefused(
            f"{knob.field} in {knob.path} holds only a tag of {workload.label}; say the tag.",
            path=knob.path,
            reason="only_tag",
        )
    text = str(knob.value if knob.value is not None else "")
    if "{{" in text or "${" in text:
        raise EditRefused(
            f"I leave {knob.path} alone: {knob.field} is filled in from {text[:60]!r}.",
            path=knob.path,
            reason="filled_in",
        )
    draft.change(knob.path, Set(knob.spot, _tag_text(wanted)))
    return text, knob.field


def _tag_text(wanted: Reference) -> str:
    return f"{wanted.tag}@{wanted.digest}" if wanted.digest else wanted.tag


def _typed(old: object, tag: str) -> str | int:
    """A tag that was a bare number may stay one."""
    number = isinstance(old, int) and not isinstance(old, bool)
    return int(tag) if number and tag.isdigit() and str(int(tag)) == tag and len(tag) <= _SAFE_INTEGER else tag
