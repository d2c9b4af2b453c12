"""Fields that kustomize's `replacements` fill in from another object, whatever manifests and patches say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
import posixpath
import re
from typing import Any

from ..layouts.files import Files, entries, get, mapping, normal, word
from ..layouts.selecting import selects
from ..model import Deployed, Form, Knob, Overlay, Topic
from ..text import Path, Spot, Unreadable
from .pods import manifest_knobs

_PART = re.compile(r"\[[^\]]*\]|(?:\\.|[^.\[\]])+")


@dataclass(frozen=True, slots=True)
class Filled:
    """A field that is filled in. `by` says from where; `knob` is that place, None where more hangs on it."""

    keys: Path
    by: str
    knob: Knob | None


def replaced_knobs(files: Files, found: Deployed, siblings: Sequence[Deployed]) -> Iterator[Knob]:
    """The knobs of a workload that another object decides."""
    own = list(manifest_knobs(found)) if any("replacements" in each.data for each in found.overlays) else []
    for each in filled(files, found, siblings) if own else ():
        for knob in own:
            keys = knob.spot.path[len(found.keys) :]
            if each.keys[: len(keys)] == keys or keys[: len(each.keys)] == each.keys:
                yield _decided(knob, each, keys)


def _decided(knob: Knob, by: Filled, keys: Path) -> Knob:
    """The knob at the place that decides, where that is known and takes the value as it is."""
    place = by.knob
    is_whole = by.keys == ((*keys, "value") if knob.topic is Topic.ENV else keys)
    if place is None or not is_whole or (place.form is Form.LITERAL and knob.topic in (Topic.ENV, Topic.IMAGE)):
        return replace(knob, is_set=True, filled_by=by.by)
    form = place.form if knob.topic is not Topic.IMAGE else Form.REFERENCE
    name = place.name if place.form is Form.LITERAL else knob.name
    return replace(knob, path=place.path, spot=place.spot, value=place.value, is_set=True, form=form, name=name)


def filled(files: Files, found: Deployed, siblings: Sequence[Deployed]) -> Iterator[Filled]:
    """Every field of an object that replacements fill in, strongest first."""
    for overlay in reversed(found.overlays):
        listed = list(_replacements(files, overlay))
        for path, each in reversed(listed):
            source = mapping(each, "source")
            field = word(source, "fieldPath") or "metadata.name"
            said = f"{field} of the {word(source, 'kind')} {word(source, 'name')} ({path})"
            alone = sum(mapping(one, "source") == source for _, one in listed) == 1 and _is_for_one(each, siblings)
            place = _place(source, field, siblings) if alone else None
            for target in entries(each, "targets"):
                if _is_for(target, found):
                    for text in entries(target, "fieldPaths"):
                        yield from (Filled(keys, said, place) for keys in _keys(found.data, _PART.findall(str(text))))


def _replacements(files: Files, overlay: Overlay) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each replacement with the file that it stands in."""
    for each in entries(overlay.data, "replacements"):
        if not (name := word(each, "path")):
            yield overlay.path, mapping(each)
            continue
        path = normal(posixpath.join(posixpath.dirname(overlay.path), name))
        try:
            documents = files.documents(path) if path in files else ()
        except Unreadable:
            continue
        for document in documents:
            yield from ((path, mapping(one)) for one in (document if isinstance(document, list) else [document]))


def _is_for(target: Any, found: Deployed) -> bool:
    select, rejected = mapping(target, "select"), entries(target, "reject")
    return (not select or selects(select, None, found)) and not any(selects(each, None, found) for each in rejected)


def _is_for_one(replacement: Any, siblings: Sequence[Deployed]) -> bool:
    """Whether it fills in one whole field of one object."""
    targets = entries(replacement, "targets")
    options = [mapping(each, "options") for each in (mapping(replacement, "source"), *targets)]
    fields = [str(field) for target in targets for field in entries(target, "fieldPaths")]
    users = [each for each in siblings if any(_is_for(target, each) for target in targets)]
    return len(fields) == len(users) == 1 and "*" not in fields[0] and not any("delimiter" in each for each in options)


def _keys(data: Any, parts: Sequence[str]) -> Iterator[Path]:
    """The keys that the parts of a field's path lead to: names, numbers, `[name=value]` and `*`."""
    if not parts:
        yield ()
        return
    first, *rest = (parts[0].strip("[]").replace("\\.", "."), *parts[1:])
    known: list[str | int] = [first]
    if isinstance(data, list):
        name, sign, value = first.partition("=")
        known = [n for n, each in enumerate(data) if first in ("*", str(n)) or (sign and word(each, name) == value)]
    elif first == "*":
        known = list(mapping(data))
    for key in known:
        yield from ((key, *below) for below in _keys(get(data, key), rest))


def _place(source: Mapping[str, Any], field: str, siblings: Sequence[Deployed]) -> Knob | None:
    """Where the value of a source stands; None where it cannot be told."""
    objects = [each for each in siblings if each.kind == word(source, "kind") and word(source, "name") in _names(each)]
    if len(objects) != 1:
        return None
    found, parts = objects[0], _PART.findall(field)
    spot = Spot(found.document, found.keys)
    if found.api == "generator":
        for number, literal in enumerate(entries(found.data, "literals")):
            name, sign, value = str(literal).partition("=")
            if sign and parts == ["data", name]:
                at = spot.below("literals", number)
                return Knob(
                    topic=Topic.ENV, path=found.path, spot=at, value=value, is_set=True, name=name, form=Form.LITERAL
                )
        return None
    if parts[0] == "metadata":
        return None  # more than the field is called so
    known = [
        (keys, value) for keys in _keys(found.data, parts) if isinstance(value := get(found.data, *keys), str | int)
    ]
    if len(known) != 1:
        return None
    return Knob(topic=Topic.ENV, path=found.path, spot=spot.below(*known[0][0]), value=known[0][1], is_set=True)


def _names(found: Deployed) -> tuple[str, str]:
    return found.name, found.own_name
