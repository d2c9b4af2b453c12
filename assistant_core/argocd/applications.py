"""An Application (argoproj.io/v1alpha1) as what we say of it.

`status.sync.revision` is what it was compared with, not what is deployed; applications of several sources have
`revisions` instead. `status.resources[].health` is gone since Argo CD 3.0, so that nothing here relies on it.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from ..kube.fields import entries, labels, moment, section, text
from ..models.application import (
    Application,
    Deployment,
    HealthStatus,
    Operation,
    OperationPhase,
    SyncStatus,
)
from .sources import file_sources

HISTORY = 10


def application_from(item: dict[str, Any]) -> Application:
    """An Application as the API serves it."""
    metadata, spec, status = item["metadata"], section(item, "spec"), section(item, "status")
    sync = section(status, "sync")
    return Application(
        namespace=metadata["namespace"],
        name=metadata["name"],
        project=text(spec, "project"),
        destination=text(section(spec, "destination"), "namespace"),
        sync=_known(SyncStatus, sync.get("status")),
        health=_known(HealthStatus, section(status, "health").get("status")),
        compared=_revisions(sync),
        operation=_operation(section(status, "operationState")),
        history=tuple(entry for each in entries(status, "history")[-HISTORY:] if (entry := _deployment(each))),
        conditions=tuple((text(each, "type"), text(each, "message")) for each in entries(status, "conditions")),
        labels=labels(item),
        sources=tuple(file_sources(item)),
    )


def _operation(state: dict[str, Any]) -> Operation | None:
    if not state:
        return None
    return Operation(
        phase=_known(OperationPhase, state.get("phase")),
        message=text(state, "message"),
        revisions=_revisions(section(state, "syncResult")),
        finished=moment(state, "finishedAt"),
    )


def _deployment(entry: dict[str, Any]) -> Deployment | None:
    match entry, moment(entry, "deployedAt"):
        case {"id": int(number)}, datetime() as at:
            return Deployment(id=number, revisions=_revisions(entry), at=at)
    return None


def _revisions(item: dict[str, Any]) -> tuple[str, ...]:
    match item:
        case {"revisions": [*revisions]} if revisions:
            return tuple(map(str, revisions))
        case {"revision": str(revision)} if revision:
            return (revision,)
    return ()


def _known[E: StrEnum](values: type[E], value: object) -> E:
    """The member of that value; a newer server may have others."""
    return next((member for member in values if member.value == value), values("Unknown"))
