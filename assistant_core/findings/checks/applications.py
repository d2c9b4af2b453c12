"""Argo CD Applications that fare badly, or are not as the repository says."""

from collections.abc import Iterator

from ...models.application import Application, HealthStatus, OperationPhase, SyncStatus
from ...models.cluster import Contents
from ...models.finding import Category, Finding, Severity
from ..subject import Subject
from .found import found

BAD = (HealthStatus.DEGRADED, HealthStatus.MISSING)


def check(contents: Contents) -> Iterator[Finding]:
    """A finding per application with something to say; one that only waits for its sync is worth knowing."""
    for application in contents.applications:
        if texts := list(_texts(application)):
            broken = application.health in BAD or len(texts) > 1 or application.sync is not SyncStatus.OUT_OF_SYNC
            yield found(
                contents.cluster,
                Subject("Application", application.namespace, application.name),
                texts,
                category=None if application.conditions else Category.OTHER,
                severity=Severity.WARNING if broken else Severity.INFO,
            )


def _texts(application: Application) -> Iterator[str]:
    if application.health in BAD:
        yield f"is {application.health}"
    if application.sync is SyncStatus.OUT_OF_SYNC:
        yield "is not as the repository says (OutOfSync)"
    operation = application.operation
    if operation and operation.phase in (OperationPhase.FAILED, OperationPhase.ERROR):
        yield f"its last sync failed: {operation.message}"
    for kind, message in application.conditions:
        if kind.endswith("Error"):
            yield f"{kind}: {message}"
