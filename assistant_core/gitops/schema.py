"""The JSON schema of a plan for one repository: what a model may fill in, with the names that are there."""

from collections.abc import Iterable
from dataclasses import MISSING, fields
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from ..models.plan import PLANS
from .index import Index

_TYPES: dict[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}
_NEW = ("add_app", "set_vm")
"""Operations whose names are not those of workloads."""


def plan_schema(index: Index, operations: Iterable[str] = tuple(PLANS)) -> dict[str, Any]:
    """A schema that admits plans of these operations; names, namespaces and containers are those of the index."""
    enums = {
        "name": sorted({each.name for each in index.workloads}),
        "namespace": sorted({each.namespace for each in index.workloads if each.namespace}),
        "kind": sorted({each.kind for each in index.workloads}),
        "container": sorted({name for each in index.workloads for name in each.containers}),
    }
    return {"anyOf": [_of(PLANS[operation], {} if operation in _NEW else enums) for operation in operations]}


def _of(plan: type[Any], enums: dict[str, list[str]]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    required = ["operation"]
    for each in sorted(fields(plan), key=lambda each: each.name != "operation"):
        properties[each.name] = _property(each.type, enums.get(each.name, []))
        if each.default is MISSING and each.default_factory is MISSING:
            required.append(each.name)
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _property(annotation: Any, names: list[str]) -> dict[str, Any]:
    origin = get_origin(annotation)
    if origin is Literal:
        return {"enum": list(get_args(annotation))}
    if origin in (UnionType, Union):
        options = get_args(annotation)
        if names:
            return {"enum": [*names, *([None] if NoneType in options else [])]}
        return {"type": [_TYPES[option] for option in options]}
    if origin is tuple:
        return {"type": "array", "items": {"type": "string"}}
    if origin is dict:
        return {"type": "object", "additionalProperties": {"type": "string"}}
    return {"enum": names} if names else {"type": _TYPES[annotation]}
