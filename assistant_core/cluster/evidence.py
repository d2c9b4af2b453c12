"""What a live cluster tells that the files do not: who sets replicas, which namesake is there, how its kinds look."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, override

from ..change import Evidence
from ..errors import NotFound, PermissionDenied
from ..gitops import Index, Scaler, running
from ..guard import Shapes, group_versions
from ..kube import Cluster, Resource, everything
from ..kube.resource import AUTOSCALERS, CRON_JOBS, DAEMON_SETS, DEPLOYMENTS, STATEFUL_SETS
from ..models.repository import FileChange
from ..together import together

_WORKLOADS = {"Deployment": DEPLOYMENTS, "StatefulSet": STATEFUL_SETS, "DaemonSet": DAEMON_SETS, "CronJob": CRON_JOBS}


class ClusterEvidence(Evidence):
    """One cluster as a witness; what it does not let us see tells nothing."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    @override
    async def known(self, index: Index) -> Index:
        if (down := self._cluster.gate.error) is not None:
            raise down
        scalers, *found = await together(map(self._objects, (AUTOSCALERS, *_WORKLOADS.values())))
        live = [running(each, kind) for kind, objects in zip(_WORKLOADS, found, strict=True) for each in objects]
        added = (_scaler(each, self._cluster.name) for each in scalers)
        return replace(index, running=tuple(live), scalers=(*index.scalers, *added))

    @override
    async def shapes(self, changes: Sequence[FileChange]) -> Shapes | None:
        wanted = await asyncio.to_thread(group_versions, changes)
        with suppress(PermissionDenied):
            documents = [await self._cluster.openapi(each) for each in sorted(wanted)]
            return await asyncio.to_thread(Shapes.of, documents) if documents else None
        return None

    async def _objects(self, resource: Resource) -> list[Any]:
        with suppress(PermissionDenied, NotFound):
            return await everything(self._cluster, resource)
        return []


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
