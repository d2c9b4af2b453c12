from dataclasses import replace
from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from assistant_core.argocd import application_changes, application_from
from assistant_core.models.application import (
    Application,
    ApplicationEvent,
    Deployment,
    HealthStatus,
    Operation,
    OperationPhase,
    SyncStatus,
)

RECORDED = Path(__file__).parents[2] / "fixtures" / "kubernetes" / "applications_list.txt"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SYNCED = Operation(phase=OperationPhase.SUCCEEDED, message="", revisions=("a",), finished=NOON)
IT = Application(
    namespace="argocd",
    name="jellyfin",
    project="default",
    destination="media",
    sync=SyncStatus.SYNCED,
    health=HealthStatus.HEALTHY,
    compared=("a",),
    operation=SYNCED,
    history=(Deployment(id=1, revisions=("a",), at=NOON),),
    conditions=(),
)


def read(**status: Any) -> Application:
    return application_from({"metadata": {"namespace": "argocd", "name": "jellyfin"}, "spec": {}, "status": status})


def test_recorded_applications_are_read() -> None:
    items = json.loads(RECORDED.read_text().partition("\n--\n")[2].partition("\n\n")[2])["items"]
    found = [application_from(item) for item in items]
    assert [each.name for each in found] == [item["metadata"]["name"] for item in items]


def test_an_application_is_summed_up() -> None:
    found = read(
        sync={"status": "OutOfSync", "revision": "b"},
        health={"status": "Degraded"},
        operationState={
            "phase": "Failed",
            "message": "no",
            "finishedAt": "2026-11-22T12:00:00Z",
            "syncResult": {"revision": "a"},
        },
        history=[{"id": 1, "revision": "a", "deployedAt": "2026-11-22T12:00:00Z"}, {"id": 2}],
        conditions=[{"type": "SyncError", "message": "text"}],
    )
    assert (found.sync, found.health, found.compared) == (SyncStatus.OUT_OF_SYNC, HealthStatus.DEGRADED, ("b",))
    assert found.operation == Operation(phase=OperationPhase.FAILED, message="no", revisions=("a",), finished=NOON)
    assert found.history == (Deployment(id=1, revisions=("a",), at=NOON),)
    assert found.conditions == (("SyncError", "text"),)


def test_what_a_newer_server_says_is_unknown() -> None:
    found = read(sync={"status": "Sideways"}, health={"status": None}, operationState={"phase": 7})
    assert (found.sync, found.health) == (SyncStatus.UNKNOWN, HealthStatus.UNKNOWN)
    assert found.operation is not None
    assert found.operation.phase is OperationPhase.UNKNOWN


def test_an_application_of_several_sources_has_several_revisions() -> None:
    assert read(sync={"status": "Synced", "revisions": ["a", "b"]}).compared == ("a", "b")


@pytest.mark.parametrize(
    ("after", "events"),
    [
        (IT, []),
        (replace(IT, sync=SyncStatus.OUT_OF_SYNC), ["out_of_sync"]),
        (replace(IT, sync=SyncStatus.UNKNOWN), []),
        (replace(IT, health=HealthStatus.DEGRADED), ["degraded"]),
        (replace(IT, health=HealthStatus.PROGRESSING), ["progressing"]),
        (replace(IT, health=HealthStatus.SUSPENDED), ["suspended"]),
        (replace(IT, health=HealthStatus.MISSING), ["missing"]),
        (replace(IT, operation=replace(SYNCED, phase=OperationPhase.ERROR)), ["sync_failed"]),
        (replace(IT, history=(*IT.history, Deployment(id=2, revisions=("b",), at=NOON))), ["deployed"]),
        (None, ["removed"]),
    ],
)
def test_what_happened_follows_from_two_looks(after: Application | None, events: list[str]) -> None:
    assert [change.event for change in application_changes(IT, after)] == events


def test_a_new_application_appears_and_a_failure_is_told_once() -> None:
    assert [change.event for change in application_changes(None, IT)] == [ApplicationEvent.APPEARED]
    failed = replace(IT, operation=replace(SYNCED, phase=OperationPhase.FAILED))
    assert list(application_changes(failed, failed)) == []
    assert list(application_changes(None, None)) == []
    again = replace(failed, operation=replace(SYNCED, phase=OperationPhase.FAILED, finished=datetime.now(UTC)))
    assert [change.event for change in application_changes(failed, again)] == [ApplicationEvent.SYNC_FAILED]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(status=st.dictionaries(st.sampled_from(["sync", "health", "operationState", "history", "conditions"]), JSON))
def test_no_status_breaks_the_reading(status: dict[str, Any]) -> None:
    assert read(**status).name == "jellyfin"
