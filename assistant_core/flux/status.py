"""What Flux's objects say of themselves: the condition Ready, and revisions such as `main@sha1:5d1f...`."""

from typing import Any

from ..kube.fields import conditions, section
from ..models.application import HealthStatus, Operation, OperationPhase
from ..models.cluster import Complaint

HEALTH = {"True": HealthStatus.HEALTHY, "False": HealthStatus.DEGRADED, "Unknown": HealthStatus.PROGRESSING}
PHASES = {"True": OperationPhase.SUCCEEDED, "False": OperationPhase.FAILED, "Unknown": OperationPhase.RUNNING}


def readiness(item: dict[str, Any]) -> tuple[str, Complaint | None]:
    """Whether it is Ready ("True", "False", "Unknown", or "" when it does not say), and what it says of that."""
    if not is_observed(item):
        return "Unknown", None
    return next(((status, said) for status, said in conditions(item) if said.type == "Ready"), ("", None))


def is_observed(item: dict[str, Any]) -> bool:
    """Whether its controller has looked at it since it was last written."""
    observed, written = section(item, "status").get("observedGeneration"), section(item, "metadata").get("generation")
    return written is None or observed == written


def health(item: dict[str, Any]) -> HealthStatus:
    """How it fares."""
    if section(item, "spec").get("suspend") is True:
        return HealthStatus.SUSPENDED
    return HEALTH.get(readiness(item)[0], HealthStatus.UNKNOWN)


def operation(item: dict[str, Any], attempted: tuple[str, ...]) -> Operation | None:
    """How the last attempt went."""
    ready, said = readiness(item)
    if said is None or ready not in PHASES:
        return None
    phase = PHASES[ready]
    finished = None if phase is OperationPhase.RUNNING else said.since
    return Operation(phase=phase, message=said.message, revisions=attempted, finished=finished)


def commit(revision: str) -> tuple[str, ...]:
    """The commit of a revision, which is BRANCH@ALGORITHM:COMMIT, or BRANCH/COMMIT before Flux 2.0; none of ""."""
    found = revision.rpartition(":")[2] if "@" in revision or ":" in revision else revision.rpartition("/")[2]
    return (found,) if found else ()
