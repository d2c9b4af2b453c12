"""What is wrong in a cluster: k8sgpt's Results and our own checks as findings that open, change and clear."""

from ..models.episode import Patience
from .checks import CHECKS
from .episodes import Episodes
from .merge import Board, worst
from .quiet import Quiet, owed
from .results import finding_from_result

__all__ = [
    "CHECKS",
    "Board",
    "Episodes",
    "Patience",
    "Quiet",
    "finding_from_result",
    "owed",
    "worst",
]
