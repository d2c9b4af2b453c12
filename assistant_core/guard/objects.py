"""Kubernetes objects and the pods they make, taken from documents of any shape."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .shape import items, mapping, named, plain, text, value

_TEMPLATE = ("spec", "template")
_TEMPLATES = {
    "Pod": (),
    "PodTemplate": ("template",),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    **dict.fromkeys(
        ("DaemonSet", "Deployment", "Job", "ReplicaSet", "ReplicationController", "StatefulSet"), _TEMPLATE
    ),
}
"""Where the pod of a kind stands."""

_SELECTING = ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container of any kind with its securityContext, and where it stands in the object."""

    path: str
    spec: Mapping[str, Any]
    security: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A pod or the template of one; what a patch does not say may stand in what it patches."""

    path: str
    annotations_path: str
    metadata: Mapping[str, Any]
    spec: Mapping[str, Any]
    containers: tuple[Container, ...]
    is_patch: bool

    @property
    def security(self) -> Mapping[str, Any]:
        """The securityContext of the whole pod."""
        return mapping(self.spec, "securityContext")

    @property
    def is_windows(self) -> bool:
        """Whether it says that it runs on Windows, where some controls do not apply."""
        return text(self.spec, "os", "name") == "windows"

    @property
    def has_own_users(self) -> bool:
        """Whether it runs in a user namespace, where root is nobody on the node."""
        return value(self.spec, "hostUsers") is False

    def contexts(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Every securityContext that is there, the pod's first, with its path."""
        if self.security:
            yield f"{self.path}.securityContext", self.security
        for container in self.containers:
            if container.security:
                yield f"{container.path}.securityContext", container.security


@dataclass(frozen=True, slots=True, kw_only=True)
class KubernetesObject:
    """A document; `group` is "" for the core API, `kind` for settings such as Helm values, which are no object."""

    group: str
    version: str
    kind: str
    namespace: str
    name: str
    content: Mapping[str, Any]

    @property
    def label(self) -> str:
        """How people call it: `Deployment web/api`; settings go by the path of their file."""
        if not self.kind:
            return self.name or "Settings"
        place = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} {place or 'without a name'}"

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What makes two documents the same object."""
        return self.group, self.kind, self.namespace, self.name

    @property
    def is_patch(self) -> bool:
        """Whether it is only a part of a workload, as kustomize lays over another: Kubernetes would not take it."""
        at = _TEMPLATES.get(self.kind)
        if at is None:
            return False
        template = mapping(self.content, *at)
        if self.kind in _SELECTING:
            if value(self.content, "spec", "selector") is not None:
                return False
            if not mapping(template, "metadata", "labels"):
                return True
        containers = [each for group in _CONTAINERS for each in items(template, "spec", group)]
        return not containers or any(value(each, "image") is None for each in containers)

    @property
    def pod(self) -> Pod | None:
        """The pod it is or makes, None when it does neither; other kinds may have a template of the same shape."""
        at = _TEMPLATES.get(self.kind, _TEMPLATE)
        template = mapping(self.content, *at)
        spec = mapping(template, "spec")
        if self.kind not in _TEMPLATES and "containers" not in spec:
            return None
        path = ".".join((*at, "spec"))
        return Pod(
            path=path,
            annotations_path=".".join((*at, "metadata", "annotations")),
            metadata=mapping(template, "metadata"),
            spec=spec,
            is_patch=self.is_patch,
            containers=tuple(
                Container(path=f"{path}.{group}{place}", spec=each, security=mapping(each, "securityContext"))
                for group in _CONTAINERS
                for place, each in named(spec, group)
            ),
        )


def objects(document: object, path: str = "") -> Iterator[KubernetesObject]:
    """The object in a document, or every item of a List; settings without a kind go by the path of their file."""
    todo = [document]
    while todo:
        each = todo.pop()
        if isinstance(each, list):
            each = {"operations": each}  # a JSON patch
        if not isinstance(each, dict):
            continue
        kind = plain(value(each, "kind"))
        if kind.endswith("List") and isinstance(each.get("items"), list):
            item = {"apiVersion": each.get("apiVersion"), "kind": kind.removesuffix("List")} if kind != "List" else {}
            todo += [{**item, **one} for one in reversed(items(each, "items")) if isinstance(one, dict)]
            continue
        group, _, version = plain(value(each, "apiVersion")).rpartition("/")
        if not kind or not version:
            yield KubernetesObject(group="", version="", kind="", namespace="", name=path, content=each)
            continue
        yield KubernetesObject(
            group=group,
            version=version,
            kind=kind,
            namespace=plain(value(each, "metadata", "namespace")),
            name=plain(value(each, "metadata", "name")) or plain(value(each, "metadata", "generateName")),
            content=each,
        )
