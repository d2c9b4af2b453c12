"""Mends the arguments of small models before they are checked.

Only the form is mended, never the meaning: "3" becomes 3 and `entity` becomes `name`, but nothing is made up, and
nothing that a tool would not understand is left out. What still does not fit its schema is told to the model.
"""

from collections.abc import Iterator, Mapping
import re
from typing import Any

from . import lenient

_WRAPPERS = ("parameters", "arguments", "args", "input", "properties")
_NOTHING = ("", "null", "none", "undefined")
_NUMBER = re.compile(r"\s*[-+]?\d+(\.\d+)?\s*")
_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}

# Names that models take for others of the same meaning.
_SYNONYMS = (
    ("name", "entity", "entity_id", "entity_name", "device", "device_name", "target"),
    ("area", "room", "location", "area_name"),
    ("workload", "name", "deployment", "app", "application", "service", "statefulset"),
    ("replicas", "replica_count", "count", "number", "amount", "instances", "copies"),
    ("namespace", "ns"),
    ("words", "query", "name", "search", "what", "entity", "text"),
    ("item", "items", "product", "task"),
)


def repaired(arguments: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as `schema` wants them, as far as that can be done without guessing."""
    properties: Mapping[str, Any] = schema.get("properties", {})
    required = schema.get("required", ())
    mended: dict[str, Any] = {}
    for given, value in _unwrapped(arguments, properties).items():
        name = given if given in properties else _meant(given, properties, arguments)
        fitting = _fitted(value, properties.get(name, {}))
        if name in required or not _empty(fitting):
            mended.setdefault(name, fitting)
    return mended


def _unwrapped(arguments: Mapping[str, Any], properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """What stands within {"parameters": {...}}, however often it is wrapped."""
    for _ in range(lenient.MOST_DEPTH):
        inner = next((arguments[key] for key in _WRAPPERS if key in arguments and key not in properties), None)
        if isinstance(inner, str):
            try:
                inner = lenient.read_value(inner)
            except ValueError:
                return arguments
        if not isinstance(inner, dict):
            return arguments
        arguments = inner
    return arguments


def _meant(given: str, properties: Mapping[str, Any], arguments: Mapping[str, Any]) -> str:
    """The property that another name stands for; `given` itself where none or several could be meant."""
    same = [name for name in properties if _bare(name) == _bare(given)]
    like = [
        synonyms[0]
        for synonyms in _SYNONYMS
        if given.lower() in synonyms and synonyms[0] in properties and synonyms[0] not in arguments
    ]
    candidates = same or like
    return candidates[0] if len(candidates) == 1 else given


def _bare(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _empty(value: Any) -> bool:
    """What models write for an argument they do not want to give."""
    if isinstance(value, str):
        return value.strip().lower() in _NOTHING
    return value is None or (isinstance(value, list | dict) and not value)


def _fitted(value: Any, schema: Mapping[str, Any]) -> Any:
    """`value` in a form that `schema` allows, or as it is."""
    kinds = list(_types(schema))
    if isinstance(value, str) and value.strip()[:1] in ("[", "{") and {"array", "object"} & set(kinds):
        try:
            value = lenient.read_value(value.strip())
        except ValueError:
            return value
    for kind in kinds:
        fitting = _as(kind, value, schema)
        if fitting is not None:
            value = fitting
            break
    return _enumerated(value, schema.get("enum"))


def _types(schema: Mapping[str, Any]) -> Iterator[str]:
    wanted = schema.get("type", ())
    yield from ([wanted] if isinstance(wanted, str) else wanted)
    for option in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _types(option)


def _as(kind: str, value: Any, schema: Mapping[str, Any]) -> Any:
    """`value` as that type; None where it is none."""
    if kind == "array":
        if isinstance(value, str) and not _empty(value):
            value = [item.strip() for item in value.split(",")]
        return [_fitted(item, schema.get("items", {})) for item in value] if isinstance(value, list) else None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if kind == "object":
        return repaired(value, schema) if isinstance(value, dict) else None
    return _plain(kind, value)


def _plain(kind: str, value: Any) -> str | float | bool | None:
    """`value` as a string, a number or a truth."""
    fitting: str | float | bool | None = None
    match kind, value:
        case ("boolean", bool()) | ("string", str()):
            fitting = value
        case "boolean", str():
            fitting = _TRUTH.get(value.strip().lower())
        case "string", int() | float() if not isinstance(value, bool):
            fitting = str(value)
        case (("integer" | "number"), int() | float()) if not isinstance(value, bool):
            fitting = _number(value, kind)
        case (("integer" | "number"), str()) if _NUMBER.fullmatch(value):
            fitting = _number(float(value), kind)
    return fitting


def _number(value: float, kind: str) -> float | None:
    whole = int(value) if abs(value) < 2**53 and value == int(value) else None
    return whole if kind == "integer" or whole is not None else value


def _enumerated(value: Any, allowed: Any) -> Any:
    """The allowed word that differs from `value` only in case and joints."""
    if not isinstance(value, str) or not allowed or value in allowed:
        return value
    return next((each for each in allowed if isinstance(each, str) and _bare(each) == _bare(value)), value)
