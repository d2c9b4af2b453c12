"""Deployments, StatefulSets and DaemonSets that have fewer ready pods than they want."""

from collections.abc import Iterator

from ...models.cluster import Contents
from ...models.finding import Category, Finding, Severity
from .found import Object, found


def check(contents: Contents) -> Iterator[Finding]:
    """A finding per workload that is short of pods; why is for the pods to say."""
    for workload in contents.workloads:
        if workload.ready < workload.wanted:
            yield found(
                contents.cluster,
                Object(workload.kind, workload.namespace, workload.name),
                [f"{workload.ready} of {workload.wanted} pods are ready"],
                category=Category.OTHER,
                severity=Severity.WARNING if workload.ready else Severity.CRITICAL,
            )
