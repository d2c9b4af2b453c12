"""What a cluster has and what our account may do there, found out without changing anything.

Instead of asking for a review of our rights (SelfSubjectAccessReview, which is a POST), we do exactly what the product
will do and see whether it is allowed: list one object, open a watch, get an object that does not exist. So the only
verb this package ever sends is GET, whatever an authorizer would have answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..errors import NotFound, PermissionDenied
from ..together import together
from .cluster import Cluster
from .resource import CUSTOM, READ, READ_VERBS, Resource

ABSENT = "homelab-assistant-looks-for-nothing"
"""No object, and no namespace either: a role of one namespace does not make it look allowed everywhere."""
SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceAccess:
    """Whether the cluster has a resource, and which of `get`, `list` and `watch` our account may use on it."""

    resource: Resource
    installed: bool
    verbs: frozenset[str]

    @property
    def missing(self) -> tuple[str, ...]:
        """The verbs that the account lacks; none for what is not installed."""
        return tuple(verb for verb in READ_VERBS if self.installed and verb not in self.verbs)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterReport:
    """A cluster as it presents itself to our account."""

    version: str
    resources: tuple[ResourceAccess, ...]

    def installed(self, resource: Resource) -> bool:
        """Whether the cluster has a resource."""
        return any(each.installed for each in self.resources if each.resource == resource)

    @property
    def custom(self) -> tuple[Resource, ...]:
        """Those of the optional resources that are installed."""
        return tuple(each.resource for each in self.resources if each.resource in CUSTOM and each.installed)

    @property
    def missing(self) -> tuple[str, ...]:
        """What the account may not do, such as `watch pods`."""
        return tuple(f"{verb} {each.resource}" for each in self.resources for verb in each.missing)


async def examine(cluster: Cluster, resources: Sequence[Resource] = READ) -> ClusterReport:
    """Look at a cluster. Raises HomelabError for what keeps us from looking at all."""
    version = await cluster.version()
    found = await together(_access(cluster, resource) for resource in resources)
    return ClusterReport(version=version, resources=tuple(found))


async def _access(cluster: Cluster, resource: Resource) -> ResourceAccess:
    namespaced = await cluster.served(resource)
    if namespaced is None:
        return ResourceAccess(resource=resource, installed=False, verbs=frozenset())
    verbs = set()
    if await _may_get(cluster, replace(resource, namespace=ABSENT) if namespaced else resource):
        verbs.add("get")
    try:
        page = await cluster.page(resource, limit=1, deadline=SECONDS)
        verbs.add("list")
        version = page.version
    except PermissionDenied:
        version = "0"
    try:
        async with cluster.watch(resource, version, seconds=1, silence=SECONDS):
            verbs.add("watch")
    except PermissionDenied:
        pass
    return ResourceAccess(resource=resource, installed=True, verbs=frozenset(verbs))


async def _may_get(cluster: Cluster, resource: Resource) -> bool:
    try:
        await cluster.get(resource, ABSENT)
    except NotFound:
        return True
    except PermissionDenied:
        return False
    return True
