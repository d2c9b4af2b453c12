"""What a live cluster tells of a repository that its files do not: who sets replicas in their place."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ..errors import NotFound, PermissionDenied
from ..gitops import Index, Scaler
from ..kube import Resource
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
