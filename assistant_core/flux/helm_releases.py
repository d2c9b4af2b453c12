"""A HelmRelease (helm.toolkit.fluxcd.io/v2) as what we say of it; its revisions are versions of its chart."""

from collections.abc import Iterator
from typing import Any

from ..kube.fields import count, entries, labels, moment, section, text
from ..models.application import Application, Deployment, SyncStatus
from .status import health, is_observed, operation, readiness

SYNC = {"True": SyncStatus.SYNCED, "False": SyncStatus.OUT_OF_SYNC}


def helm_release_from(item: dict[str, Any]) -> Application:
    """A HelmRelease as the API serves it."""
    metadata, spec, status = item["metadata"], section(item, "spec"), section(item, "status")
    attempted = tuple(filter(None, (text(status, "lastAttemptedRevision"),)))
    sync = SYNC.get(readiness(item)[0], SyncStatus.UNKNOWN)
    return Application(
        namespace=metadata["namespace"],
        name=metadata["name"],
        project="",
        destination=text(spec, "targetNamespace") or metadata["namespace"],
        sync=sync if is_observed(item) else SyncStatus.OUT_OF_SYNC,
        health=health(item),
        compared=attempted,
        operation=operation(item, attempted),
        history=tuple(sorted(_history(status), key=lambda each: each.id)),
        conditions=(),
        labels=labels(item),
        kind="HelmRelease",
    )


def _history(status: dict[str, Any]) -> Iterator[Deployment]:
    """The releases that Helm made."""
    for entry in entries(status, "history"):
        if (at := moment(entry, "lastDeployed")) is not None:
            yield Deployment(id=count(entry, "version"), revisions=(text(entry, "chartVersion"),), at=at)
