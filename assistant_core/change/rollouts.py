"""Whether the cluster has followed a merge, told from its Argo CD Applications."""

from collections.abc import Collection, Sequence
from enum import Enum
from typing import NamedTuple

from ..models.application import Application, HealthStatus, OperationPhase, SyncStatus
from ..models.reasons import Reason, Why
from ..redaction import redact

_MAX_REASON = 300
_FAILED = (OperationPhase.FAILED, OperationPhase.ERROR)
_WELL = (HealthStatus.HEALTHY, HealthStatus.SUSPENDED)
_UNWELL = {
    HealthStatus.DEGRADED: (Why.DEGRADED, Why.DEGRADED_BECAUSE),
    HealthStatus.MISSING: (Why.MISSING, Why.MISSING_BECAUSE),
}


class Stage(Enum):
    """How far the cluster is."""

    WAITING = "waiting"
    UNSYNCED = "unsynced"
    SYNCED = "synced"
    HEALTHY = "healthy"
    DEGRADED = "degraded"


class Rollout(NamedTuple):
    """A stage, with why where something is wrong."""

    stage: Stage
    reason: Reason | None = None


def rollout(applications: Sequence[Application], revisions: Collection[str]) -> Rollout:
    """How far all Applications are; `revisions` are those that have the merge."""
    if not applications:
        return Rollout(Stage.WAITING)
    for each in applications:
        operation = each.operation
        if operation is not None and operation.phase in _FAILED and _has(operation.revisions, revisions):
            return Rollout(Stage.UNSYNCED, _told(Why.UNSYNCED, Why.UNSYNCED_BECAUSE, each.name, operation.message))
    if not all(each.sync is SyncStatus.SYNCED and _has(each.compared, revisions) for each in applications):
        return Rollout(Stage.WAITING)
    for each in applications:
        if each.health in _UNWELL:
            conditions = "; ".join(message for _, message in each.conditions)
            return Rollout(Stage.DEGRADED, _told(*_UNWELL[each.health], each.name, conditions))
    healthy = all(each.health in _WELL for each in applications)
    return Rollout(Stage.HEALTHY if healthy else Stage.SYNCED)


def _has(found: Sequence[str], revisions: Collection[str]) -> bool:
    return any(each in revisions for each in found)


def _told(bare: Why, because: Why, name: str, said: str) -> Reason:
    message = " ".join(redact(said).split())[:_MAX_REASON].rstrip(".")
    return because.told(name=name, message=message) if message else bare.told(name=name)
