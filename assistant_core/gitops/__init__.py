"""From a plan to a minimal edit: finds the place that decides, changes one value, refuses what it cannot prove."""

from .diff import unified_diff
from .index import Index, Running, running
from .model import Confidence, Knob, Scaler, Topic, Unread, Workload
from .operations import apply
from .operations.edit import Edit
from .operations.set_replicas import MAX_REPLICAS
from .schema import plan_from, plan_schema
from .survey import KnownMachine, KnownPlace, KnownWorkload, Survey, survey

__all__ = [
    "MAX_REPLICAS",
    "Confidence",
    "Edit",
    "Index",
    "Knob",
    "KnownMachine",
    "KnownPlace",
    "KnownWorkload",
    "Running",
    "Scaler",
    "Survey",
    "Topic",
    "Unread",
    "Workload",
    "apply",
    "plan_from",
    "plan_schema",
    "running",
    "survey",
    "unified_diff",
]
