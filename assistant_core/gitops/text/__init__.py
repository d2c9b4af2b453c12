"""YAML as text: reads it without harm, and changes single values of it so that every other character stays."""

from ...yaml_scan import MAX_BYTES, Unreadable
from .documents import Path, Source, read, resolved
from .editing import Remove, Set, Spot, Unspliceable, edited, stands_at
from .values import Values, values

__all__ = [
    "MAX_BYTES",
    "Path",
    "Remove",
    "Set",
    "Source",
    "Spot",
    "Unreadable",
    "Unspliceable",
    "Values",
    "edited",
    "read",
    "resolved",
    "stands_at",
    "values",
]
