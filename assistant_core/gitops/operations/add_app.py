"""Run something new: objects from a template, placed and deployed as the other apps are."""

from dataclasses import replace
import posixpath
from typing import Any

from ...errors import EditRefused, InputInvalid
from ...models.change import Target
from ...models.notes import Note
from ...models.plan import AddApp
from ...models.reasons import Reason
from ...models.repository import FileChange
from ..index import Index
from ..templates import TEMPLATES
from ..text import Unreadable, read
from ..text.splice import Style, lines_of, style_of
from .deliveries import delivery, entry
from .edit import Edit, spliced
from .listed_applications import another
from .new_apps import check_new
from .placement import placement
from .placement_model import Placement, which_namespace
from .routing import like_others
from .writing import Changes


def add_app(plan: AddApp, index: Index) -> Edit:
    """The edit that adds an app. Raises InputInvalid (and its subclasses), EditRefused."""
    check_new(plan)
    taken = [each for each in index.workloads if each.name == plan.name and plan.namespace in (None, each.namespace)]
    if taken:
        raise InputInvalid(
            f"There is a {taken[0].kind} called {taken[0].label} already.", name=taken[0].name, reason="taken"
        )
    place = _place(plan, index)
    path = posixpath.join(place.directory, f"{plan.name}.yaml")
    if path in index.files:
        raise InputInvalid(f"The file {path} is there already.", path=path, reason="there")
    if not place.is_shared and index.files.is_directory(place.directory):
        raise InputInvalid(f"The folder {place.directory} is there already.", path=place.directory, reason="there")
    style = _style(index, place.model)
    files = [_new(path, like_others(index, TEMPLATES[plan.template](plan, place.namespace)), style)]
    changes: Changes = []
    if place.owner is not None:
        if place.beside in index.files:
            raise InputInvalid(f"The file {place.beside} is there already.", path=place.beside, reason="there")
        made = delivery(place, place.owner, plan.name)
        files.append(_new(place.beside, [made], _style(index, place.owner.path)))
    if place.needs_kustomization:
        kustomization = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": [f"{plan.name}.yaml"],
        }
        files.append(_new(posixpath.join(place.directory, "kustomization.yaml"), [kustomization], style))
    if place.listing is not None:
        changes.append((place.listing, entry(index, place.listing, place.entry)))
    if place.alike is not None:
        changes.append((place.alike.path, another(index, place.alike, plan.name, place)))
    files += spliced(index, changes)
    _refuse_undeployed(index, files, path, place.namespace)
    return Edit(target=_target(plan, place, path), files=tuple(files), notes=_notes(plan, place))


def _place(plan: AddApp, index: Index) -> Placement:
    """Where it goes; the namespace that was said may be the folder of the apps, which is no namespace."""
    place = placement(index, plan.name, plan.namespace)
    known = {each.namespace for each in index.workloads}
    known |= {each.name for each in index.deployment.objects if each.kind == "Namespace"}
    if plan.namespace in known or plan.namespace not in posixpath.dirname(place.directory).split("/"):
        return place
    return placement(index, plan.name, None)


def _refuse_undeployed(index: Index, files: list[FileChange], path: str, namespace: str) -> None:
    """A new app that nothing would deploy is none, and one that is brought elsewhere is not the one that is meant."""
    after = dict(index.snapshot.files) | {each.path: each.after for each in files if each.after is not None}
    found = [each for each in Index.of(replace(index.snapshot, files=after)).workloads if each.path == path]
    if not found:
        raise EditRefused(
            "I do not see where this repository keeps its apps, so I do not know where a new one belongs.",
            reason="no_place",
        )
    if elsewhere := [each.namespace for each in found if each.namespace != namespace]:
        raise which_namespace(found[0].name, elsewhere)


def _style(index: Index, path: str) -> Style:
    """How the files beside it are written."""
    try:
        source = read(index.snapshot.files[path])
    except Unreadable:
        return Style()
    return style_of(source.text, source.documents)


def _new(path: str, objects: list[dict[str, Any]], style: Style) -> FileChange:
    documents = [style.newline.join(lines_of(each, 0, style)) for each in objects]
    text = f"{style.newline}---{style.newline}".join(documents) + style.newline
    return FileChange(path=path, before=None, after=text.encode())


def _target(plan: AddApp, place: Placement, path: str) -> Target:
    kind = "CronJob" if plan.template == "cronjob" else "Deployment"
    return Target(
        kind=kind, namespace=place.namespace, name=plan.name, path=path, field="app", before="", after=plan.template
    )


def _notes(plan: AddApp, place: Placement) -> tuple[Reason, ...]:
    home = posixpath.join(place.directory, f"{plan.name}.yaml") if place.is_shared else place.directory
    notes = [Note.PLACE.told(directory=home, namespace=place.namespace)]
    if plan.template == "postgresql":
        notes.append(Note.WAITS.told(name=plan.name))
    if plan.template in ("web", "cronjob"):
        notes.append(Note.NOT_ROOT.told())
    return tuple(notes)
