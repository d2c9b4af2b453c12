"""Deployments, StatefulSets and DaemonSets."""

from collections.abc import Callable
from typing import Any

from ..kube.fields import count, entries, labels, moment, section, text
from ..models.cluster import Workload

TRACKING = "argocd.argoproj.io/tracking-id"  # `app:group/Kind:namespace/name`
INSTANCE = "app.kubernetes.io/instance"


def workload_from(kind: str) -> Callable[[dict[str, Any]], Workload]:
    """How to read the objects of a kind; lists do not say it."""

    def read(item: dict[str, Any]) -> Workload:
        spec, status, metadata = section(item, "spec"), section(item, "status"), section(item, "metadata")
        if kind == "DaemonSet":
            wanted, ready = count(status, "desiredNumberScheduled"), count(status, "numberReady")
        else:
            wanted, ready = count(spec, "replicas", 1), count(status, "readyReplicas")
        containers = entries(section(spec, "template", "spec"), "containers")
        return Workload(
            kind=kind,
            namespace=metadata["namespace"],
            name=metadata["name"],
            wanted=wanted,
            ready=ready,
            images=tuple(text(each, "image") for each in containers),
            labels=labels(item),
            application=_application(item),
            created=moment(metadata, "creationTimestamp"),
            containers=tuple(text(each, "name") for each in containers),
        )

    return read


def _application(item: dict[str, Any]) -> str | None:
    """The Argo CD Application that tracks an object, by annotation or label."""
    tracking = text(section(item, "metadata", "annotations"), TRACKING)
    return tracking.partition(":")[0] or text(section(item, "metadata", "labels"), INSTANCE) or None
