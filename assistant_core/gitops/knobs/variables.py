"""Values that Flux or an ApplicationSet fills in: the knob is what they are filled in from, never where it is used."""

from dataclasses import replace
import re

from ..layouts.files import entries, get, mapping, normal, word
from ..model import Form, Knob, Owner, Topic
from ..text import Spot

_WHOLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?:(?::=|:-|=|-)([^}]*))?\}")


def followed(knob: Knob, owner: Owner | None) -> Knob:
    """The knob of the variable, or of the element of a list, that a value is; the same knob for any other value."""
    if owner is not None and (filling := _filling(knob, owner)):
        path, spot = filling
        return replace(knob, path=path, spot=spot, shared_by=(), first=False)
    if owner is None or owner.kind != "Kustomization" or not isinstance(knob.value, str):
        return knob
    match = _WHOLE.fullmatch(knob.value)
    if match is None:
        return knob
    name, default = match[1], match[2]
    value = get(owner.data, "spec", "postBuild", "substitute", name)
    if default is None and not mapping(owner.data, "spec", "postBuild", "substitute") and _is_own(knob, owner):
        return replace(knob, value="")  # it comes from elsewhere, for others too: a value of its own takes its place
    if entries(owner.data, "spec", "postBuild", "substituteFrom"):
        default = None  # what it is then stands in an object of the cluster, which this variable overrides
    spot = Spot(owner.document, (*owner.keys, "spec", "postBuild", "substitute", name))
    return replace(
        knob,
        path=owner.path,
        spot=spot,
        value=default if value is None else value,
        is_set=value is not None or default is not None,
        form=Form.VARIABLE,
        shared_by=(),
        first=False,
    )


def filled_in(variable: str, owner: Owner | None) -> Knob | None:
    """The variable of a Flux Kustomization that bears the name; None where it sets none."""
    if owner is None or owner.kind != "Kustomization":
        return None
    keys = ("spec", "postBuild", "substitute", variable)
    value = get(owner.data, *keys)
    spot = Spot(owner.document, (*owner.keys, *keys))
    made = Knob(
        topic=Topic.ENV, path=owner.path, spot=spot, value=value, is_set=True, name=variable, form=Form.VARIABLE
    )
    return None if value is None else made


def _is_own(knob: Knob, owner: Owner) -> bool:
    """Whether a place lies in the folder that the owner deploys, not in a component of others."""
    directory = normal(word(owner.data, "spec", "path") or ".")
    return not directory or knob.path.startswith(f"{directory}/")


def _filling(knob: Knob, owner: Owner) -> tuple[str, Spot] | None:
    """Where the value stands that a place in the template of an ApplicationSet shows."""
    start = len(owner.keys)
    is_own = (knob.path, knob.spot.document, knob.spot.path[:start]) == (owner.path, owner.document, owner.keys)
    return owner.filled.get(knob.spot.path[start:]) if is_own else None
