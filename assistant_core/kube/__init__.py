"""A Kubernetes API server, read only: its version, its lists and its watches."""

from .cluster import Cluster, Page, Resource, connect
from .config import ClusterConfig
from .reflector import Reflector, WatchState
from .timing import DEFAULT_TIMING, Timing

__all__ = [
    "DEFAULT_TIMING",
    "Cluster",
    "ClusterConfig",
    "Page",
    "Reflector",
    "Resource",
    "Timing",
    "WatchState",
    "connect",
]
