"""From a plan to a minimal edit: finds the manifest that decides, changes one value, refuses what it cannot prove."""

from ..models.change import ChangePlan
from .diff import unified_diff
from .index import Index, Unread
from .manifests import Scaler, Workload
from .replicas import MAX_REPLICAS, Edit, set_replicas

__all__ = ["MAX_REPLICAS", "Edit", "Index", "Scaler", "Unread", "Workload", "apply", "unified_diff"]


def apply(plan: ChangePlan, index: Index) -> Edit:
    """The edit a plan comes to in this commit. Raises InputInvalid (and its subclasses), EditRefused."""
    return set_replicas(plan, index)
