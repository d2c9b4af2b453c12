"""From a plan to a minimal edit: finds the place that decides, changes one value, refuses what it cannot prove."""

from .diff import unified_diff
from .index import Index
from .model import Confidence, Knob, Scaler, Topic, Unread, Workload
from .operations import apply
from .operations.edit import Edit
from .operations.set_replicas import MAX_REPLICAS
from .schema import plan_from, plan_schema

__all__ = [
    "MAX_REPLICAS",
    "Confidence",
    "Edit",
    "Index",
    "Knob",
    "Scaler",
    "Topic",
    "Unread",
    "Workload",
    "apply",
    "plan_from",
    "plan_schema",
    "unified_diff",
]
