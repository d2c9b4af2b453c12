"""A Kubernetes API server, read only: its version, its lists and its watches."""

from .cluster import Cluster, Page, connect
from .config import ClusterConfig
from .examine import ClusterReport, ResourceAccess, examine
from .kubeconfig import contexts
from .listing import everything
from .rbac import manifest as rbac_manifest
from .reflector import Reflector, WatchState
from .resource import Resource
from .supervisor import supervise
from .timing import DEFAULT_TIMING, Timing

__all__ = [
    "DEFAULT_TIMING",
    "Cluster",
    "ClusterConfig",
    "ClusterReport",
    "Page",
    "Reflector",
    "Resource",
    "ResourceAccess",
    "Timing",
    "WatchState",
    "connect",
    "contexts",
    "everything",
    "examine",
    "rbac_manifest",
    "supervise",
]
