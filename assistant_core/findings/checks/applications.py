"""Argo CD's Applications, and what Flux deploys, that fare badly, or are not as the repository says.

One that fares badly because a workload of it is short of pods is the workload's problem, not another one.
"""

from collections.abc import Iterator

from ...models.application import Application, HealthStatus, OperationPhase, SyncStatus
from ...models.cluster import Contents
from ...models.finding import Category, Finding, Severity
from .found import Object, found

BAD = (HealthStatus.DEGRADED, HealthStatus.MISSING)


def check(contents: Contents) -> Iterator[Finding]:
    """A finding per application with something to say; one that only waits for its sync is worth knowing."""
    explained = {each.application for each in contents.workloads if each.ready < each.wanted}
    for application in contents.applications:
        if texts := list(_texts(application, explained=application.name in explained)):
            broken = application.health in BAD or len(texts) > 1 or application.sync is not SyncStatus.OUT_OF_SYNC
            yield found(
                contents.cluster,
                Object(application.kind, application.namespace, application.name),
                texts,
                category=None if application.conditions else Category.OTHER,
                severity=Severity.WARNING if broken else Severity.INFO,
            )


def _texts(application: Application, *, explained: bool) -> Iterator[str]:
    if application.health in BAD and not explained:
        yield f"is {application.health}"
    if application.sync is SyncStatus.OUT_OF_SYNC:
        yield "is not as the repository says (OutOfSync)"
    operation = application.operation
    if operation and operation.phase in (OperationPhase.FAILED, OperationPhase.ERROR):
        yield f"its last sync failed: {operation.message}"
    for kind, message in application.conditions:
        if kind.endswith("Error"):
            yield f"{kind}: {message}"
