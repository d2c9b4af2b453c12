"""Which proposal a decision is about. In doubt none: a yes is never guessed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..errors import ApprovalRefused, InputInvalid
from ..models.change import Proposal, ProposalState
from .codes import heard
from .rights import in_time

UNFINISHED = (ProposalState.APPROVED, ProposalState.OPENING)
"""A yes was said and there is no pull request yet."""

MERGED = (ProposalState.MERGED, ProposalState.SYNCED, ProposalState.HEALTHY, ProposalState.DEGRADED)
"""A person merged it."""

RECENT = timedelta(minutes=15)
"""How long a bare "yes" after the decision is still taken to be about the decided proposal."""


def is_awaiting(proposal: Proposal, now: datetime) -> bool:
    """Whether it waits for a yes that would still count."""
    return proposal.state is ProposalState.AWAITING and in_time(proposal, now)


def select(
    proposals: Iterable[Proposal], now: datetime, *, proposal_hash: str | None = None, code: str | None = None
) -> Proposal:
    """The proposal that is meant, in whatever state: awaiting ones first, then the latest.

    Raises ApprovalRefused when none or more than one is.
    """
    known = tuple(proposals)
    awaiting = [each for each in known if is_awaiting(each, now)]
    if proposal_hash is None and code is None:
        return _only(known, awaiting, now)
    named = [
        each
        for each in (*known, *awaiting)
        if (proposal_hash is None or each.hash == proposal_hash) and (code is None or each.code == heard(code))
    ]
    if named:
        return named[-1]
    if code is None:
        raise ApprovalRefused("There is no such proposal, or it has changed. Ask for the change again.", reason="hash")
    waiting = f" Waiting: {_names(awaiting)}." if awaiting else ""
    raise ApprovalRefused(f"Nothing waits for '{heard(code)[:40]}'.{waiting}", code=heard(code)[:40], reason="code")


def last_merged(proposals: Iterable[Proposal], name: str | None = None) -> Proposal:
    """The proposal that was merged last and not undone since, of that workload. Raises InputInvalid: there is none."""
    known = [each for each in proposals if name in {None, each.target.name}]
    undone = {each.reverts for each in known if each.state in MERGED}
    merged = [each for each in known if each.state in MERGED and each.id not in undone]
    if not merged:
        raise InputInvalid("No change of ours was merged lately, so there is nothing to undo.", reason="nothing_merged")
    return max(merged, key=lambda each: each.deadline or _settled_at(each))


def _only(known: tuple[Proposal, ...], awaiting: list[Proposal], now: datetime) -> Proposal:
    if len(awaiting) == 1:
        return awaiting[0]
    if awaiting:
        raise ApprovalRefused(
            f"{len(awaiting)} changes wait for a yes: {_names(awaiting)}. Say the code of the one you mean.",
            codes=", ".join(each.code for each in awaiting),
            reason="several",
        )
    recent = [each for each in known if _is_recent(each, now)]
    if not recent:
        raise ApprovalRefused("Nothing is waiting for a yes.", reason="nothing")
    return max(recent, key=_settled_at)


def _is_recent(proposal: Proposal, now: datetime) -> bool:
    """Whether it was settled just now, or is approved and still without its pull request."""
    if proposal.state is ProposalState.AWAITING:
        return False
    return proposal.state in UNFINISHED or abs(now - _settled_at(proposal)) <= RECENT


def _settled_at(proposal: Proposal) -> datetime:
    return proposal.decided or proposal.updated or proposal.expires


def _names(proposals: list[Proposal]) -> str:
    return ", ".join(f"'{each.code}' ({each.target.name})" for each in proposals)
