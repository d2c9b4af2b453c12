"""The JSON schema of a plan for one repository: what a model may fill in, with the names that are there."""

from collections.abc import Iterable, Sequence
from dataclasses import MISSING, fields
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from ..errors import Incomplete, InputInvalid
from ..models.plan import PLANS, ChangePlan
from .model import Workload

_TYPES: dict[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}
_NEW = ("add_app", "set_vm")
"""Operations whose names are not those of workloads."""


def plan_schema(workloads: Sequence[Workload] = (), operations: Iterable[str] = tuple(PLANS)) -> dict[str, Any]:
    """A schema that admits plans of these operations; names, namespaces and containers are those of the workloads."""
    enums = {
        "name": sorted({each.name for each in workloads}),
        "namespace": sorted({each.namespace for each in workloads if each.namespace}),
        "kind": sorted({each.kind for each in workloads}),
        "container": sorted({name for each in workloads for name in each.containers}),
    }
    return {"anyOf": [_of(PLANS[operation], {} if operation in _NEW else enums) for operation in operations]}


def plan_from(data: object) -> ChangePlan:
    """The plan that parsed JSON holds. Raises Incomplete for what it leaves out, InputInvalid for what cannot be."""
    if not isinstance(data, dict):
        raise InputInvalid("A plan is a JSON object with an operation.")
    operation = data.get("operation")
    if not isinstance(operation, str) or operation not in PLANS:
        raise InputInvalid(f"There is no operation {operation!r:.60}; there are {', '.join(PLANS)}.")
    kind = PLANS[operation]
    wrong = best_match(Draft202012Validator(_of(kind, {})).iter_errors(data))
    if wrong is not None:
        where = ".".join(map(str, wrong.absolute_path))
        message = f"The plan does not fit {operation}: {where + ': ' if where else ''}{wrong.message[:200]}."
        raise (Incomplete if wrong.validator == "required" else InputInvalid)(message)
    plan: ChangePlan = kind(**{**data, "command": tuple(data["command"])} if "command" in data else data)
    return plan


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
