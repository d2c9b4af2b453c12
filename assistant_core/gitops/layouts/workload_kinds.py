"""The kinds of objects that run containers."""

from collections.abc import Mapping
from typing import Any

from ..text import Path
from .files import mapping

GROUPS = {
    "Deployment": ("apps", "extensions"),
    "StatefulSet": ("apps",),
    "DaemonSet": ("apps", "extensions"),
    "ReplicaSet": ("apps", "extensions"),
    "CronJob": ("batch",),
    "Job": ("batch",),
    "Pod": ("v1",),
    "Rollout": ("argoproj.io",),
    "Service": ("serving.knative.dev",),
}
SCALED = ("Deployment", "StatefulSet", "ReplicaSet", "Rollout")
TEMPLATES: dict[str, Path] = {"CronJob": ("spec", "jobTemplate", "spec", "template"), "Pod": ()}
_TEMPLATE: Path = ("spec", "template")


def template(kind: str) -> Path:
    """The keys that lead to the pod template."""
    return TEMPLATES.get(kind, _TEMPLATE)


def is_workload(kind: str, api: str) -> bool:
    """Whether objects of that kind run containers."""
    return api.split("/", maxsplit=1)[0] in GROUPS.get(kind, ())


def is_whole(data: Mapping[str, Any], kind: str) -> bool:
    """A workload cannot do without a pod template; a kustomize patch seldom has a selector."""
    if kind in SCALED:
        spec = mapping(data, "spec")
        return isinstance(spec.get("template"), Mapping) and isinstance(spec.get("selector"), Mapping)
    pod: Any = data
    for key in (*template(kind), "spec"):
        pod = mapping(pod, key)
    return bool(pod.get("containers"))
