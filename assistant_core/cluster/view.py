"""What a cluster has, as its reflectors saw it last."""

import asyncio
from collections.abc import Callable, Sequence
from typing import override

from ..errors import ConnectionFailed, NotFound, PermissionDenied
from ..kube import Cluster, Timing
from ..models.application import Application
from ..models.cluster import Claim, Node, Workload
from ..models.observation import Observation
from ..models.watching import WatchHealth
from ..ports import Applications
from .deploying import deploying
from .observing import health, observed
from .sources import sources


class ClusterView(Applications):
    """The objects of a cluster, in the order in which people read them; nothing before it was looked at once."""

    def __init__(self, cluster: Cluster, on_change: Callable[[], None], timing: Timing) -> None:
        """Needs a running event loop."""
        self.name = cluster.name
        self._gate = cluster.gate
        self._sources = sources(cluster, on_change, timing)
        self._first_look = asyncio.Event()

    @property
    def answered(self) -> bool:
        """Whether the cluster answers, be it that something cannot be read."""
        return self._gate.error is None

    @property
    def nodes(self) -> Observation[tuple[Node, ...]]:
        """The nodes, by name."""
        nodes = sorted(self._sources.nodes.items.values(), key=lambda node: node.name)
        return observed(self._gate, (self._sources.nodes,), self._seen(nodes))

    @property
    def workloads(self) -> Observation[tuple[Workload, ...]]:
        """Deployments, StatefulSets and DaemonSets, by namespace, name and kind."""
        workloads = sorted(self._sources.each_workload(), key=lambda each: (each.namespace, each.name, each.kind))
        return observed(self._gate, self._sources.workloads, self._seen(workloads))

    @property
    def claims(self) -> Observation[tuple[Claim, ...]]:
        """PersistentVolumeClaims, by namespace and name."""
        claims = sorted(self._sources.claims.items.values(), key=lambda each: (each.namespace, each.name))
        return observed(self._gate, (self._sources.claims,), self._seen(claims))

    @property
    def applications(self) -> Observation[tuple[Application, ...]]:
        """What Argo CD and Flux deploy, by namespace, name and kind; none and NotFound where neither is installed."""
        found = sorted(self._sources.each_application(), key=lambda each: (each.namespace, each.name, each.kind))
        return observed(self._gate, self._sources.delivered, self._seen(found))

    @property
    def mutations(self) -> tuple[str, ...]:
        """The names of k8sgpt's Mutations, with which it writes to live objects itself: worth a warning."""
        return tuple(sorted(self._sources.mutations.items.values()))

    @property
    def health(self) -> tuple[WatchHealth, ...]:
        """How each watch fares."""
        return tuple(map(health, self._sources.all))

    @property
    def denied(self) -> tuple[PermissionDenied, ...]:
        """What our account may not do, with verb and resource among the placeholders."""
        return tuple(watch.error for watch in self._sources.all if isinstance(watch.error, PermissionDenied))

    @override
    async def deploying(self, repository: str, paths: Sequence[str]) -> tuple[Application, ...]:
        if (error := self.applications.error) is not None and not isinstance(error, NotFound):
            raise error
        if not self._first_look.is_set():
            raise ConnectionFailed(f"Nothing has been heard from the cluster {self.name} yet.")
        urls = {each.reference: each.url for each in self._sources.git_repositories.items.values()}
        return tuple(deploying(self._sources.each_application(), urls, repository, paths))

    def _seen[T](self, things: Sequence[T]) -> tuple[T, ...] | None:
        """Everything there is; None while only a part of it may have been read."""
        return tuple(things) if self._first_look.is_set() else None
