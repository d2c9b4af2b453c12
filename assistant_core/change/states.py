"""The life of a proposal, as a pure function over a table.

    awaiting -> approved -> opening -> open
    awaiting -> rejected | expired
    approved -> rejected                a yes whose pull request could not be begun can be taken back
    approved | opening -> failed        the forge said no for good
    approved | opening -> the same      it could not be reached: the yes is kept for the next try

OPENING fixes the base commit and the files, so that every further try asks the forge for the same commit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..errors import ApprovalRefused
from ..models.change import Proposal, ProposalState, Requester
from ..models.repository import FileChange

CLOCK_TOLERANCE = timedelta(minutes=1)
"""How far the clock may step back before a proposal from the future is no longer believed."""


@dataclass(frozen=True, slots=True)
class Approved:
    """A person said yes."""

    by: Requester
    at: datetime


@dataclass(frozen=True, slots=True)
class Rejected:
    """A person said no."""

    by: Requester
    at: datetime


@dataclass(frozen=True, slots=True)
class Expired:
    """Nobody decided in time."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The forge is about to be asked for exactly this, which is the approved diff on today's base."""

    base_commit: str
    files: tuple[FileChange, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """The pull request exists at this URL."""

    pull_request: str


@dataclass(frozen=True, slots=True)
class Stalled:
    """The forge could not be reached; the sentence says why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """There will be no pull request; the sentence says why."""

    reason: str


type Event = Approved | Rejected | Expired | Opening | Opened | Stalled | Failed

TRANSITIONS: Mapping[tuple[ProposalState, type[Event]], ProposalState] = {
    (ProposalState.AWAITING, Approved): ProposalState.APPROVED,
    (ProposalState.AWAITING, Rejected): ProposalState.REJECTED,
    (ProposalState.AWAITING, Expired): ProposalState.EXPIRED,
    (ProposalState.APPROVED, Opening): ProposalState.OPENING,
    (ProposalState.APPROVED, Rejected): ProposalState.REJECTED,
    (ProposalState.APPROVED, Stalled): ProposalState.APPROVED,
    (ProposalState.APPROVED, Failed): ProposalState.FAILED,
    (ProposalState.OPENING, Opened): ProposalState.OPEN,
    (ProposalState.OPENING, Stalled): ProposalState.OPENING,
    (ProposalState.OPENING, Failed): ProposalState.FAILED,
}


def transition(proposal: Proposal, event: Event) -> Proposal:
    """The proposal after the event; raises ApprovalRefused when the event does not move it."""
    state = TRANSITIONS.get((proposal.state, type(event)))
    if state is None:
        raise refusal(proposal)
    match event:
        case Approved(by, at):
            if not by.is_admin:
                raise ApprovalRefused("Only an administrator can approve a change.", reason="not_admin")
            if not in_time(proposal, at):
                raise _expired(proposal)
            return replace(proposal, state=state, decided_by=by, decided=at)
        case Rejected(by, at):
            return replace(proposal, state=state, decided_by=by, decided=at, failure=None)
        case Opening(base_commit, files):
            return replace(proposal, state=state, base_commit=base_commit, files=files, failure=None)
        case Opened(pull_request):
            return replace(proposal, state=state, pull_request=pull_request, failure=None)
        case Stalled(reason) | Failed(reason):
            return replace(proposal, state=state, failure=reason)
        case Expired():
            return replace(proposal, state=state)


def in_time(proposal: Proposal, now: datetime) -> bool:
    """Whether a yes still counts; a clock that jumped back is not trusted."""
    return proposal.created - CLOCK_TOLERANCE <= now < proposal.expires


def refusal(proposal: Proposal) -> ApprovalRefused:
    """Why a decision comes too late for this proposal."""
    match proposal.state:
        case ProposalState.AWAITING:
            return ApprovalRefused(f"'{proposal.code}' still waits for a yes.", code=proposal.code, reason="awaiting")
        case ProposalState.EXPIRED:
            return _expired(proposal)
        case ProposalState.FAILED:
            return ApprovalRefused(
                f"'{proposal.code}' ended without a pull request: {proposal.failure}",
                code=proposal.code,
                failure=proposal.failure,
                reason="failed",
            )
        case _:
            return _decided(proposal)


def _expired(proposal: Proposal) -> ApprovalRefused:
    return ApprovalRefused(
        f"'{proposal.code}' expired at {proposal.expires:%H:%M} UTC. Ask for the change again.",
        code=proposal.code,
        expires=proposal.expires.isoformat(),
        reason="expired",
    )


def _decided(proposal: Proposal) -> ApprovalRefused:
    decision = "rejected" if proposal.state is ProposalState.REJECTED else "approved"
    who = (proposal.decided_by and proposal.decided_by.name) or "somebody"
    when = f" at {proposal.decided:%H:%M} UTC" if proposal.decided else ""
    return ApprovalRefused(
        f"'{proposal.code}' was already {decision} by {who}{when}.",
        code=proposal.code,
        decision=decision,
        by=who,
        decided=proposal.decided.isoformat() if proposal.decided else "",
        reason="already",
    )
