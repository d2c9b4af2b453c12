"""Which objects a kustomize patch is for: those its `target` selects, or the one that it names itself."""

from collections.abc import Mapping
import re
from typing import Any

from ..model import Deployed
from .files import mapping, word

_REQUIREMENT = re.compile(
    r"\s*(?:!\s*(?P<absent>[^\s!=,()]+)"
    r"|(?P<key>[^\s!=,()]+)\s*(?:(?P<sign>==?|!=)\s*(?P<value>[^\s,()]*)|(?P<set>in|notin)\s*\((?P<values>[^()]*)\))?)\s*(?:,|$)"
)


def selects(target: Any, content: Any, found: Deployed) -> bool:
    """Whether a patch with that target (None: it names its object) and content changes the object."""
    if not target:
        return (word(content, "kind"), word(content, "metadata", "name")) == (found.kind, found.own_name)
    group, _, version = found.api.rpartition("/")
    own = {"kind": found.kind, "name": found.own_name, "group": group, "version": version}
    return (
        isinstance(target, Mapping)
        and all(not word(target, key) or _matches(word(target, key), value) for key, value in own.items())
        and _fits(word(target, "labelSelector"), mapping(found.data, "metadata", "labels"))
        and _fits(word(target, "annotationSelector"), mapping(found.data, "metadata", "annotations"))
    )


def _matches(pattern: str, value: str) -> bool:
    if pattern == value:
        return True
    if len(pattern) > 100 or re.search(r"[+*]\)?[+*]|\)[+*{]", pattern):  # noqa: PLR2004 - nothing that backtracks for ever
        return False
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return False


def _fits(selector: str, labels: Mapping[str, Any]) -> bool:
    """Whether labels meet every requirement: `a=b,c!=d,e in (f,g),h notin (i),j,!k`."""
    at = 0
    while at < len(selector):
        match = _REQUIREMENT.match(selector, at)
        if match is None or not _meets(match, labels):
            return False
        at = match.end()
    return True


def _meets(match: re.Match[str], labels: Mapping[str, Any]) -> bool:
    if match["absent"]:
        return match["absent"] not in labels
    has = match["key"] in labels
    value = word(labels, match["key"])
    if match["sign"]:
        return (value != match["value"] or not has) if match["sign"] == "!=" else has and value == match["value"]
    if match["set"]:
        inside = has and value in [each.strip() for each in match["values"].split(",")]
        return inside if match["set"] == "in" else not inside
    return has
