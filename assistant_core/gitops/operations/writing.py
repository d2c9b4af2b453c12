"""How a new value is brought to a knob, whatever form that has."""

from collections.abc import Sequence
import re
from typing import Any, cast

from ...errors import EditRefused
from ..index.naming import deployed_twice
from ..knobs.claims import SIZE
from ..knobs.pods import RESOURCES, RESTARTED
from ..layouts.files import word
from ..layouts.workload_kinds import template
from ..model import Deployed, Form, Knob, Topic, Workload
from ..text import Path, Remove, Set
from ..text.splice import Style, lines_of
from ..text.values import plain

type Changes = list[tuple[str, Set | Remove]]
"""Changes with the files they are for."""

_VERSION = re.compile("tag|version|revision", re.IGNORECASE)


def setting(workload: Workload, knob: Knob, value: Any) -> Set | Remove:
    """The change that gives a knob a value. Raises EditRefused."""
    if knob.form is Form.VARIABLE and workload.twins:
        raise deployed_twice(workload)
    match knob.form:
        case Form.VALUE:
            return Set(knob.spot, _like(knob, value), knob.first)
        case Form.VARIABLE:
            return Set(knob.spot, str(value))
        case Form.LITERAL:
            return Set(knob.spot, f"{knob.name}={value}")
        case Form.OVERLAY_REPLICAS:
            return Set(knob.spot, {"name": own_name(workload), "count": value})
        case Form.OVERLAY_PATCH:
            return overlay_patch(workload, [(knob, value)])
        case Form.OVERLAY_CLAIM:
            return _patch(knob, "v1", "PersistentVolumeClaim", {"name": knob.name}, _nested(SIZE, value))
        case _:
            raise EditRefused(
                f"I do not know how to set {knob.field} in {knob.path}.", path=knob.path, reason="no_form"
            )


def _like(knob: Knob, new: Any) -> Any:
    """What was text stays text, what was a number stays a number; 3.10 is no number where a version stands."""
    old = knob.value
    if isinstance(old, str) and isinstance(new, int | float):
        return str(new).lower() if isinstance(new, bool) else str(new)
    is_number = isinstance(old, int | float) and not isinstance(old, bool)
    if is_number and isinstance(new, str) and not _VERSION.search(str(knob.spot.path[-1])):
        typed = plain(new)
        return typed if isinstance(typed, int | float) and not isinstance(typed, bool) else new
    return new


def own_name(workload: Workload) -> str:
    """The name in the manifest, by which kustomize knows it."""
    return workload.deployed.own_name if workload.deployed else workload.name


def overlay_patch(workload: Workload, values: Sequence[tuple[Knob, Any]]) -> Set:
    """A new entry of a kustomization's `patches`: a strategic patch, as text, that sets all the values."""
    container: dict[str, Any] = {}
    pod: dict[str, Any] = {}
    for knob, value in values:
        if knob.topic is Topic.RESTART:
            pod["metadata"] = {"annotations": {RESTARTED: value}}
        elif knob.topic in RESOURCES:
            group, resource = RESOURCES[knob.topic]
            container.setdefault("resources", {}).setdefault(group, {})[resource] = value
        else:
            container["env"] = [{"name": knob.name, "value": value}]
    if container:
        pod["spec"] = {"containers": [{"name": values[0][0].container, **container}]}
    api = workload.deployed.api if workload.deployed else "apps/v1"
    content = _nested(template(workload.kind), pod)
    return _patch(values[0][0], api, workload.kind, own_metadata(workload.deployed, own_name(workload)), content)


def own_metadata(found: Deployed | None, name: str) -> dict[str, str]:
    """The name and namespace in a file, by which a kustomize patch finds its object."""
    namespace = word(found.data, "metadata", "namespace") if found else ""
    return {"name": name, "namespace": namespace} if namespace else {"name": name}


def _patch(knob: Knob, api: str, kind: str, metadata: dict[str, str], content: dict[str, Any]) -> Set:
    whole = {"apiVersion": api, "kind": kind, "metadata": metadata, **content}
    return Set(knob.spot, {"patch": "\n".join(lines_of(whole, 0, Style())) + "\n"})


def _nested(keys: Path, value: Any) -> dict[str, Any]:
    for key in reversed(keys):
        value = {str(key): value}
    return cast("dict[str, Any]", value)
