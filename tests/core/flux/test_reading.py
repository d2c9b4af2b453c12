"""Flux's objects in the words we have for Applications."""

from datetime import UTC, datetime
from typing import Any

import pytest

from assistant_core.flux import GitRepository, git_repository_from, helm_release_from, kustomization_from
from assistant_core.models.application import (
    Deployment,
    FileSource,
    HealthStatus,
    Operation,
    OperationPhase,
    Reach,
    SyncStatus,
)

NOON = "2026-11-22T12:00:00Z"
AT_NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
METADATA = {"namespace": "flux-system", "name": "apps", "generation": 2}


def ready(status: str, message: str = "") -> dict[str, Any]:
    condition = {"type": "Ready", "status": status, "message": message, "lastTransitionTime": NOON}
    return {"observedGeneration": 2, "conditions": [{"type": "Reconciling", "status": "True"}, condition]}


def kustomization(status: dict[str, Any], **spec: Any) -> dict[str, Any]:
    source = {"kind": "GitRepository", "name": "home"}
    return {"metadata": METADATA, "spec": {"path": "./apps/", "sourceRef": source, **spec}, "status": status}


def test_a_kustomization_is_read() -> None:
    history = [
        {
            "firstReconciled": NOON,
            "lastReconciledStatus": "ReconciliationSucceeded",
            "metadata": {"revision": "m@sha1:b"},
        },
        {"firstReconciled": NOON, "lastReconciledStatus": "HealthCheckFailed", "metadata": {"revision": "m@sha1:c"}},
    ]
    status = ready("True", "Applied") | {
        "lastAppliedRevision": "main@sha1:b",
        "lastAttemptedRevision": "main@sha1:b",
        "history": history,
    }
    found = kustomization_from(kustomization(status, targetNamespace="media"))
    assert (found.kind, found.namespace, found.name, found.destination) == (
        "Kustomization", "flux-system", "apps", "media",
    )  # fmt: skip
    assert (found.sync, found.health, found.compared) == (SyncStatus.SYNCED, HealthStatus.HEALTHY, ("b",))
    assert found.operation == Operation(
        phase=OperationPhase.SUCCEEDED, message="Applied", revisions=("b",), finished=AT_NOON
    )
    assert found.history == (Deployment(id=int(AT_NOON.timestamp()), revisions=("b",), at=AT_NOON),)
    assert found.sources == (
        FileSource(repository="GitRepository/flux-system/home", folder="apps", reach=Reach.OVERLAY),
    )


def test_a_failed_attempt_names_what_it_tried() -> None:
    status = ready("False", "boom") | {"lastAppliedRevision": "main@sha1:a", "lastAttemptedRevision": "main@sha1:b"}
    found = kustomization_from(kustomization(status))
    assert (found.sync, found.health, found.compared) == (SyncStatus.OUT_OF_SYNC, HealthStatus.DEGRADED, ("a",))
    assert found.operation is not None
    assert (found.operation.phase, found.operation.revisions) == (OperationPhase.FAILED, ("b",))


@pytest.mark.parametrize(
    ("status", "spec", "health"),
    [
        (ready("Unknown"), {}, HealthStatus.PROGRESSING),
        (ready("True") | {"observedGeneration": 1}, {}, HealthStatus.PROGRESSING),
        (ready("True"), {"suspend": True}, HealthStatus.SUSPENDED),
        ({"observedGeneration": 2}, {}, HealthStatus.UNKNOWN),
        (ready("Perhaps"), {}, HealthStatus.UNKNOWN),
    ],
)
def test_how_it_fares_is_its_condition_ready(status: Any, spec: Any, health: HealthStatus) -> None:
    assert kustomization_from(kustomization(status, **spec)).health is health


@pytest.mark.parametrize(("revision", "commit"), [("main/abc", "abc"), ("sha256:abc", "abc"), ("", None)])
def test_revisions_of_other_sources_and_versions_are_read(revision: str, commit: str | None) -> None:
    found = kustomization_from(kustomization(ready("True") | {"lastAppliedRevision": revision}))
    assert found.compared == ((commit,) if commit else ())


def test_a_helm_release_is_read() -> None:
    status = ready("True") | {
        "lastAttemptedRevision": "8.6.4",
        "history": [{"version": 3, "chartVersion": "8.6.4", "lastDeployed": NOON}, {"version": 2}],
    }
    found = helm_release_from({"metadata": METADATA, "spec": {}, "status": status})
    assert (found.kind, found.sync, found.health) == ("HelmRelease", SyncStatus.SYNCED, HealthStatus.HEALTHY)
    assert (found.compared, found.destination) == (("8.6.4",), "flux-system")
    assert found.history == (Deployment(id=3, revisions=("8.6.4",), at=AT_NOON),)
    assert found.sources == ()


def test_a_helm_release_that_was_just_written_is_not_there_yet() -> None:
    found = helm_release_from({"metadata": METADATA, "status": ready("True") | {"observedGeneration": 1}})
    assert (found.sync, found.health) == (SyncStatus.OUT_OF_SYNC, HealthStatus.PROGRESSING)


def test_a_git_repository_is_read() -> None:
    item = {"metadata": METADATA, "spec": {"url": "ssh://git@github.com/anna/homelab"}}
    assert git_repository_from(item) == GitRepository(
        reference="GitRepository/flux-system/apps", url="ssh://git@github.com/anna/homelab"
    )
