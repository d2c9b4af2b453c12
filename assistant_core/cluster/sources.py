"""Everything that is watched of a cluster, each resource by a reflector of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..argocd import application_from
from ..findings import finding_from_result
from ..findings.quiet import Analysis, analysis_from
from ..flux import GitRepository, git_repository_from, helm_release_from, kustomization_from
from ..kube import Cluster, Reflector, Resource, Timing
from ..kube.resource import (
    APPLICATIONS,
    CLAIMS,
    CRON_JOBS,
    DAEMON_SETS,
    DEPLOYMENTS,
    GIT_REPOSITORIES,
    HELM_RELEASES,
    JOBS,
    K8SGPTS,
    KUSTOMIZATIONS,
    MUTATIONS,
    NODES,
    PODS,
    RESULTS,
    STATEFUL_SETS,
    WARNINGS,
)
from ..models.application import Application
from ..models.cluster import Claim, Contents, CronJob, Job, Node, Pod, WarningEvent, Workload
from ..models.finding import Finding
from ..workloads import claim_from, cron_job_from, job_from, node_from, pod_from, warning_from, workload_from

LARGE_OBJECTS = 100  # a page of pods is as heavy as one of 500 Results


@dataclass(frozen=True, slots=True)
class Sources:
    """The reflectors of one cluster."""

    cluster: str
    results: Reflector[Finding]
    analyses: Reflector[Analysis]
    mutations: Reflector[str]
    applications: Reflector[Application]
    kustomizations: Reflector[Application]
    helm_releases: Reflector[Application]
    git_repositories: Reflector[GitRepository]
    nodes: Reflector[Node]
    deployments: Reflector[Workload]
    stateful_sets: Reflector[Workload]
    daemon_sets: Reflector[Workload]
    pods: Reflector[Pod]
    claims: Reflector[Claim]
    jobs: Reflector[Job]
    cron_jobs: Reflector[CronJob]
    warnings: Reflector[WarningEvent]

    @property
    def all(self) -> tuple[Reflector[Any], ...]:
        """Every reflector."""
        return (self.results, self.analyses, self.mutations, self.git_repositories, *self.checked)

    @property
    def checked(self) -> tuple[Reflector[Any], ...]:
        """Those of what our own checks look at."""
        return (
            *self.delivered,
            self.nodes,
            *self.workloads,
            self.pods,
            self.claims,
            self.jobs,
            self.cron_jobs,
            self.warnings,
        )

    @property
    def delivered(self) -> tuple[Reflector[Application], ...]:
        """Those of what Argo CD and Flux deploy."""
        return (self.applications, self.kustomizations, self.helm_releases)

    @property
    def workloads(self) -> tuple[Reflector[Workload], ...]:
        """Those of the kinds of workload."""
        return (self.deployments, self.stateful_sets, self.daemon_sets)

    def each_workload(self) -> Iterator[Workload]:
        """The workloads of every kind."""
        for reflector in self.workloads:
            yield from reflector.items.values()

    def each_application(self) -> Iterator[Application]:
        """What Argo CD and Flux deploy."""
        for reflector in self.delivered:
            yield from reflector.items.values()

    def contents(self) -> Contents:
        """What there is now for our own checks; it stays so while they look at it slice by slice."""
        return Contents(
            cluster=self.cluster,
            nodes=tuple(self.nodes.items.values()),
            workloads=tuple(self.each_workload()),
            pods=tuple(self.pods.items.values()),
            claims=tuple(self.claims.items.values()),
            jobs=tuple(self.jobs.items.values()),
            cron_jobs=tuple(self.cron_jobs.items.values()),
            applications=tuple(self.each_application()),
            warnings=tuple(self.warnings.items.values()),
        )


def sources(cluster: Cluster, on_change: Callable[[], None], timing: Timing) -> Sources:
    """The reflectors of a cluster, not yet running."""

    def reflect[T](
        resource: Resource, transform: Callable[[dict[str, Any]], T | None], *, page_size: int = 500
    ) -> Reflector[T]:
        urgent = resource is RESULTS
        return Reflector(cluster, resource, transform, on_change, timing=timing, page_size=page_size, urgent=urgent)

    return Sources(
        cluster=cluster.name,
        results=reflect(RESULTS, partial(finding_from_result, cluster=cluster.name)),
        analyses=reflect(K8SGPTS, analysis_from),
        mutations=reflect(MUTATIONS, _name),
        applications=reflect(APPLICATIONS, application_from, page_size=LARGE_OBJECTS),
        kustomizations=reflect(KUSTOMIZATIONS, kustomization_from, page_size=LARGE_OBJECTS),
        helm_releases=reflect(HELM_RELEASES, helm_release_from, page_size=LARGE_OBJECTS),
        git_repositories=reflect(GIT_REPOSITORIES, git_repository_from),
        nodes=reflect(NODES, node_from, page_size=LARGE_OBJECTS),
        deployments=reflect(DEPLOYMENTS, workload_from("Deployment")),
        stateful_sets=reflect(STATEFUL_SETS, workload_from("StatefulSet")),
        daemon_sets=reflect(DAEMON_SETS, workload_from("DaemonSet")),
        pods=reflect(PODS, pod_from, page_size=LARGE_OBJECTS),
        claims=reflect(CLAIMS, claim_from),
        jobs=reflect(JOBS, job_from),
        cron_jobs=reflect(CRON_JOBS, cron_job_from),
        warnings=reflect(WARNINGS, warning_from),
    )


def _name(item: dict[str, Any]) -> str:
    return str(item["metadata"]["name"])
