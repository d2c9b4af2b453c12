"""The demo's cluster: what runs of the demo's GitOps repository, and what is wrong with it.

Jellyfin waits for a volume of a storage class that nobody installed, and Mosquitto's container crashes.
"""

from dataclasses import dataclass

from .kubernetes_objects import Object
from .results import k8sgpt, result

REVISION = "4a75483a1c0ffee0000000000000000000000001"
SYNCED_AT = "2026-11-22T18:59:58Z"
NODES = ("k3s-server", "k3s-1", "k3s-2")


@dataclass(frozen=True)
class Workload:
    """A workload of the repository as it runs; `app` is the ArgoCD Application that owns it."""

    namespace: str
    name: str
    image: str
    app: str
    kind: str = "Deployment"
    replicas: int = 1
    waiting: str | None = None

    @property
    def ready(self) -> int:
        """How many of its pods are."""
        return 0 if self.waiting else self.replicas

    @property
    def labels(self) -> dict[str, str]:
        """The labels its pods are found by."""
        key = "app.kubernetes.io/name" if self.name in ("mosquitto", "grafana") else "app"
        return {key: self.name}


WORKLOADS = (
    Workload("media", "jellyfin", "jellyfin/jellyfin:10.10.7", "jellyfin", waiting="Unschedulable"),
    Workload("media", "sonarr", "lscr.io/linuxserver/sonarr:4.0.10", "sonarr"),
    Workload("home", "mosquitto", "eclipse-mosquitto:2.0.20", "mosquitto", "StatefulSet", waiting="CrashLoopBackOff"),
    Workload("home", "paperless", "ghcr.io/paperless-ngx/paperless-ngx:2.13.5", "paperless"),
    Workload("home", "paperless-redis", "redis:7.4-alpine", "paperless"),
    Workload("monitoring", "grafana", "docker.io/grafana/grafana:11.3.1", "grafana"),
    Workload("web", "homepage", "ghcr.io/gethomepage/homepage:v0.9.11", "homepage", replicas=2),
)


def seeds() -> list[Object]:
    """Every object of the demo's cluster."""
    namespaces = sorted({workload.namespace for workload in WORKLOADS} | {"argocd", "k8sgpt-operator-system"})
    return [
        *map(_namespace, namespaces),
        *map(_node, NODES),
        *map(_workload, WORKLOADS),
        *(_pod(workload, index) for workload in WORKLOADS for index in range(workload.replicas)),
        *(_application(app) for app in sorted({workload.app for workload in WORKLOADS})),
        *_claim(),
        k8sgpt(),
        *results(),
    ]


def results() -> list[Object]:
    """What k8sgpt found."""
    return [
        result(
            "Deployment",
            "media/jellyfin",
            "Deployment media/jellyfin has 1 replicas but 0 are available with status running",
            sensitive=("media", "jellyfin"),
            explanation="Error: Jellyfin's only pod does not run.\n"
            "Solution: 1. Look at the pod's events. 2. See that its volume claim config-jellyfin is bound.",
        ),
        result(
            "PersistentVolumeClaim",
            "media/config-jellyfin",
            'storageclass.storage.k8s.io "longhorn" not found',
            explanation="Error: The claim asks for a storage class that does not exist.\n"
            "Solution: 1. List the classes there are. 2. Use one of them, or install Longhorn.",
        ),
        result(
            "Pod",
            "home/mosquitto-0",
            "the last termination reason is Error container=mosquitto pod=mosquitto-0",
            explanation="Error: The container ends with an error soon after it started.\n"
            "Solution: 1. Read its log. 2. See that its password file exists.",
        ),
    ]


def _namespace(name: str) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}, "status": {"phase": "Active"}}


def _node(name: str) -> Object:
    conditions = [
        {"type": "DiskPressure", "status": "False", "reason": "KubeletHasNoDiskPressure"},
        {"type": "MemoryPressure", "status": "False", "reason": "KubeletHasSufficientMemory"},
        {"type": "Ready", "status": "True", "reason": "KubeletReady"},
    ]
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
        "spec": {},
        "status": {"conditions": conditions, "nodeInfo": {"kubeletVersion": "v1.36.2+k3s1"}},
    }


