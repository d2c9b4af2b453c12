"""Tools in as few bytes as a model needs: every byte of them is read before the first word of an answer.

Descriptions that repeat a name, bounds and long lists go; what a model then gets wrong, it is told when it calls. A
call is always checked against the tool's whole schema.
"""

from collections.abc import Mapping
import re
from typing import Any

from ..models.chat import ToolSpec

LONGEST_DESCRIPTION = 80  # characters
MOST_CHOICES = 6
_FIRST_SENTENCE = re.compile(r"^.*?[.:](?=\s|$)", re.DOTALL)


def terse(spec: ToolSpec, *, name: str, floors: bool) -> ToolSpec:
    """The tool as it is offered, under `name`; `floors` where the house has several."""
    schema = spec.parameters
    required = tuple(schema.get("required", ()))
    properties = {
        each: _shortened(inner)
        for each, inner in schema.get("properties", {}).items()
        if each in required or not _dispensable(each, inner, floors=floors)
    }
    parameters: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        parameters["required"] = list(required)
    return ToolSpec(name=name, description=_described(spec.description), parameters=parameters)


def signature(spec: ToolSpec) -> str:
    """A tool on one line: `name(required, optional?): what it does`."""
    schema = spec.parameters
    required = schema.get("required", ())
    arguments = ", ".join(
        f"{name}{'' if name in required else '?'}{_choices(inner)}"
        for name, inner in schema.get("properties", {}).items()
    )
    return f"{spec.name}({arguments}): {_described(spec.description)}"


def _choices(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return f": {'|'.join(map(str, schema['enum']))}"
    return f": {schema['type']}" if schema.get("type") in {"integer", "number", "boolean"} else ""


def _dispensable(name: str, schema: Mapping[str, Any], *, floors: bool) -> bool:
    """Whether an optional argument can go: it has one value only, or so many that nobody says them."""
    choices = schema.get("enum") or schema.get("items", {}).get("enum") or ()
    return (
        len(choices) == 1 or len(choices) > MOST_CHOICES or name == "device_class" or (name == "floor" and not floors)
    )


def _shortened(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The type and the choices; a list of words may be given as one word."""
    if schema.get("type") == "array" and schema.get("items", {}).get("type") == "string":
        schema = schema["items"]
    if options := schema.get("anyOf") or schema.get("oneOf"):
        schema = options[0]
    return {key: schema[key] for key in ("type", "enum", "items", "properties", "required") if key in schema}


def _described(description: str) -> str:
    """The first sentence, or as much of it as is short."""
    text = " ".join(description.split())
    first = match[0].rstrip(".:") if (match := _FIRST_SENTENCE.match(text)) else text
    if len(first) <= LONGEST_DESCRIPTION:
        return first
    return first[:LONGEST_DESCRIPTION].rpartition(" ")[0]
