"""What came of the changes people asked for."""

from collections.abc import Iterable
from datetime import timedelta
from statistics import median
from typing import NamedTuple

from ..models.change import Proposal, ProposalState
from .selection import MERGED


class Scoreboard(NamedTuple):
    """How many changes went which way; `time_to_healthy` is the median from the yes until all was well."""

    merged: int
    rejected: int
    closed: int
    time_to_healthy: timedelta | None


def scoreboard(proposals: Iterable[Proposal]) -> Scoreboard:
    """Count the proposals that are remembered."""
    known = tuple(proposals)
    states = [each.state for each in known]
    times = [
        (each.updated - each.decided).total_seconds()
        for each in known
        if each.state is ProposalState.HEALTHY and each.updated and each.decided
    ]
    return Scoreboard(
        merged=sum(state in MERGED for state in states),
        rejected=states.count(ProposalState.REJECTED),
        closed=states.count(ProposalState.CLOSED),
        time_to_healthy=timedelta(seconds=median(times)) if times else None,
    )
