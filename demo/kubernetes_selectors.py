"""Label and field selectors, as `kubectl -l` and `--field-selector` send them."""

from collections.abc import Callable, Mapping
import re
from typing import Any

from .kubernetes_objects import Kind, Object

type Selector = Callable[[Object], bool]

_SET = re.compile(r"(?P<key>\S+)\s+(?P<operator>in|notin)\s+\((?P<values>[^()]*)\)")
_EQUAL = re.compile(r"(?P<key>[^=!\s]+)\s*(?P<operator>==|=|!=)\s*(?P<value>[^=!\s]*)")
_EXISTS = re.compile(r"(?P<not>!?)\s*(?P<key>[^=!\s(),]+)")
_BETWEEN_TERMS = re.compile(r",(?![^()]*\))")


def label_selector(text: str) -> Selector:
    """Equality- and set-based terms, all of which must hold; raises ValueError."""
    terms = [_label_term(term.strip()) for term in _BETWEEN_TERMS.split(text) if term.strip()]

    def selects(item: Object) -> bool:
        labels = item["metadata"].get("labels") or {}
        return all(term(labels) for term in terms)

    return selects


def field_selector(text: str, kind: Kind) -> Selector:
    """Terms on `metadata.name` and `metadata.namespace`, and what events offer besides; raises ValueError."""
    known = ("metadata.name", "metadata.namespace") + (("type", "reason") if kind.plural == "events" else ())
    wanted: list[tuple[str, str, bool]] = []
    for term in filter(None, text.split(",")):
        match = _EQUAL.fullmatch(term.strip())
        if match is None or match["key"] not in known:
            raise ValueError(f"field label not supported: {match['key'] if match else term}")
        wanted.append((match["key"], match["value"], match["operator"] != "!="))

    def selects(item: Object) -> bool:
        def field(key: str) -> Any:
            where, _, name = key.rpartition(".")
            return (item[where] if where else item).get(name, "")

        return all((field(key) == value) is equal for key, value, equal in wanted)

    return selects


def _label_term(term: str) -> Callable[[Mapping[str, str]], bool]:
    if found := _SET.fullmatch(term):
        key, wanted = found["key"], found["operator"] == "in"
        values = {value.strip() for value in found["values"].split(",")}
        return lambda labels: (labels.get(key) in values) is wanted
    if found := _EQUAL.fullmatch(term):
        key, wanted, value = found["key"], found["operator"] != "!=", found["value"]
        return lambda labels: (labels.get(key) == value) is wanted
    if found := _EXISTS.fullmatch(term):
        key, wanted = found["key"], not found["not"]
        return lambda labels: (key in labels) is wanted
    raise ValueError(f"unable to parse requirement: {term}")
