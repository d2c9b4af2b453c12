"""What a problem is about and how much it matters, from its object's kind and its texts.

The texts are k8sgpt's (0.4), the kubelet's reasons and our own. Words are looked for rather than patterns: there may be
ten thousand findings.
"""

from collections.abc import Sequence
import re

from ..models.finding import Category, Severity

TELLTALES = (
    (Category.IMAGE, ("pulling image", "pull image", "imagepull", "errimage", "invalidimage", "manifest unknown")),
    (Category.STORAGE, ("storageclass", "volume", "provision", "mount", "no space left")),
    (Category.SCHEDULING, ("schedul", "nodes are available", "insufficient ", "preempt")),
    (Category.CONFIG, ("configmap", 'secret "', "containerconfig", "webhook", "forbidden", "comparisonerror")),
    (Category.CRASH, ("crashloop", "restarting", "termination reason", "oomkilled", "exit code", "probe failed")),
    (Category.NETWORK, ("endpoint", "ingress", "dns", "connection refused", "no route")),
)
"""Words in lower case that give a category away."""

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
COUNTED = "replicas but"  # the commonest text of all says how many are missing and not why
DOWN = (Category.IMAGE, Category.STORAGE, Category.SCHEDULING, Category.CRASH)
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
_SOME_AVAILABLE = re.compile(r"has \d+ replicas? but [1-9]\d* (?:is|are) (?:available|ready)")


def category_of(kind: str, texts: Sequence[str]) -> Category:
    """The most telling category that kind and texts give away; a kind may be `Storage/PersistentVolume`."""
    if known := KINDS.get(kind.rpartition("/")[2]):
        return known
    text = "\n".join(texts).lower()
    if COUNTED in text:
        return Category.OTHER
    for category, words in TELLTALES:
        for word in words:
            if word in text:
                return category
    return Category.OTHER


def severity_of(kind: str, category: Category, texts: Sequence[str]) -> Severity:
    """Critical for what keeps something from running, else a warning."""
    text = "\n".join(texts)
    if kind in WORKLOADS:
        critical = _SOME_AVAILABLE.search(text) is None
    elif kind == "Node":
        critical = "type Ready" in text or "not ready" in text
    else:
        critical = category in DOWN
    return Severity.CRITICAL if critical else Severity.WARNING
