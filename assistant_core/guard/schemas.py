"""Whether an object has the shape that Kubernetes knows, strictly: what it would ignore is wrong here.

`kubernetes.json.gz` holds the schemas of one version of Kubernetes without their prose; scripts/make-schemas makes it.
"""

from collections.abc import Iterator, Mapping
from functools import cache
import gzip
from importlib.resources import files
from typing import Any

import orjson

from .control import Breach
from .objects import KubernetesObject
from .shape import Place, place_of, shown, written
from .shapes import Shapes

_MAX_BREACHES = 20
_MAX_ERRORS = 2_000
"""Looked at in one object: what a patch may leave out counts too."""
_OLD_GROUPS = ("extensions",)
_KINDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "a mapping",
    "string": "a text",
}


@cache
def _bundle() -> Mapping[str, Any]:
    packed = files(__package__).joinpath("kubernetes.json.gz").read_bytes()
    bundle: Mapping[str, Any] = orjson.loads(gzip.decompress(packed))
    return bundle


@cache
def _groups() -> frozenset[str]:
    return frozenset(kind.rpartition("/")[0].rpartition("/")[0] for kind in _bundle()["kinds"]) | {*_OLD_GROUPS}


@cache
def _validator(kind: str) -> Any:
    bundle = _bundle()
    name = bundle["kinds"].get(kind)
    return None if name is None else _made({"$ref": f"#/$defs/{name}", "$defs": bundle["$defs"]})


def _made(schema: Mapping[str, Any]) -> Any:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - 0.2 seconds of imports that most runs do without

    return Draft202012Validator(schema)


def misshapen(found: KubernetesObject, shapes: Shapes | None = None) -> Iterator[Breach]:
    """Every field of an object of a known kind that Kubernetes would not take, the first twenty of them.

    `shapes` are those of the cluster it is for, where that is known.
    """
    live = shapes.schema(_key(found)) if shapes else None
    validator = _made(live) if live else _validator(_key(found))
    if validator is None:
        return
    seen: set[tuple[str, str]] = set()
    is_patch = found.is_patch
    content = {key: each for key, each in found.content.items() if key != "sops"}  # what SOPS adds, Flux takes away
    for count, error in enumerate(validator.iter_errors(content)):
        if count == _MAX_ERRORS:
            yield Breach(where="", message="More fields of this object do not fit.")
            return
        if error.validator == "required" and is_patch:
            continue
        for breach in _breaches(error, place_of(content, error.absolute_path)):
            if (breach.where, breach.message) in seen:
                continue  # jsonschema repeats a mapping's errors for each of its missing fields
            if len(seen) == _MAX_BREACHES:
                yield Breach(where="", message="More fields of this object do not fit.")
                return
            seen.add((breach.where, breach.message))
            yield breach


def is_known(found: KubernetesObject, shapes: Shapes | None = None) -> bool:
    """Whether the shape of its kind is known here, or to the cluster."""
    return _key(found) in _bundle()["kinds"] or (shapes is not None and _key(found) in shapes.kinds)


def is_own(found: KubernetesObject) -> bool:
    """Whether its group is one of Kubernetes' own, whose kinds are all known."""
    return found.group in _groups()


def version() -> str:
    """The version of Kubernetes whose shapes are known, such as `1.37`."""
    known: str = _bundle()["version"]
    return known


def _key(found: KubernetesObject) -> str:
    return "/".join(filter(None, (found.group, found.version, found.kind)))


def _breaches(error: Any, place: Place) -> Iterator[Breach]:
    instance = error.instance
    match error.validator:
        case "additionalProperties":
            for key in instance:
                if key not in error.schema.get("properties", {}):
                    yield Breach(where=written((*place, key)), message="Kubernetes knows no such field.")
        case "required":
            for key in error.validator_value:
                if key not in instance:
                    yield Breach(where=written((*place, key)), message="This field is missing.")
        case "type" | "oneOf":
            yield Breach(
                where=written(place),
                message=f"This must be {_wanted(error)}, not {_kind(instance)}.",
                value=instance,
            )
        case _:
            yield Breach(where=written(place), message=f"This cannot be {shown(instance)}.", value=instance)


def _wanted(error: Any) -> str:
    asked = error.validator_value
    types = asked if error.validator == "type" else [each["type"] for each in asked]
    flat = [name for each in ([types] if isinstance(types, str) else types) for name in _names(each)]
    return " or ".join(_KINDS[name] for name in flat if name != "null")


def _names(types: str | list[str]) -> list[str]:
    return [types] if isinstance(types, str) else types


def _kind(found: object) -> str:
    match found:
        case None:
            return "empty"
        case bool():
            return _KINDS["boolean"]
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "a mapping"
