"""A Kubernetes API server, read only: its version, its lists and its watches."""

from .cluster import Cluster, Page, Resource, connect
from .config import ClusterConfig
from .reflector import Reflector, WatchState
from .timing import Timing

__all__ = [
    "Cluster",
    "ClusterConfig",
    "Page",
    "Reflector",
    "Resource",
    "Timing",
    "WatchState",
    "connect",
]
