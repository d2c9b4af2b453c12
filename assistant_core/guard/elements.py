"""The elements of an ApplicationSet's lists: what one only fills in decides no more than the place that shows it."""

from collections.abc import Iterable, Mapping
import re
from typing import Any

_ELEMENT = re.compile(r"spec\.generators\[[^\]]*\]\.list\.elements\[[^\]]*\]\.(\w+)")
_NAMES = re.compile(r"\w+")
_EXPRESSION = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
_SOURCE = r"spec\.template\.spec\.sources?(?:\[[^\]]*\])?"
_HELM = rf"{_SOURCE}\.helm\."
_ANYTHING = re.compile(r".*", re.DOTALL)
_FILLINGS = (
    (re.compile(rf"{_SOURCE}\.targetRevision"), _ANYTHING),
    (re.compile(rf"{_HELM}(?:parameters\[(?:[\w.-]+\.)?tag\]\.value|valuesObject\.(?:[\w.-]+\.)?tag)"),
     re.compile(r"v?[0-9][\w.-]*")),
    (re.compile(rf"{_HELM}(?:parameters\[[^\]]*\]\.value|valuesObject\..*)", re.DOTALL),
     re.compile(r"[0-9]{1,4}(?:m|[KMGT]i?)?")),
)  # fmt: skip
"""Places that a change may set as it is, with what an element may hold: versions, tags, small numbers and sizes."""


def without_fillings(routes: Mapping[str, Any], places: Mapping[str, Any]) -> dict[str, Any]:
    """The routes without the versions, tags, small numbers and sizes that elements hold for one place alone."""
    used = [(where, name) for where, leaf in places.items() for name in _spoken_of(leaf)]
    return {where: leaf for where, leaf in routes.items() if not _is_filling(where, leaf, places, used)}


def _spoken_of(leaf: Any) -> Iterable[str]:
    """Every word within the expressions of a text."""
    return (name for inside in _EXPRESSION.findall(str(leaf)) for name in _NAMES.findall(inside))


def _is_filling(where: str, leaf: Any, places: Mapping[str, Any], used: list[tuple[str, str]]) -> bool:
    element = _ELEMENT.fullmatch(where)
    uses = [place for place, name in used if element and name == element[1]]
    if element is None or len(uses) != 1:
        return False
    (place,) = uses
    alone = re.fullmatch(rf"\{{\{{\s*\.?{element[1]}\s*\}}\}}", str(places[place])) is not None
    return alone and any(shown.fullmatch(place) and held.fullmatch(str(leaf)) for shown, held in _FILLINGS)
