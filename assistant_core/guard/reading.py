"""Files as the guard judges them: the objects of YAML, the blocks of Terraform, or the reason why neither."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..manifest import load
from ..yaml_scan import MAX_DEPTH, MAX_NODES, Unreadable
from .objects import KubernetesObject, objects
from .terraform import load_terraform

_YAML = (".yaml", ".yml", ".json")
_TERRAFORM = (".tf", ".tfvars", ".hcl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a file holds; `problem` completes "this file ..." when it could not be read."""

    objects: tuple[KubernetesObject, ...] = ()
    terraform: Mapping[str, Any] | None = None
    problem: str = ""


def read(path: str, data: bytes | None) -> Reading:
    """A file of a change or of the command line; one that is not there holds nothing."""
    if data is None:
        return Reading()
    try:
        if path.endswith(_TERRAFORM):
            return Reading(terraform=load_terraform(data))
        if not path.endswith(_YAML) or path.endswith(".tf.json"):
            return Reading(problem="is neither YAML nor Terraform, so nobody can judge it")
        return of_documents(load(data), path)
    except Unreadable as error:
        return Reading(problem=str(error))


def of_documents(documents: Iterable[object], path: str = "") -> Reading:
    """Documents that somebody else parsed; those too deep or too large to be looked through are a problem."""
    known = tuple(documents)
    if not all(map(_is_bounded, known)):
        return Reading(problem=f"is deeper than {MAX_DEPTH} levels or larger than {MAX_NODES} values")
    return Reading(objects=tuple(found for document in known for found in objects(document, path)))


def _is_bounded(document: object) -> bool:
    """Whether it can be gone through; a value that holds itself cannot."""
    todo = [(document, 1)]
    seen = 0
    while todo:
        each, depth = todo.pop()
        seen += 1
        if depth > MAX_DEPTH + 1 or seen > MAX_NODES:
            return False
        below = each.values() if isinstance(each, dict) else each if isinstance(each, (list, tuple)) else ()
        todo += [(value, depth + 1) for value in below]
    return True
