"""Understands the answer to "which one?": a part that only one of the candidates has, its whole name, or its place."""

from collections.abc import Sequence
from dataclasses import replace
import re
from typing import Any

from ..models.change import ChangePlan
from ..models.wish import MEANT, Wish
from ..speech import Vocabulary, words

MOST_WORDS = 8
_CANDIDATE = re.compile(r"(?:(?P<namespace>[^/\s]+)/)?(?P<name>\S+?)(?: \((?P<kind>\w+)\))?")


def chosen(text: str, candidates: Sequence[str], vocabulary: Vocabulary) -> str | None:
    """The candidate that `text` names; None when it names none or several, or says anything else besides."""
    said = words(text)
    told = [word for word in said if word not in vocabulary.filler and word not in vocabulary.pointing]
    parts = [set(words(candidate)) for candidate in candidates]
    if not said or len(said) > MOST_WORDS:
        return None
    if len(told) == 1 and (place := vocabulary.places.get(told[0])) is not None:
        return candidates[place] if -len(candidates) <= place < len(candidates) else None
    fitting = [candidate for candidate, part in zip(candidates, parts, strict=True) if told and part.issuperset(told)]
    return fitting[0] if len(fitting) == 1 else None


def narrowed(plan: ChangePlan | Wish, candidate: str, slot: str = "name") -> ChangePlan | Wish:
    """The plan for the candidate "namespace/name", with "(Kind)" where that is needed; or for a part of a workload."""
    if isinstance(plan, Wish) and slot in ("volume", MEANT):
        return replace(plan, slots={**plan.slots, slot: candidate})
    if slot != "name":
        named: dict[str, Any] = {slot: candidate}
        return replace(plan, **named)
    match = _CANDIDATE.fullmatch(candidate)
    if match is None:
        return plan
    return replace(plan, namespace=match["namespace"] or plan.namespace, kind=match["kind"] or plan.kind)
