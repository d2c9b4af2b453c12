"""What a single YAML document says: a workload, or something else that decides how many pods a workload has."""

from dataclasses import dataclass
import re

import yaml

from .documents import items, text, value

KINDS = ("Deployment", "StatefulSet")

_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml")
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
"""An object name as Kubernetes allows it (RFC 1123 subdomain)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A Deployment or StatefulSet; `namespace` is "" when the manifest names none, `document` counts from 1."""

    kind: str
    namespace: str
    name: str
    path: str
    document: int

    @property
    def label(self) -> str:
        """The name that tells it apart from its namesakes."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaler:
    """Something that sets a workload's replicas in its place; empty fields match any workload.

    `by` names it for a person.
    """

    by: str
    path: str
    kind: str
    namespace: str
    name: str

    def scales(self, workload: Workload) -> bool:
        """Whether it decides over this workload, as far as the files tell."""
        return (
            self.name == workload.name
            and self.kind in ("", workload.kind)
            and ("" in (self.namespace, workload.namespace) or self.namespace == workload.namespace)
        )


def workload(root: yaml.Node, path: str, document: int) -> Workload | None:
    """The workload a document describes in full; a patch of one is none."""
    kind, name, namespace = text(root, "kind"), text(root, "metadata", "name"), text(root, "metadata", "namespace")
    if not (_is_workload_kind(root) and _is_whole(root) and _NAME.fullmatch(name)):
        return None
    if namespace and not _NAME.fullmatch(namespace):
        return None
    return Workload(kind=kind, namespace=namespace, name=name, path=path, document=document)


def skipped(root: yaml.Node) -> str | None:
    """Why a document that looks like a workload is not taken for one; completes "this file ..."."""
    if text(root, "kind") == "List":
        return "holds a List, whose items are not read"
    if not _is_workload_kind(root):
        return None
    if not _is_whole(root):
        return f"holds only a part of a {text(root, 'kind')}, such as a patch"
    return f"holds a {text(root, 'kind')} without a valid name"


def scalers(root: yaml.Node, path: str) -> list[Scaler]:
    """What the document says about the replicas of workloads described elsewhere."""
    kind, namespace = text(root, "kind"), text(root, "metadata", "namespace")
    if kind == "HorizontalPodAutoscaler":
        return [_autoscaler(root, path, f"the HorizontalPodAutoscaler {_name(root)}", "")]
    if kind == "ScaledObject":
        return [_autoscaler(root, path, f"the KEDA ScaledObject {_name(root)}", "Deployment")]
    if path.rpartition("/")[2].lower() in _KUSTOMIZATIONS:
        return [
            Scaler(by="a kustomization", path=path, kind="", namespace="", name=text(entry, "name"))
            for entry in items(root, "replicas")
        ]
    if _is_workload_kind(root) and not _is_whole(root) and value(root, "spec", "replicas") is not None:
        return [Scaler(by="a patch", path=path, kind=kind, namespace=namespace, name=text(root, "metadata", "name"))]
    return []


def _autoscaler(root: yaml.Node, path: str, by: str, default_kind: str) -> Scaler:
    return Scaler(
        by=by,
        path=path,
        kind=text(root, "spec", "scaleTargetRef", "kind") or default_kind,
        namespace=text(root, "metadata", "namespace"),
        name=text(root, "spec", "scaleTargetRef", "name"),
    )


def _name(root: yaml.Node) -> str:
    name = text(root, "metadata", "name")
    return name if _NAME.fullmatch(name) else "without a valid name"


def _is_workload_kind(root: yaml.Node) -> bool:
    return text(root, "kind") in KINDS and text(root, "apiVersion").split("/")[0] in ("apps", "extensions")


def _is_whole(root: yaml.Node) -> bool:
    """A workload cannot do without a pod template; a kustomize patch seldom has a selector."""
    return isinstance(value(root, "spec", "template"), yaml.MappingNode) and isinstance(
        value(root, "spec", "selector"), yaml.MappingNode
    )
