"""The kinds of object the Kubernetes simulator knows, and the `Status` objects in which an API server refuses."""

from dataclasses import dataclass
from typing import Any

type Object = dict[str, Any]
"""A Kubernetes object as JSON."""


@dataclass(frozen=True)
class Kind:
    """A resource type; `custom` ones come and go with their CRD."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True
    custom: bool = False

    @property
    def resource(self) -> str:
        """Its name in RBAC and on the control port."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def api_version(self) -> str:
        """Its `apiVersion`."""
        return f"{self.group}/{self.version}" if self.group else self.version


KINDS = (
    Kind("", "v1", "namespaces", "Namespace", namespaced=False),
    Kind("", "v1", "nodes", "Node", namespaced=False),
    Kind("", "v1", "pods", "Pod"),
    Kind("apps", "v1", "deployments", "Deployment"),
    Kind("", "v1", "events", "Event"),
    Kind("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim"),
    Kind("apps", "v1", "statefulsets", "StatefulSet"),
    Kind("apps", "v1", "daemonsets", "DaemonSet"),
    Kind("batch", "v1", "jobs", "Job"),
    Kind("batch", "v1", "cronjobs", "CronJob"),
    Kind("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"),
    Kind("core.k8sgpt.ai", "v1alpha1", "results", "Result", custom=True),
    Kind("core.k8sgpt.ai", "v1alpha1", "k8sgpts", "K8sGPT", custom=True),
    Kind("core.k8sgpt.ai", "v1alpha1", "mutations", "Mutation", custom=True),
    Kind("argoproj.io", "v1alpha1", "applications", "Application", custom=True),
    Kind("helm.toolkit.fluxcd.io", "v2", "helmreleases", "HelmRelease", custom=True),
    Kind("source.toolkit.fluxcd.io", "v1", "gitrepositories", "GitRepository", custom=True),
    Kind("kustomize.toolkit.fluxcd.io", "v1", "kustomizations", "Kustomization", custom=True),
)


def kind_of(item: Object) -> Kind:
    """The kind of an object; raises ValueError for one the simulator does not know."""
    for kind in KINDS:
        if (kind.api_version, kind.kind) == (item.get("apiVersion"), item.get("kind")):
            return kind
    raise ValueError(f"the simulator has no {item.get('kind')} of {item.get('apiVersion')}")


def kind_named(resource: str) -> Kind:
    """The kind of a resource such as `results.core.k8sgpt.ai`; raises ValueError."""
    for kind in KINDS:
        if kind.resource == resource:
            return kind
    raise ValueError(f"the simulator has no {resource}")


class Refused(Exception):
    """An answer that is a `Status` of failure."""

    def __init__(self, code: int, reason: str, message: str, *, details: Object | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.status: Object = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": message,
            "reason": reason,
            **({"details": details} if details else {}),
            "code": code,
        }


def details(kind: Kind, name: str | None = None, **more: Any) -> Object:
    """The `details` of a Status: what it is about."""
    return {
        **({"name": name} if name else {}),
        **({"group": kind.group} if kind.group else {}),
        "kind": kind.plural,
        **more,
    }


def expired(message: str) -> Refused:
    """410: what was named is too old."""
    return Refused(410, "Expired", message)
