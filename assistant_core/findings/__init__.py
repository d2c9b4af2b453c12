"""What is wrong in a cluster: k8sgpt's Results as findings that open, change and clear."""

from .changes import changes
from .results import RESULTS, finding_from_result
from .watch import FindingsWatch

__all__ = ["RESULTS", "FindingsWatch", "changes", "finding_from_result"]