def _workload(workload: Workload) -> Object:
    container = {"name": workload.name, "image": workload.image}
    status = {"replicas": workload.replicas, "updatedReplicas": workload.replicas}
    tracking = f"{workload.app}:apps/{workload.kind}:{workload.namespace}/{workload.name}"
    return {
        "apiVersion": "apps/v1",
        "kind": workload.kind,
        "metadata": {
            "name": workload.name,
            "namespace": workload.namespace,
            "labels": workload.labels,
            "annotations": {"argocd.argoproj.io/tracking-id": tracking},
        },
        "spec": {
            "replicas": workload.replicas,
            "selector": {"matchLabels": workload.labels},
            "template": {"metadata": {"labels": workload.labels}, "spec": {"containers": [container]}},
        },
        "status": status | ({"readyReplicas": workload.ready} if workload.ready else {}),
    }


def _pod(workload: Workload, index: int) -> Object:
    owner = workload.name if workload.kind == "StatefulSet" else f"{workload.name}-7d9c6b8f5d"
    suffix = str(index) if workload.kind == "StatefulSet" else f"x2k4{'qz'[index]}"
    kind = "StatefulSet" if workload.kind == "StatefulSet" else "ReplicaSet"
    scheduled = workload.waiting != "Unschedulable"
    container: Object = {"name": workload.name, "image": workload.image, "ready": not workload.waiting}
    container["state"] = {"waiting": {"reason": workload.waiting}} if workload.waiting else {"running": {}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{owner}-{suffix}",
            "namespace": workload.namespace,
            "labels": workload.labels,
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": kind, "name": owner, "controller": True}],
        },
        "spec": {"containers": [{"name": workload.name, "image": workload.image}]}
        | ({"nodeName": NODES[1 + index]} if scheduled else {}),
        "status": {
            "phase": "Running" if scheduled else "Pending",
            "conditions": [
                {"type": "PodScheduled", "status": str(scheduled)}
                | ({} if scheduled else {"reason": "Unschedulable", "message": "unbound PersistentVolumeClaims"})
            ],
        }
        | ({"containerStatuses": [container]} if scheduled else {}),
    }


def _claim() -> list[Object]:
    """Jellyfin's claim, and what the provisioner says of it."""
    about = {"kind": "PersistentVolumeClaim", "namespace": "media", "name": "config-jellyfin"}
    return [
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "config-jellyfin", "namespace": "media"},
            "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "longhorn"},
            "status": {"phase": "Pending"},
        },
        {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": "config-jellyfin.17a2b3c4d5e6f708", "namespace": "media"},
            "involvedObject": {"apiVersion": "v1", **about},
            "type": "Warning",
            "reason": "ProvisioningFailed",
            "message": 'storageclass.storage.k8s.io "longhorn" not found',
            "count": 12,
            "lastTimestamp": SYNCED_AT,
        },
    ]


def _application(app: str) -> Object:
    owned = [workload for workload in WORKLOADS if workload.app == app]
    healthy = all(workload.ready for workload in owned)
    source = {"repoURL": "https://github.com/demo/homelab.git", "targetRevision": "main", "path": _path(app)}
    if app == "grafana":
        source = {
            "repoURL": "https://grafana.github.io/helm-charts",
            "chart": "grafana",
            "targetRevision": "8.6.4",
        }
    revision = source["targetRevision"] if app == "grafana" else REVISION
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": app, "namespace": "argocd"},
        "spec": {
            "destination": {"namespace": owned[0].namespace, "server": "https://kubernetes.default.svc"},
            "project": "default",
            "source": source,
            "syncPolicy": {"automated": {"prune": True, "selfHeal": True}},
        },
        "status": {
            "health": {"status": "Healthy" if healthy else "Degraded"},
            "history": [{"deployedAt": SYNCED_AT, "id": 7, "revision": revision, "source": source}],
            "operationState": {
                "finishedAt": SYNCED_AT,
                "message": "successfully synced (all tasks run)",
                "phase": "Succeeded",
                "startedAt": "2026-11-22T18:59:50Z",
                "syncResult": {"revision": revision, "source": source},
            },
            "reconciledAt": "2026-11-22T19:00:10Z",
            "resources": [
                {
                    "group": "apps",
                    "kind": workload.kind,
                    "name": workload.name,
                    "namespace": workload.namespace,
                    "status": "Synced",
                    "version": "v1",
                }
                for workload in owned
            ],
            "sourceType": "Helm" if app == "grafana" else "Kustomize" if app == "homepage" else "Directory",
            "summary": {"images": [workload.image for workload in owned]},
            "sync": {"revision": revision, "status": "Synced"},
        },
    }


def _path(app: str) -> str:
    namespace = next(workload.namespace for workload in WORKLOADS if workload.app == app)
    return f"apps/{namespace}/{app}" + ("/overlays/home" if app == "homepage" else "")
