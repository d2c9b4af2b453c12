"""How well words are understood: requests over small repositories, and what must come of each.

A change other than the one that was meant is wrong. A question or a refusal in its place is a miss: nothing happened.
"""

from .requests import Request, repositories, requests
from .scoring import Judged, Mark, Score, judge, score

__all__ = ["Judged", "Mark", "Request", "Score", "judge", "repositories", "requests", "score"]
