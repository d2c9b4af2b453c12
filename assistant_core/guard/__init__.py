"""Judges manifests and changes by rules that no model can talk round.

`judge_file` and `judge_manifests` say what is wrong with what stands there. `judge_change` says what a change brings:
old violations are not blamed on it. Every control is a file of its own in `controls`.
"""

from ..models.change import Risk
from .changes import LIMITS, PATHS, judge_change
from .controls import CHANGE_CONTROLS, RULES
from .delivery import Trust
from .judging import UNREADABLE, is_accepted, judge_file, judge_manifests
from .policy import Policy
from .shapes import Shapes, group_versions
from .verdict import Level, Severity, Verdict, Violation

__all__ = [
    "EVERY_RULE",
    "RULES",
    "UNREADABLE",
    "Level",
    "Policy",
    "Risk",
    "Severity",
    "Shapes",
    "Trust",
    "Verdict",
    "Violation",
    "group_versions",
    "is_accepted",
    "judge_change",
    "judge_file",
    "judge_manifests",
]

EVERY_RULE = frozenset((*RULES, *(each.rule for each in CHANGE_CONTROLS), LIMITS, PATHS, UNREADABLE))
"""The rules that a change can break."""
