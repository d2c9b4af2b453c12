"""Whether the cluster has followed a merge, told from its Argo CD Applications."""

from collections.abc import Collection, Sequence
from enum import Enum
from typing import NamedTuple

from ..models.application import Application, HealthStatus, OperationPhase, SyncStatus
from ..redaction import redact

_MAX_REASON = 300
_FAILED = (OperationPhase.FAILED, OperationPhase.ERROR)
_WELL = (HealthStatus.HEALTHY, HealthStatus.SUSPENDED)
_UNWELL = (HealthStatus.DEGRADED, HealthStatus.MISSING)


class Stage(Enum):
    """How far the cluster is."""

    WAITING = "waiting"
    UNSYNCED = "unsynced"
    SYNCED = "synced"
    HEALTHY = "healthy"
    DEGRADED = "degraded"


class Rollout(NamedTuple):
    """A stage, with the sentence that explains it where something is wrong."""

    stage: Stage
    reason: str = ""


def rollout(applications: Sequence[Application], revisions: Collection[str]) -> Rollout:
    """How far all Applications are; `revisions` are those that have the merge."""
    if not applications:
        return Rollout(Stage.WAITING)
    for each in applications:
        operation = each.operation
        if operation is not None and operation.phase in _FAILED and _has(operation.revisions, revisions):
            return Rollout(Stage.UNSYNCED, _sentence(f"{each.name} could not be synced", operation.message))
    if not all(each.sync is SyncStatus.SYNCED and _has(each.compared, revisions) for each in applications):
        return Rollout(Stage.WAITING)
    for each in applications:
        if each.health in _UNWELL:
            conditions = "; ".join(message for _, message in each.conditions)
            return Rollout(Stage.DEGRADED, _sentence(f"{each.name} is {each.health.value.lower()}", conditions))
    healthy = all(each.health in _WELL for each in applications)
    return Rollout(Stage.HEALTHY if healthy else Stage.SYNCED)


def _has(found: Sequence[str], revisions: Collection[str]) -> bool:
    return any(each in revisions for each in found)


def _sentence(what: str, why: str) -> str:
    why = " ".join(redact(why).split())[:_MAX_REASON].rstrip(".")
    return f"{what}: {why}." if why else f"{what}."
