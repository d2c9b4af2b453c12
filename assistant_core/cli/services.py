"""The services a command line names, each asked once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, override

import aiohttp

from ..argocd import application_from, deployed_since
from ..errors import HomelabError, NotFound
from ..gpu import GpuExporter
from ..kube import ClusterConfig, Resource, everything
from ..kube.resource import APPLICATIONS, NODES
from ..models.application import Application
from ..models.cluster import Node
from ..models.episode import Entry
from ..models.finding import Finding, FindingEvent
from ..models.gpu import GpuHealth
from ..models.hub import HubStatus
from ..models.observation import Observation
from ..models.watching import WhatChanged
from ..ollama import OllamaClient
from ..ports import Homelab
from ..workloads import node_from
from .clusters import cluster_at
from .progress import progress
from .tokens import tokens
from .watching import findings_now


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the services are; None for those the command line does not name."""

    ollama: str | None = None
    gpu: str | None = None
    kubeconfig: Path | None = None
    context: str | None = None


@dataclass(frozen=True, slots=True)
class Household(Homelab):
    """What the services said when asked; `client` is the hub's, `cluster` says how to ask it more."""

    client: OllamaClient | None
    cluster: ClusterConfig | None
    hub_seen: Observation[HubStatus] | None
    gpus_seen: Observation[tuple[GpuHealth, ...]] | None
    findings_seen: Observation[tuple[Finding, ...]] | None
    applications_seen: Observation[tuple[Application, ...]] | None
    nodes_seen: Observation[tuple[Node, ...]] | None

    @override
    def hub(self) -> Observation[HubStatus] | None:
        return self.hub_seen

    @override
    def gpus(self) -> Observation[tuple[GpuHealth, ...]] | None:
        return self.gpus_seen

    @override
    def findings(self) -> Observation[tuple[Finding, ...]] | None:
        return self.findings_seen

    @override
    def applications(self) -> Observation[tuple[Application, ...]] | None:
        return self.applications_seen

    @override
    def nodes(self) -> Observation[tuple[Node, ...]] | None:
        return self.nodes_seen

    @override
    async def what_changed(self, since: datetime) -> WhatChanged | None:
        if self.cluster is None or self.findings_seen is None:
            return None
        if self.findings_seen.value is None:
            return WhatChanged()
        came = [
            Entry(at=found.first_seen, event=FindingEvent.OPENED, finding=found)
            for found in self.findings_seen.value
            if found.first_seen >= since
        ]
        try:
            objects = await read_objects(self.cluster, APPLICATIONS)
        except NotFound:
            objects = []
        return WhatChanged(findings=tuple(came), deployed=deployed_since(map(application_from, objects), since))

    @property
    def errors(self) -> tuple[HomelabError, ...]:
        """Why services do not answer."""
        seen = (self.hub_seen, self.gpus_seen, self.findings_seen)
        return tuple(each.error for each in seen if each is not None and each.error is not None)


@asynccontextmanager
async def household(addresses: Addresses) -> AsyncIterator[Household]:
    """Ask every named service at once. Raises InputInvalid, NotFound for what cannot be an address."""
    async with aiohttp.ClientSession() as session:
        client = _client(session, addresses.ollama)
        exporter = GpuExporter(session, addresses.gpu) if addresses.gpu else None
        config = await asyncio.to_thread(cluster_config, addresses)
        async with progress("Asking"):
            hub, gpus, findings, applications, nodes = await asyncio.gather(
                _seen(client.status() if client else None),
                _seen(exporter.read() if exporter else None),
                _seen(read_findings(config) if config else None),
                _seen(_read_all(config, APPLICATIONS, application_from) if config else None),
                _seen(_read_all(config, NODES, node_from) if config else None),
            )
        yield Household(client, config, hub, gpus, findings, applications, nodes)


def _client(session: aiohttp.ClientSession, url: str | None) -> OllamaClient | None:
    return OllamaClient(session, url, token=tokens.get().own.get(url)) if url else None


async def read_findings(config: ClusterConfig) -> tuple[Finding, ...]:
    """What k8sgpt and our own checks find wrong in a cluster, oldest first. Raises HomelabError."""
    async with cluster_at(config) as cluster:
        return await findings_now(cluster)


async def read_objects(config: ClusterConfig, resource: Resource) -> list[Any]:
    """Every object of a resource, as the API serves it. Raises HomelabError."""
    async with cluster_at(config) as cluster:
        return await everything(cluster, resource)


async def _read_all[T](config: ClusterConfig, resource: Resource, read: Callable[[Any], T]) -> tuple[T, ...]:
    return tuple(map(read, await read_objects(config, resource)))


def cluster_config(addresses: Addresses) -> ClusterConfig | None:
    """The cluster that was named, None when none was. Raises NotFound. Reads the disk: run it in an executor."""
    path = addresses.kubeconfig
    if path is None:
        return None
    try:
        kubeconfig = path.expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(f"The kubeconfig {path} cannot be read.") from error
    return ClusterConfig(name=addresses.context or path.stem, kubeconfig=kubeconfig, context=addresses.context)


async def _seen[T](asked: Coroutine[Any, Any, T] | None) -> Observation[T] | None:
    if asked is None:
        return None
    try:
        return Observation(value=await asked, at=datetime.now(UTC))
    except HomelabError as error:
        return Observation(error=error)
