"""Which workload an object belongs to, where it does not say so itself: from how Kubernetes makes up names."""

import re

from ..models.finding import Owner
from .texts import SAFE

_PATTERNS = {
    "Pod": (
        (re.compile(rf"(.+)-\d{{8,}}-[{SAFE}]{{5}}"), "CronJob"),
        (re.compile(rf"(.+)-[{SAFE}]{{6,10}}-[{SAFE}]{{5}}"), "Deployment"),
        (re.compile(r"(.+)-\d{1,4}"), "StatefulSet"),
        (re.compile(rf"(.+)-(?=[a-z]*\d)[{SAFE}]{{5}}"), "DaemonSet"),
    ),
    "ReplicaSet": ((re.compile(rf"(.+)-[{SAFE}]{{6,10}}"), "Deployment"),),
    "Job": ((re.compile(r"(.+)-\d{8,}"), "CronJob"),),
}


def guessed_owner(kind: str, name: str) -> Owner | None:
    """The workload that an object of this name most likely belongs to; None: it stands for itself."""
    for pattern, owner in _PATTERNS.get(kind, ()):
        if match := pattern.fullmatch(name):
            return Owner(owner, match[1])
    return None
