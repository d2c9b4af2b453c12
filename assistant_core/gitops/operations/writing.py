"""How a new value is brought to a knob, whatever form that has."""

from typing import Any

from ...errors import EditRefused
from ..knobs.pods import RESOURCES, RESTARTED
from ..layouts.workload_kinds import template
from ..model import Form, Knob, Topic, Workload
from ..text import Remove, Set
from ..text.splice import Style, lines_of


def setting(workload: Workload, knob: Knob, value: Any) -> Set | Remove:
    """The change that gives a knob a value. Raises EditRefused."""
    match knob.form:
        case Form.VALUE:
            return Set(knob.spot, _like(knob.value, value), knob.first)
        case Form.VARIABLE:
            return Set(knob.spot, str(value))
        case Form.OVERLAY_REPLICAS:
            return Set(knob.spot, {"name": own_name(workload), "count": value})
        case Form.OVERLAY_PATCH:
            return Set(knob.spot, overlay_patch(workload, _pod_patch(workload, knob, value)))
        case _:
            raise EditRefused(f"I do not know how to set {knob.field} in {knob.path}.", path=knob.path)


def _like(old: Any, new: Any) -> Any:
    """A number stays text where it was text."""
    return str(new) if isinstance(old, str) and isinstance(new, int) and not isinstance(new, bool) else new


def own_name(workload: Workload) -> str:
    """The name in the manifest, by which kustomize knows it."""
    return workload.deployed.own_name if workload.deployed else workload.name


def overlay_patch(workload: Workload, spec: dict[str, Any]) -> dict[str, Any]:
    """An entry of a kustomization's `patches` with a strategic patch as its text."""
    api = workload.deployed.api if workload.deployed else "apps/v1"
    content = {"apiVersion": api, "kind": workload.kind, "metadata": {"name": own_name(workload)}, **spec}
    return {"patch": "\n".join(lines_of(content, 0, Style())) + "\n"}


def _pod_patch(workload: Workload, knob: Knob, value: Any) -> dict[str, Any]:
    keys = template(workload.kind)
    if knob.topic is Topic.RESTART:
        inner: Any = {"metadata": {"annotations": {RESTARTED: value}}}
    else:
        container: dict[str, Any] = {"name": knob.container}
        if knob.topic in RESOURCES:
            group, resource = RESOURCES[knob.topic]
            container["resources"] = {group: {resource: value}}
        else:
            container["env"] = [{"name": knob.name, "value": value}]
        inner = {"spec": {"containers": [container]}}
    for key in reversed(keys):
        inner = {key: inner}
    return dict(inner)
