"""What runs for a config entry, by the kind of service it stands for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigEntry

if TYPE_CHECKING:
    from .cluster_coordinator import ClusterCoordinator
    from .coordinator import GpuCoordinator, HubCoordinator
    from .office import Office
    from .repository_coordinator import RepositoryCoordinator

type HomelabConfigEntry = ConfigEntry[HubData | ClusterData | RepositoryData]


@dataclass(frozen=True, slots=True, kw_only=True)
class HubData:
    """A hub; `gpu` is None without an exporter."""

    office: Office
    ollama: HubCoordinator
    gpu: GpuCoordinator | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterData:
    """A cluster."""

    office: Office
    cluster: ClusterCoordinator


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryData:
    """A GitOps repository."""

    office: Office
    repository: RepositoryCoordinator
