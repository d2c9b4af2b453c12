"""A Kustomization (kustomize.toolkit.fluxcd.io/v1) as what we say of it.

`lastAppliedRevision` moves only when everything was applied and is healthy, `lastAttemptedRevision` before that.
`status.history` is there since Flux 2.7.
"""

from collections.abc import Iterator
import posixpath
from typing import Any

from ..kube.fields import entries, labels, moment, section, text
from ..models.application import Application, Deployment, FileSource, Reach, SyncStatus
from .status import commit, health, operation


def kustomization_from(item: dict[str, Any]) -> Application:
    """A Kustomization as the API serves it."""
    metadata, spec, status = item["metadata"], section(item, "spec"), section(item, "status")
    applied = commit(text(status, "lastAppliedRevision"))
    attempted = commit(text(status, "lastAttemptedRevision"))
    source = section(spec, "sourceRef")
    namespace = text(source, "namespace") or metadata["namespace"]
    return Application(
        namespace=metadata["namespace"],
        name=metadata["name"],
        project="",
        destination=text(spec, "targetNamespace"),
        sync=_sync(applied, attempted),
        health=health(item),
        compared=applied,
        operation=operation(item, attempted),
        history=tuple(sorted(_history(status), key=lambda each: each.at)),
        conditions=(),
        labels=labels(item),
        kind="Kustomization",
        sources=(
            FileSource(
                repository=f"{text(source, 'kind')}/{namespace}/{text(source, 'name')}",
                folder=posixpath.normpath(posixpath.join("/", text(spec, "path"))).strip("/"),
                reach=Reach.OVERLAY,
            ),
        ),
    )


def _sync(applied: tuple[str, ...], attempted: tuple[str, ...]) -> SyncStatus:
    if not attempted:
        return SyncStatus.UNKNOWN
    return SyncStatus.SYNCED if applied == attempted else SyncStatus.OUT_OF_SYNC


def _history(status: dict[str, Any]) -> Iterator[Deployment]:
    """What was applied; the time at which it first was stands for a number, as it has none."""
    for entry in entries(status, "history"):
        at = moment(entry, "firstReconciled")
        if at is not None and text(entry, "lastReconciledStatus") == "ReconciliationSucceeded":
            revisions = commit(text(section(entry, "metadata"), "revision"))
            yield Deployment(id=int(at.timestamp()), revisions=revisions, at=at)
