"""What the journal keeps, and for how long."""

from collections.abc import Iterable
from datetime import datetime

from ..models.change import Proposal
from .settings import Retention
from .states import FINAL


def overdue(retention: Retention, proposals: Iterable[Proposal], now: datetime) -> list[Proposal]:
    """The settled proposals to drop."""
    settled = sorted((each for each in proposals if _is_settled(each)), key=_ended, reverse=True)
    return [
        each
        for rank, each in enumerate(settled)
        if rank >= retention.most or (rank >= retention.least and now - _ended(each) > retention.age)
    ]


def _is_settled(proposal: Proposal) -> bool:
    """Whether nothing more will happen to it; a row of the first version does not say so itself."""
    return proposal.settled or proposal.state in FINAL


def _ended(proposal: Proposal) -> datetime:
    return proposal.updated or proposal.decided or proposal.expires
