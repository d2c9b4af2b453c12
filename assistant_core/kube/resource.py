"""The kinds of object we read, and where an API server lists them."""

from dataclasses import dataclass
from typing import override


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of object as the API serves it; `group` is "" for the core, `namespace` None for the whole cluster.

    `fields` is a field selector that leaves out what we do not need.
    """

    group: str
    version: str
    plural: str
    namespace: str | None = None
    fields: str = ""

    @property
    def root(self) -> str:
        """Where its group and version are described."""
        return f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"

    @property
    def path(self) -> str:
        """Where its objects are listed."""
        return f"{self.root}/namespaces/{self.namespace}/{self.plural}" if self.namespace else self.everywhere

    @property
    def everywhere(self) -> str:
        """Where those of the whole cluster are listed."""
        return f"{self.root}/{self.plural}"

    @override
    def __str__(self) -> str:
        return f"{self.plural}.{self.group}" if self.group else self.plural


RESULTS = Resource("core.k8sgpt.ai", "v1alpha1", "results")
K8SGPTS = Resource("core.k8sgpt.ai", "v1alpha1", "k8sgpts")
MUTATIONS = Resource("core.k8sgpt.ai", "v1alpha1", "mutations")
APPLICATIONS = Resource("argoproj.io", "v1alpha1", "applications")
HELM_RELEASES = Resource("helm.toolkit.fluxcd.io", "v2", "helmreleases")
KUSTOMIZATIONS = Resource("kustomize.toolkit.fluxcd.io", "v1", "kustomizations")
GIT_REPOSITORIES = Resource("source.toolkit.fluxcd.io", "v1", "gitrepositories")
NODES = Resource("", "v1", "nodes")
PODS = Resource("", "v1", "pods")
CLAIMS = Resource("", "v1", "persistentvolumeclaims")
WARNINGS = Resource("", "v1", "events", fields="type=Warning")
DEPLOYMENTS = Resource("apps", "v1", "deployments")
STATEFUL_SETS = Resource("apps", "v1", "statefulsets")
DAEMON_SETS = Resource("apps", "v1", "daemonsets")
JOBS = Resource("batch", "v1", "jobs")
CRON_JOBS = Resource("batch", "v1", "cronjobs")
AUTOSCALERS = Resource("autoscaling", "v2", "horizontalpodautoscalers")

CUSTOM = (RESULTS, K8SGPTS, MUTATIONS, APPLICATIONS, HELM_RELEASES, KUSTOMIZATIONS, GIT_REPOSITORIES)
"""Those that come with what a household may or may not have installed."""

READ = (
    *CUSTOM,
    NODES,
    PODS,
    CLAIMS,
    WARNINGS,
    DEPLOYMENTS,
    STATEFUL_SETS,
    DAEMON_SETS,
    JOBS,
    CRON_JOBS,
    AUTOSCALERS,
)
"""Everything this package ever reads; the role in `rbac` allows exactly that."""

READ_VERBS = ("get", "list", "watch")
