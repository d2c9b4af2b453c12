"""Why a decision moves nothing, in one sentence each."""

from ..errors import ApprovalRefused, Conflict
from ..models.change import Proposal, ProposalState, Requester


def not_allowed(who: Requester) -> ApprovalRefused:
    """Whoever says yes may not."""
    if not who.in_person:
        return ApprovalRefused(
            "Only a person approves a change, not a script or a model that acts for one.", reason="not_in_person"
        )
    return ApprovalRefused("Only an administrator can approve a change.", reason="not_admin")


def armed(proposal: Proposal) -> ApprovalRefused:
    """A satellite said yes; its people have to wait for an administrator."""
    return ApprovalRefused(
        f"Only an administrator can approve a change. They are asked about '{proposal.code}' now.",
        code=proposal.code,
        hash=proposal.hash,
        reason="armed",
    )


def unnamed(proposal: Proposal) -> ApprovalRefused:
    """A bare yes to what somebody else was shown."""
    return ApprovalRefused(
        f"To be sure that you mean '{proposal.code}' ({proposal.target.name}), say its code.",
        code=proposal.code,
        reason="unnamed",
    )


def closed(proposal: Proposal, occasion: str) -> ApprovalRefused:
    """The household wants no changes during something that goes on now."""
    return ApprovalRefused(
        f"No change is approved during '{occasion[:80]}'. '{proposal.code}' goes on waiting.",
        code=proposal.code,
        occasion=occasion[:80],
        reason="closed",
    )


def paused(proposal: Proposal, occasion: str) -> ApprovalRefused:
    """It is approved, and its pull request has to wait for the end of something that goes on now."""
    return ApprovalRefused(
        f"No pull request is opened during '{occasion[:80]}'. '{proposal.code}' is approved and goes on by itself "
        "afterwards.",
        code=proposal.code,
        occasion=occasion[:80],
        reason="paused",
    )


def interrupted() -> Conflict:
    """The desk was closed in the middle of it."""
    return Conflict(
        "The changes were set up anew meanwhile. What was approved goes on by itself; try again with anything else.",
        reason="interrupted",
    )


def hash_missing() -> ApprovalRefused:
    """What people press must say exactly which change it is about."""
    return ApprovalRefused(
        "This does not say which change it is about. Open the change and decide there.", reason="hash"
    )


def refusal(proposal: Proposal) -> ApprovalRefused:
    """Why a decision comes too late for this proposal, or too early."""
    match proposal.state:
        case ProposalState.DRAFT | ProposalState.AWAITING:
            return ApprovalRefused(f"'{proposal.code}' still waits for a yes.", code=proposal.code, reason="awaiting")
        case ProposalState.EXPIRED:
            return expired(proposal)
        case ProposalState.SUPERSEDED:
            return ApprovalRefused(
                f"'{proposal.code}' does not count any more: {proposal.failure}",
                code=proposal.code,
                reason="superseded",
            )
        case ProposalState.FAILED | ProposalState.BLOCKED | ProposalState.UNCHANGED:
            return ApprovalRefused(
                f"'{proposal.code}' ended without a pull request: {proposal.failure}",
                code=proposal.code,
                failure=proposal.failure,
                reason="failed",
            )
        case _:
            return _decided(proposal)


def expired(proposal: Proposal) -> ApprovalRefused:
    """Its time is over, or nobody can tell how old it is."""
    why = proposal.failure or f"'{proposal.code}' expired at {proposal.expires:%H:%M} UTC."
    return ApprovalRefused(
        f"{why} Ask for the change again.",
        code=proposal.code,
        expires=proposal.expires.isoformat(),
        reason="expired",
    )


def _decided(proposal: Proposal) -> ApprovalRefused:
    decision = "rejected" if proposal.state is ProposalState.REJECTED else "approved"
    name = proposal.decided_by and proposal.decided_by.name
    when = f" at {proposal.decided:%H:%M} UTC" if proposal.decided else ""
    return ApprovalRefused(
        f"'{proposal.code}' was already {decision} by {name or 'somebody'}{when}.",
        code=proposal.code,
        decision=decision,
        by=name or "",
        decided=proposal.decided.isoformat() if proposal.decided else "",
        reason=f"already_{decision}" if name and when else "already",
    )
