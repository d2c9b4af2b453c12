"""Objects as an API server serves them, and what we say of them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from assistant_core.models.cluster import Complaint
from assistant_core.models.finding import Owner
from assistant_core.workloads import (
    claim_from,
    cron_job_from,
    job_from,
    node_from,
    pod_from,
    warning_from,
    workload_from,
)
from demo.kubernetes_seeds import seeds

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SINCE = "2026-11-22T12:00:00Z"


def test_a_node_tells_what_is_not_as_it_should_be() -> None:
    item = {
        "metadata": {"name": "k3s-1"},
        "spec": {"unschedulable": True},
        "status": {
            "nodeInfo": {"kubeletVersion": "v1.36.2+k3s1"},
            "conditions": [
                {"type": "MemoryPressure", "status": "False"},
                {"type": "DiskPressure", "status": "True", "reason": "Full", "lastTransitionTime": SINCE},
                {"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown", "message": "gone"},
            ],
        },
    }
    node = node_from(item)
    assert (node.name, node.ready, node.schedulable, node.version) == ("k3s-1", False, False, "v1.36.2+k3s1")
    assert node.complaints == (
        Complaint("DiskPressure", "Full", "", NOON),
        Complaint("Ready", "NodeStatusUnknown", "gone"),
    )


def test_workloads_count_their_pods_each_in_its_way() -> None:
    metadata = {
        "namespace": "media",
        "name": "it",
        "labels": {"app.kubernetes.io/instance": "by-label"},
        "annotations": {"argocd.argoproj.io/tracking-id": "jellyfin:apps/Deployment:media/it"},
    }
    spec = {"replicas": 3, "template": {"spec": {"containers": [{"image": "x:1"}]}}}
    deployment = workload_from("Deployment")({"metadata": metadata, "spec": spec, "status": {"readyReplicas": 2}})
    assert (deployment.wanted, deployment.ready, deployment.images) == (3, 2, ("x:1",))
    assert deployment.application == "jellyfin"
    plain = workload_from("StatefulSet")({"metadata": {**metadata, "annotations": {}}, "spec": {}, "status": {}})
    assert (plain.wanted, plain.ready, plain.application) == (1, 0, "by-label")
    status = {"desiredNumberScheduled": 3, "numberReady": 1}
    daemons = workload_from("DaemonSet")({"metadata": {"namespace": "a", "name": "b"}, "status": status})
    assert (daemons.wanted, daemons.ready, daemons.application) == (3, 1, None)


def test_a_pod_tells_what_its_containers_wait_for_and_how_they_ended() -> None:
    item = {
        "metadata": {
            "namespace": "media",
            "name": "it",
            "creationTimestamp": SINCE,
            "ownerReferences": [
                {"kind": "Other", "name": "no"},
                {"kind": "ReplicaSet", "name": "it-1", "controller": True},
            ],
        },
        "spec": {"nodeName": "k3s-1"},
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": "False"}],
            "initContainerStatuses": [{"name": "init", "state": {"terminated": {"reason": "Completed"}}}],
            "containerStatuses": [
                {
                    "name": "a",
                    "restartCount": 4,
                    "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}},
                    "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137, "finishedAt": SINCE}},
                },
                {"name": "b", "restartCount": 1, "state": {"waiting": {"reason": "ContainerCreating"}}},
                {"name": "c", "state": {"terminated": {"reason": "Error", "exitCode": 1}}},
            ],
        },
    }
    pod = pod_from(item)
    assert (pod.owner, pod.ready, pod.node, pod.restarts) == (Owner("ReplicaSet", "it-1"), False, "k3s-1", 5)
    assert pod.complaints == (
        Complaint("a", "CrashLoopBackOff", "back-off The container last ended with OOMKilled (exit code 137).", NOON),
        Complaint("c", "Error", "The container last ended with Error (exit code 1).", None),
    )


def test_a_pod_nobody_can_run_says_so() -> None:
    conditions = [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "no nodes"}]
    pod = pod_from(
        {"metadata": {"namespace": "a", "name": "b"}, "status": {"phase": "Pending", "conditions": conditions}}
    )
    assert not pod.ready
    assert pod.complaints == (Complaint("PodScheduled", "Unschedulable", "no nodes"),)


def test_claims_jobs_and_warnings_are_read() -> None:
    claim = claim_from(
        {"metadata": {"namespace": "a", "name": "b"}, "spec": {"storageClassName": "x"}, "status": {"phase": "Bound"}}
    )
    assert (claim.phase, claim.storage_class) == ("Bound", "x")
    failed = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "lastTransitionTime": SINCE}
    job = job_from({"metadata": {"namespace": "a", "name": "b"}, "status": {"conditions": [failed]}})
    assert job.failure == Complaint("Failed", "BackoffLimitExceeded", "", NOON)
    assert job_from({"metadata": {"namespace": "a", "name": "b"}}).failure is None
    cron_job = cron_job_from({"metadata": {"namespace": "a", "name": "b"}, "status": {"lastSuccessfulTime": SINCE}})
    assert (cron_job.suspended, cron_job.succeeded) == (False, NOON)
    about = {"kind": "Pod", "namespace": "a", "name": "b"}
    event = {"involvedObject": about, "type": "Warning", "reason": "BackOff", "message": "text", "eventTime": SINCE}
    warning = warning_from(event)
    assert warning is not None
    assert (warning.name, warning.at) == ("b", NOON)
    assert warning_from({**event, "type": "Normal"}) is None
    assert warning_from({**event, "involvedObject": {"kind": "Lease"}}) is None


def test_everything_in_the_demo_can_be_read() -> None:
    readers: dict[str, Callable[[dict[str, Any]], object]] = {
        "Node": node_from,
        "Pod": pod_from,
        "Deployment": workload_from("Deployment"),
        "PersistentVolumeClaim": claim_from,
        "Event": warning_from,
    }
    read = [readers[item["kind"]](item) for item in seeds() if item["kind"] in readers]
    assert len(read) > 15
    assert all(read)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.mark.parametrize("read", [node_from, pod_from, claim_from, job_from, workload_from("Deployment")])
@settings(max_examples=50)
@given(
    spec=JSON,
    status=JSON
    | st.fixed_dictionaries(
        {}, optional={"conditions": JSON, "containerStatuses": JSON, "replicas": JSON, "phase": JSON}
    ),
    labels=JSON,
)
def test_no_object_with_a_name_breaks_the_reading(
    read: Callable[[dict[str, Any]], Any], spec: Any, status: Any, labels: Any
) -> None:
    metadata = {"namespace": "a", "name": "b", "labels": labels, "ownerReferences": labels, "annotations": spec}
    assert read({"metadata": metadata, "spec": spec, "status": status}).name == "b"
