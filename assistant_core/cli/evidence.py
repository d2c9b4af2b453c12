"""What a live cluster tells that the files do not: who sets replicas, which namesake is there, how its kinds look."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ..errors import NotFound, PermissionDenied
from ..gitops import Index, Scaler
from ..guard import Policy, Shapes, group_versions
from ..kube import ClusterConfig, Resource, connect
from ..kube.resource import CRON_JOBS, DAEMON_SETS, DEPLOYMENTS, STATEFUL_SETS
from ..models.repository import FileChange
from .namesakes import live_from, present
from .services import Addresses, cluster_config, read_objects

WORKLOADS = {
    "Deployment": Resource("apps", "v1", "deployments"),
    "StatefulSet": Resource("apps", "v1", "statefulsets"),
    "DaemonSet": Resource("apps", "v1", "daemonsets"),
    "CronJob": Resource("batch", "v1", "cronjobs"),
}
AUTOSCALERS = Resource("autoscaling", "v2", "horizontalpodautoscalers")
WORKLOADS = {"Deployment": DEPLOYMENTS, "StatefulSet": STATEFUL_SETS, "DaemonSet": DAEMON_SETS, "CronJob": CRON_JOBS}


async def with_evidence(index: Index, addresses: Addresses) -> Index:
    """The index with the cluster's autoscalers, and of namesakes only those that are there.

    What the cluster does not show tells nothing. Raises HomelabError.
    """
    config = await asyncio.to_thread(cluster_config, addresses)
    if config is None:
        return index
    scalers, *found = await asyncio.gather(
        _shown(config, AUTOSCALERS), *(_shown(config, resource) for resource in WORKLOADS.values())
    )
    live = [live_from(kind, each) for kind, objects in zip(WORKLOADS, found, strict=True) for each in objects]
    return replace(
        index,
        workloads=tuple(present(index.workloads, live)),
        scalers=(*index.scalers, *(_scaler(each, config.name) for each in scalers)),
    )


async def _shown(config: ClusterConfig, resource: Resource) -> list[Any]:
    with suppress(PermissionDenied, NotFound):
        return await read_objects(config, resource)
    return []


async def live_policy(changes: Sequence[FileChange], addresses: Addresses) -> Policy:
    """The rules with the shapes of the cluster's own kinds; ours where it does not show them. Raises HomelabError."""
    config = await asyncio.to_thread(cluster_config, addresses)
    wanted = await asyncio.to_thread(group_versions, changes) if config else frozenset[str]()
    if config is None or not wanted:
        return Policy()
    cluster = await connect(config)
    try:
        with suppress(PermissionDenied):
            documents = [await cluster.openapi(each) for each in sorted(wanted)]
            return Policy(shapes=await asyncio.to_thread(Shapes.of, documents))
    finally:
        await cluster.close()
    return Policy()


def _scaler(autoscaler: Any, cluster: str) -> Scaler:
    metadata = autoscaler.get("metadata") or {}
    target = (autoscaler.get("spec") or {}).get("scaleTargetRef") or {}
    return Scaler(
        by=f"the HorizontalPodAutoscaler {str(metadata.get('name'))[:63]}",
        path=f"in the cluster {cluster}",
        kind=str(target.get("kind") or ""),
        namespace=str(metadata.get("namespace") or ""),
        name=str(target.get("name") or ""),
    )
