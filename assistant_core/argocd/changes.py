"""What happened to an application between two looks at it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from ..models.application import (
    Application,
    ApplicationChange,
    ApplicationEvent,
    HealthStatus,
    OperationPhase,
    SyncStatus,
)
from ..models.watching import Deployed

_SYNC = {SyncStatus.SYNCED: ApplicationEvent.SYNCED, SyncStatus.OUT_OF_SYNC: ApplicationEvent.OUT_OF_SYNC}
_HEALTH = {
    HealthStatus.HEALTHY: ApplicationEvent.HEALTHY,
    HealthStatus.PROGRESSING: ApplicationEvent.PROGRESSING,
    HealthStatus.DEGRADED: ApplicationEvent.DEGRADED,
    HealthStatus.SUSPENDED: ApplicationEvent.SUSPENDED,
    HealthStatus.MISSING: ApplicationEvent.MISSING,
}
_FAILED = (OperationPhase.FAILED, OperationPhase.ERROR)


def application_changes(before: Application | None, after: Application | None) -> Iterator[ApplicationChange]:
    """What to tell; a state that is not known tells nothing."""
    if before is None and after is not None:
        yield ApplicationChange(event=ApplicationEvent.APPEARED, application=after)
    elif before is not None and after is None:
        yield ApplicationChange(event=ApplicationEvent.REMOVED, application=before)
    elif before is not None and after is not None:
        for event in _events(before, after):
            yield ApplicationChange(event=event, application=after)


def deployed_since(applications: Iterable[Application], since: datetime) -> tuple[Deployed, ...]:
    """What was deployed since then, oldest first."""
    deployed = [
        Deployed(namespace=each.namespace, application=each.name, deployment=deployment)
        for each in applications
        for deployment in each.history
        if deployment.at >= since
    ]
    return tuple(sorted(deployed, key=lambda each: each.deployment.at))


def _events(before: Application, after: Application) -> Iterator[ApplicationEvent]:
    if _failed(after) and (not _failed(before) or _finished(before) != _finished(after)):
        yield ApplicationEvent.SYNC_FAILED
    if {each.id for each in after.history} - {each.id for each in before.history}:
        yield ApplicationEvent.DEPLOYED
    if after.sync is not before.sync and after.sync in _SYNC:
        yield _SYNC[after.sync]
    if after.health is not before.health and after.health in _HEALTH:
        yield _HEALTH[after.health]


def _failed(application: Application) -> bool:
    return application.operation is not None and application.operation.phase in _FAILED


def _finished(application: Application) -> object:
    return application.operation and application.operation.finished
