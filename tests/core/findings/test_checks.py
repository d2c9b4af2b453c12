from collections.abc import Callable, Iterator
from copy import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from assistant_core.findings import CHECKS
from assistant_core.models.application import Application, HealthStatus, Operation, OperationPhase, SyncStatus
from assistant_core.models.cluster import Claim, Complaint, Contents, CronJob, Job, Node, Pod, WarningEvent, Workload
from assistant_core.models.finding import Category, Finding, Owner, Severity, Source

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def found(**contents: Any) -> list[Finding]:
    contained = Contents(cluster="home", **contents)

    def run(check: Callable[[Contents], Iterator[Finding]]) -> list[Finding]:
        return list(check(contained))

    return [finding for check in CHECKS for finding in run(check)]


def node(*complaints: Complaint, ready: bool = True) -> Node:
    return Node(name="k3s-1", ready=ready, schedulable=True, version="v1.36.2", complaints=complaints)


def pod(*complaints: Complaint, ready: bool = False, phase: str = "Running", owner: Owner | None = None) -> Pod:
    return Pod(
        namespace="media",
        name="jellyfin-7d9c6b8f5d-x2k4q",
        owner=owner,
        phase=phase,
        ready=ready,
        node=None,
        restarts=0,
        complaints=complaints,
        created=NOON,
    )


def workload(wanted: int, ready: int) -> Workload:
    return Workload(
        kind="Deployment",
        namespace="media",
        name="jellyfin",
        wanted=wanted,
        ready=ready,
        images=(),
        labels=(),
        application="jellyfin",
        created=None,
    )


def application(
    sync: SyncStatus = SyncStatus.SYNCED,
    health: HealthStatus = HealthStatus.HEALTHY,
    phase: OperationPhase = OperationPhase.SUCCEEDED,
    *conditions: tuple[str, str],
) -> Application:
    return Application(
        namespace="argocd",
        name="jellyfin",
        project="default",
        destination="media",
        sync=sync,
        health=health,
        compared=(),
        operation=Operation(phase=phase, message="one or more objects failed to apply", revisions=(), finished=None),
        history=(),
        conditions=conditions,
    )


def warning(kind: str, name: str, reason: str, message: str, at: datetime | None = NOON) -> WarningEvent:
    return WarningEvent(kind=kind, namespace="media", name=name, reason=reason, message=message, at=at)


def test_a_cluster_without_troubles_has_no_findings() -> None:
    claim = Claim(namespace="media", name="c", phase="Bound", storage_class=None, created=NOON)
    job = Job(namespace="media", name="backup", owner=None, failure=None)
    assert not found(
        nodes=[node()],
        workloads=[workload(1, 1), workload(0, 0)],
        pods=[pod(ready=True), pod(phase="Succeeded"), pod()],
        claims=[claim],
        jobs=[job],
        applications=[application(), application(SyncStatus.UNKNOWN, HealthStatus.SUSPENDED)],
        warnings=[warning("Pod", "another", "BackOff", "text")],
    )


def test_a_node_under_pressure_is_a_warning_and_one_that_is_not_ready_critical() -> None:
    pressure = Complaint("DiskPressure", "KubeletHasDiskPressure", "kubelet has disk pressure", NOON)
    silent = Complaint("Ready", "NodeStatusUnknown", "Kubelet stopped posting node status.", NOON)
    [it] = found(nodes=[node(pressure)])
    assert (it.kind, it.namespace, it.category, it.severity) == ("Node", None, Category.NODE, Severity.WARNING)
    assert it.errors == ("k3s-1 has DiskPressure: KubeletHasDiskPressure. kubelet has disk pressure",)
    [it] = found(nodes=[node(silent, ready=False)])
    assert it.severity is Severity.CRITICAL
    assert it.errors == ("k3s-1 is not ready: NodeStatusUnknown. Kubelet stopped posting node status.",)
    assert (it.sources, it.first_seen) == ((Source.CHECK,), NOON)


def test_a_workload_short_of_pods_is_worse_when_none_is_left() -> None:
    [it] = found(workloads=[workload(3, 2)])
    assert (it.errors, it.severity) == (("2 of 3 pods are ready",), Severity.WARNING)
    [it] = found(workloads=[workload(3, 0)])
    assert it.severity is Severity.CRITICAL


def test_a_pod_says_with_status_and_events_why_it_is_not_ready() -> None:
    waiting = Complaint("jellyfin", "ImagePullBackOff", 'Back-off pulling image "x"')
    [it] = found(pods=[pod(waiting)])
    assert it.owner == Owner("Deployment", "jellyfin")
    assert (it.category, it.first_seen) == (Category.IMAGE, NOON)
    assert it.errors == ('jellyfin: ImagePullBackOff. Back-off pulling image "x"',)
    events = [
        warning("Pod", "jellyfin-7d9c6b8f5d-x2k4q", "Unhealthy", "Readiness probe failed: 500"),
        warning("Pod", "jellyfin-7d9c6b8f5d-x2k4q", "Unhealthy", "Readiness probe failed: 503"),
        warning("Pod", "jellyfin-7d9c6b8f5d-x2k4q", "DNSConfigForming", "too many nameservers"),
    ]
    [it] = found(pods=[pod(owner=Owner("ReplicaSet", "jellyfin-7d9c6b8f5d"))], warnings=events)
    assert it.errors == ("Unhealthy: Readiness probe failed: 503",)
    assert it.owner == Owner("Deployment", "jellyfin")


