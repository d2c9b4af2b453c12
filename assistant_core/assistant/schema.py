"""Checks a model's arguments against the part of JSON Schema that tool specifications use."""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (Mapping,),
    "array": (list, tuple),
    "null": (type(None),),
}


def mismatch(value: Any, schema: Mapping[str, Any], where: str = "the arguments") -> str | None:
    """What is wrong with `value`, in a few words for the model; None when it fits.

    Understands type, enum, minimum, maximum, required, properties, additionalProperties (a boolean) and items; other
    keywords are left to the tool itself.
    """
    return next(_complaints(value, schema, where), None)


def _complaints(value: Any, schema: Mapping[str, Any], where: str) -> Iterator[str]:
    wanted = schema.get("type")
    if wanted is not None and not _is_one_of(value, [wanted] if isinstance(wanted, str) else wanted):
        yield f"{where} must be of type {wanted}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{where} must be one of {', '.join(map(str, schema['enum']))}"
    elif isinstance(value, int | float):
        if not isfinite(value):
            yield f"{where} must be a finite number"
        if value < schema.get("minimum", value):
            yield f"{where} must be at least {schema['minimum']}"
        if value > schema.get("maximum", value):
            yield f"{where} must be at most {schema['maximum']}"
    elif isinstance(value, Mapping):
        yield from _object_complaints(value, schema, where)
    elif isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        for item in value:
            yield from _complaints(item, schema["items"], f"each of {where}")


def _is_one_of(value: Any, wanted: Sequence[str]) -> bool:
    if isinstance(value, bool):
        return "boolean" in wanted
    return any(isinstance(value, _TYPES.get(name, (object,))) for name in wanted)


def _object_complaints(value: Mapping[str, Any], schema: Mapping[str, Any], where: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    yield from (f"{where} must have {name!r}" for name in schema.get("required", ()) if name not in value)
    if schema.get("additionalProperties") is False:
        yield from (f"{where} must not have {name!r:.40}" for name in value if name not in properties)
    for name in value:
        if name in properties:
            yield from _complaints(value[name], properties[name], name)
