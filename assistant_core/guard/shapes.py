"""The shapes of a running cluster's kinds, its CRDs among them, from what its API says of itself (/openapi/v3).

The documents are a stranger's: only what decides whether a value fits is taken from them, never a pattern.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..models.repository import FileChange
from .reading import read

_KEPT = ("enum", "required", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")
_PREFIX = "#/components/schemas/"
_OPEN = ("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource")
_KIND = "x-kubernetes-group-version-kind"
_MAX_DEPTH = 64


@dataclass(frozen=True)
class Shapes:
    """JSON schemas by group, version and kind ("apps/v1/Deployment"); `definitions` are what they refer to."""

    kinds: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, documents: Iterable[Any]) -> Self:
        """From the OpenAPI documents of groups and versions; what is none of them is left out."""
        kinds: dict[str, str] = {}
        definitions: dict[str, Any] = {}
        for document in documents:
            match document:
                case {"components": {"schemas": dict(schemas)}}:
                    for name, schema in schemas.items():
                        definitions[name] = _strict(schema, 0)
                        kinds |= {kind: str(name) for kind in _kinds(schema)}
        for name in kinds.values():
            if "status" in definitions[name].get("properties", {}):
                definitions[name]["properties"]["status"] = {}  # the cluster writes it
        return cls(kinds, definitions)

    def schema(self, kind: str) -> dict[str, Any] | None:
        """The whole schema of a kind; None when the cluster does not know it."""
        name = self.kinds.get(kind)
        return None if name is None else {"$ref": f"#/$defs/{name}", "$defs": self.definitions}


def group_versions(changes: Iterable[FileChange]) -> frozenset[str]:
    """The groups and versions ("apps/v1", "v1") of what a change brings."""
    found = [each for change in changes for each in read(change.path, change.after).objects]
    return frozenset("/".join(filter(None, (each.group, each.version))) for each in found if each.kind)


def _kinds(schema: Any) -> Iterable[str]:
    named = schema.get(_KIND) if isinstance(schema, dict) else None
    properties = schema.get("properties", {}) if isinstance(schema, dict) else {}
    for each in named if isinstance(named, list) and "metadata" in properties and "items" not in properties else ():
        match each:
            case {"group": str(group), "version": str(version), "kind": str(kind)}:
                yield "/".join(filter(None, (group, version, kind)))


def _strict(schema: Any, depth: int) -> dict[str, Any]:
    """What decides whether a value fits, and that no other fields do."""
    if not isinstance(schema, dict) or depth > _MAX_DEPTH:
        return {}
    if schema.get("x-kubernetes-int-or-string") is True:
        return {"type": ["integer", "string"]}
    kept = {**{key: schema[key] for key in _KEPT if key in schema}, **_typed(schema)}
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith(_PREFIX):
        kept["$ref"] = f"#/$defs/{reference.removeprefix(_PREFIX)}"
    for key in ("allOf", "anyOf", "oneOf"):
        if isinstance(options := schema.get(key), list):
            kept[key] = [_strict({**each, _OPEN[0]: True}, depth + 1) for each in options if isinstance(each, dict)]
    if isinstance(properties := schema.get("properties"), dict):
        kept["properties"] = {name: _strict(each, depth + 1) for name, each in properties.items()}
        kept["additionalProperties"] = any(schema.get(key) is True for key in _OPEN)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            kept[key] = _strict(schema[key], depth + 1)
    return kept


def _typed(schema: dict[str, Any]) -> dict[str, Any]:
    """The type; a nullable one may be null whatever its enum says."""
    kind, enum = schema.get("type"), schema.get("enum")
    if not isinstance(kind, str):
        return {}
    if schema.get("nullable") is not True:
        return {"type": kind}
    return {"type": [kind, "null"], **({"enum": [*enum, None]} if isinstance(enum, list) else {})}
