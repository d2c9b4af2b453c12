"""What a live cluster tells of a repository that its files do not: who sets replicas, and what its kinds look like."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ..errors import NotFound, PermissionDenied
from ..gitops import Index, Scaler
from ..guard import Policy, Shapes, group_versions
from ..kube import Resource, connect
from ..models.repository import FileChange
from .services import Addresses, cluster_config, read_objects

AUTOSCALERS = Resource("autoscaling", "v2", "horizontalpodautoscalers")


async def with_evidence(index: Index, addresses: Addresses) -> Index:
    """The index with the cluster's autoscalers; one that does not show them has none. Raises HomelabError."""
    config = await asyncio.to_thread(cluster_config, addresses)
    if config is None:
        return index
    with suppress(PermissionDenied, NotFound):
        live = tuple(_scaler(each, config.name) for each in await read_objects(config, AUTOSCALERS))
        return replace(index, scalers=(*index.scalers, *live))
    return index


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
