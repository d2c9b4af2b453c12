"""What a problem is about and how much it matters, from its object's kind and its texts.

The texts are k8sgpt's (0.4), the kubelet's reasons and our own.
"""

from collections.abc import Iterable
import re

from ..models.finding import Category, Severity

TELLTALES = {
    Category.IMAGE: r"pulling image|pull image|ImagePullBackOff|ErrImage|InvalidImageName|manifest unknown",
    Category.STORAGE: r"storageclass|persistentvolume|volume|provision|mount|no space left",
    Category.SCHEDULING: r"unschedulable|failedscheduling|nodes are available|insufficient (?:cpu|memory)|preempt",
    Category.CONFIG: r"configmap|secret\b|ContainerConfigError|webhook|forbidden|comparisonerror|out of sync",
    Category.CRASH: r"crashloop|back-off restarting|termination reason|oomkilled|exit code|probe failed|unhealthy",
    Category.NETWORK: r"endpoints?\b|ingress|dns|connection refused|no route|networkunavailable",
}
_TELLTALES = {category: re.compile(pattern, re.IGNORECASE) for category, pattern in TELLTALES.items()}
KINDS = {
    "Node": Category.NODE,
    "PersistentVolume": Category.STORAGE,
    "PersistentVolumeClaim": Category.STORAGE,
    "StorageClass": Category.STORAGE,
    "ConfigMap": Category.CONFIG,
    "Service": Category.NETWORK,
    "Ingress": Category.NETWORK,
    "NetworkPolicy": Category.NETWORK,
    "Gateway": Category.NETWORK,
    "HTTPRoute": Category.NETWORK,
}
DOWN = {Category.IMAGE, Category.STORAGE, Category.SCHEDULING, Category.CRASH}
_SOME_AVAILABLE = re.compile(r"has \d+ replicas? but [1-9]\d* (?:is|are) (?:available|ready)")
_NOT_READY = re.compile(r"type Ready|not ready", re.IGNORECASE)


def category_of(kind: str, texts: Iterable[str]) -> Category:
    """The most telling category that kind and texts give away; a kind may be `Storage/PersistentVolume`."""
    if known := KINDS.get(kind.rpartition("/")[2]):
        return known
    text = "\n".join(texts)
    return next((category for category, telltale in _TELLTALES.items() if telltale.search(text)), Category.OTHER)


def severity_of(kind: str, category: Category, texts: Iterable[str]) -> Severity:
    """Critical for what keeps something from running, else a warning."""
    if kind == "Node":
        return Severity.CRITICAL if any(map(_NOT_READY.search, texts)) else Severity.WARNING
    if kind in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"):
        return Severity.WARNING if any(map(_SOME_AVAILABLE.search, texts)) else Severity.CRITICAL
    return Severity.CRITICAL if category in DOWN else Severity.WARNING