def test_of_several_events_the_latest_counts_in_whatever_order_they_are_listed() -> None:
    name, later = "jellyfin-7d9c6b8f5d-x2k4q", NOON + timedelta(minutes=1)
    events = [
        warning("Pod", name, "FailedScheduling", "4 Insufficient memory", later),
        warning("Pod", name, "FailedScheduling", "4 node(s) had taint"),
        warning("Pod", name, "FailedScheduling", "who knows when", None),
    ]
    [it] = found(pods=[pod()], warnings=events)
    assert it.errors == ("FailedScheduling: 4 Insufficient memory",)
    claim = Claim(namespace="media", name="c", phase="Pending", storage_class=None, created=NOON)
    events = [
        warning("PersistentVolumeClaim", "c", "ProvisioningFailed", "no space", later),
        warning("PersistentVolumeClaim", "c", "ProvisioningFailed", "not found"),
    ]
    [it] = found(claims=[claim], warnings=events)
    assert it.errors[1:] == ("ProvisioningFailed: no space",)


def test_that_a_pod_found_no_node_at_first_is_no_reason_why_it_crashes_later() -> None:
    crashes = Complaint("jellyfin", "CrashLoopBackOff", "back-off 5m0s")
    events = [warning("Pod", "jellyfin-7d9c6b8f5d-x2k4q", "FailedScheduling", "unbound PersistentVolumeClaims")]
    [it] = found(pods=[replace(pod(crashes), node="k3s-1")], warnings=events)
    assert it.errors == ("jellyfin: CrashLoopBackOff. back-off 5m0s",)
    assert it.category is Category.CRASH


def test_a_claim_without_a_volume_says_what_it_waits_for() -> None:
    claim = Claim(namespace="media", name="c", phase="Pending", storage_class="longhorn", created=NOON)
    events = [warning("PersistentVolumeClaim", "c", "ProvisioningFailed", "not found")]
    [it] = found(claims=[claim], warnings=events)
    assert it.errors == ("waits for a volume of storage class longhorn", "ProvisioningFailed: not found")
    assert it.category is Category.STORAGE
    lost = Claim(namespace="media", name="c", phase="Lost", storage_class=None, created=NOON)
    [it] = found(claims=[lost])
    assert it.errors == ("its volume is gone",)


def test_a_failed_job_counts_as_its_cron_jobs() -> None:
    failure = Complaint("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit", NOON)
    job = Job(namespace="media", name="backup-29384756", owner=Owner("CronJob", "backup"), failure=failure)
    [it] = found(jobs=[job])
    assert (it.kind, it.owner, it.severity) == ("Job", Owner("CronJob", "backup"), Severity.WARNING)
    assert it.errors == ("failed: BackoffLimitExceeded. Job has reached the specified backoff limit",)


def test_a_cron_job_that_succeeded_since_is_no_problem_any_more() -> None:
    failure = Complaint("Failed", "BackoffLimitExceeded", "", NOON)
    job = Job(namespace="media", name="backup-1", owner=Owner("CronJob", "backup"), failure=failure)
    before, later = (
        CronJob(namespace="media", name="backup", suspended=False, succeeded=NOON + timedelta(hours=hours))
        for hours in (-1, 1)
    )
    assert found(jobs=[job], cron_jobs=[before])
    assert not found(jobs=[job], cron_jobs=[later])
    assert found(jobs=[replace(job, owner=None)], cron_jobs=[later])
    assert found(jobs=[replace(job, namespace="home")], cron_jobs=[later])


def test_an_application_says_all_that_is_wrong_with_it() -> None:
    [it] = found(applications=[application(SyncStatus.OUT_OF_SYNC)])
    assert it.severity is Severity.INFO
    condition = ("ComparisonError", "failed to load target state")
    [it] = found(
        applications=[
            application(SyncStatus.OUT_OF_SYNC, HealthStatus.DEGRADED, OperationPhase.FAILED, condition, ("Other", ""))
        ]
    )
    assert it.errors == (
        "is Degraded",
        "is not as the repository says (OutOfSync)",
        "its last sync failed: one or more objects failed to apply",
        "ComparisonError: failed to load target state",
    )
    assert (it.severity, it.category) == (Severity.WARNING, Category.CONFIG)


def test_an_application_degraded_by_its_workload_is_the_workloads_problem() -> None:
    degraded = application(health=HealthStatus.DEGRADED)
    assert [each.kind for each in found(applications=[degraded])] == ["Application"]
    assert [each.kind for each in found(applications=[degraded], workloads=[workload(1, 0)])] == ["Deployment"]
