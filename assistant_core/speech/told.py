"""A change in a few words: what becomes of what."""

import re

from ..models.change import ChangePlan, Restart, Target
from .text import plain
from .wording import Wording, sentence

NAME_LENGTH = 80  # characters; Kubernetes allows 63
_QUANTITY = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)(Ki|Mi|Gi|Ti)")
_QUANTITIES = re.compile(r"(?<![\w./-])(\d{1,9}(?:\.\d{1,3})?)(Ki|Mi|Gi|Ti|m)(?![\w/-])")
_APP = "app"
"""The field of what is added or removed as a whole."""
_STATES = {
    (_APP, "removed"): "change_remove",
    ("suspend", "true"): "change_suspend",
    ("suspend", "false"): "change_resume",
}


def told(target: Target, plan: ChangePlan, wording: Wording) -> str:
    """The change without a full stop; names and values that others wrote are stripped of markup and kept short."""
    field = next((each for each in reversed(target.field.split(".")) if not each.isdigit()), target.field)
    name = sentence(plain(target.name, NAME_LENGTH)).rstrip(".")
    namespace = plain(target.namespace, NAME_LENGTH)
    before, after = _values(target)
    return wording.fill(
        _template(target, plan, field),
        where=wording.fill("in_namespace", name=name, namespace=namespace) if namespace else name,
        field=wording.fill(f"fields.{field}") if wording.knows("fields", field) else plain(field, NAME_LENGTH),
        before=_value(before, wording),
        after=_value(after, wording),
    )


def _template(target: Target, plan: ChangePlan, field: str) -> str:
    if isinstance(plan, Restart):
        return "change_restart"
    if target.kind == "VirtualMachine":
        return "change_machine"
    if state := _STATES.get((field, target.after)):
        return state
    if field == _APP and not target.before:
        return "change_add"
    if not (target.before and target.after):
        return "change_to_nothing" if target.before else "change_from_nothing"
    # What cannot be said without signs, such as a schedule, would be said wrongly.
    return (
        "change" if all(" ".join(each.split()) in plain(each, len(each)) for each in _values(target)) else "change_of"
    )


def _values(target: Target) -> tuple[str, str]:
    """Before and after; of an image only the tag, where nothing else is another."""
    before, after = target.before, target.after
    image, _, tag = before.rpartition(":")
    if image and "/" not in tag and after.startswith(f"{image}:"):
        return tag, after.rpartition(":")[2]
    return before, after


def with_units(text: str, wording: Wording) -> str:
    """A text with its quantities as people say them."""
    return _QUANTITIES.sub(lambda quantity: _said(quantity, wording), text)


def _value(value: str, wording: Wording) -> str:
    """A value as people say it: "2Gi" as "2 gigabytes"."""
    quantity = _QUANTITY.fullmatch(value)
    return _said(quantity, wording) if quantity else plain(value, NAME_LENGTH)


def _said(quantity: re.Match[str], wording: Wording) -> str:
    amount = float(quantity[1])
    unit = wording.fill(f"units.{'one' if amount == 1 else 'other'}.{quantity[2]}")
    return f"{wording.decimal(amount)} {unit}"
