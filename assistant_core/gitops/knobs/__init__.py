"""The knobs of a workload: every place that decides one thing about it, strongest first."""

from .all import knobs_of
from .choosing import decisive

__all__ = ["decisive", "knobs_of"]
