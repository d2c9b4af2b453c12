"""Our own deterministic checks, so that a cluster without k8sgpt has findings too. One file a check.

Each looks at everything there is and says what is wrong now; what it says no more is no longer wrong.
"""

from collections.abc import Callable, Iterator

from ...models.cluster import Contents
from ...models.finding import Finding
from . import applications, claims, jobs, nodes, pods, workloads

type Check = Callable[[Contents], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    nodes.check,
    workloads.check,
    pods.check,
    claims.check,
    jobs.check,
    applications.check,
)

__all__ = ["CHECKS", "Check"]
