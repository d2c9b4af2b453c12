"""The life of a proposal, as a pure function over a table.

    draft -> awaiting -> approved -> opening -> open -> merged -> synced -> healthy
    awaiting -> rejected | expired | superseded
    approved -> rejected                      a yes whose pull request could not be begun can be taken back
    approved -> unchanged | superseded        on today's base it is so already, or it is another change
    approved | opening -> blocked | failed    a rule of the house, or the forge, said no for good
    approved | opening -> the same            the forge could not be asked: the yes is kept for the next try
    open -> closed -> open                    only a person opens a closed pull request again
    merged | synced -> degraded -> synced | healthy

OPENING fixes the base commit and the files, so that every further try asks the forge for the same commit. Nothing else
moves a proposal that is settled.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..models.change import Proposal, ProposalState, Step
from ..models.reasons import Reason, Why
from .events import (
    Approved,
    Armed,
    Asked,
    Blocked,
    Closed,
    Degraded,
    Event,
    Expired,
    Explained,
    Failed,
    Lapsed,
    Merged,
    Opened,
    Opening,
    Overtaken,
    Recovered,
    Rejected,
    Reopened,
    Seen,
    Stalled,
    Superseded,
    Synced,
)
from .refusals import expired, not_allowed, refusal
from .rights import in_time, is_allowed

_S = ProposalState

TRANSITIONS: Mapping[tuple[ProposalState, type[Event]], ProposalState] = {
    (_S.DRAFT, Asked): _S.AWAITING,
    (_S.AWAITING, Armed): _S.AWAITING,
    (_S.AWAITING, Approved): _S.APPROVED,
    (_S.AWAITING, Rejected): _S.REJECTED,
    (_S.AWAITING, Expired): _S.EXPIRED,
    (_S.AWAITING, Superseded): _S.SUPERSEDED,
    (_S.APPROVED, Opening): _S.OPENING,
    (_S.APPROVED, Rejected): _S.REJECTED,
    (_S.APPROVED, Superseded): _S.SUPERSEDED,
    (_S.APPROVED, Overtaken): _S.UNCHANGED,
    (_S.APPROVED, Stalled): _S.APPROVED,
    (_S.APPROVED, Blocked): _S.BLOCKED,
    (_S.APPROVED, Failed): _S.FAILED,
    (_S.OPENING, Opened): _S.OPEN,
    (_S.OPENING, Stalled): _S.OPENING,
    (_S.OPENING, Blocked): _S.BLOCKED,
    (_S.OPENING, Failed): _S.FAILED,
    (_S.OPEN, Seen): _S.OPEN,
    (_S.OPEN, Stalled): _S.OPEN,
    (_S.OPEN, Merged): _S.MERGED,
    (_S.OPEN, Closed): _S.CLOSED,
    (_S.CLOSED, Reopened): _S.OPEN,
    (_S.MERGED, Synced): _S.SYNCED,
    (_S.MERGED, Degraded): _S.DEGRADED,
    (_S.MERGED, Lapsed): _S.MERGED,
    (_S.SYNCED, Recovered): _S.HEALTHY,
    (_S.SYNCED, Degraded): _S.DEGRADED,
    (_S.SYNCED, Lapsed): _S.SYNCED,
    (_S.DEGRADED, Synced): _S.SYNCED,
    (_S.DEGRADED, Recovered): _S.HEALTHY,
    (_S.DEGRADED, Lapsed): _S.DEGRADED,
}

_STEPS: Mapping[type[Event], Step] = {
    Asked: Step.ASKED,
    Armed: Step.ARMED,
    Approved: Step.APPROVED,
    Rejected: Step.REJECTED,
    Expired: Step.EXPIRED,
    Superseded: Step.SUPERSEDED,
    Opening: Step.OPENING,
    Opened: Step.OPENED,
    Stalled: Step.STALLED,
    Overtaken: Step.UNCHANGED,
    Blocked: Step.BLOCKED,
    Failed: Step.FAILED,
    Merged: Step.MERGED,
    Closed: Step.CLOSED,
    Reopened: Step.REOPENED,
    Synced: Step.SYNCED,
    Recovered: Step.HEALTHY,
    Degraded: Step.DEGRADED,
    Lapsed: Step.LAPSED,
}

FINAL = frozenset(ProposalState) - {state for state, event in TRANSITIONS if event is not Reopened}
"""States that nothing of ours leads out of."""


def transition(proposal: Proposal, event: Event, at: datetime) -> Proposal:
    """The proposal after the event at that time (UTC); raises ApprovalRefused when the event does not move it."""
    state = TRANSITIONS.get((proposal.state, type(event)))
    if state is None or (proposal.settled and not isinstance(event, Reopened)):
        raise refusal(proposal)
    if isinstance(event, Approved):
        if not is_allowed(proposal, event.by, at, trusted=event.trusted):
            raise not_allowed(event.by)
        if not in_time(proposal, at):
            raise expired(proposal)
    settled = state in FINAL or isinstance(event, Lapsed)
    step = event.step if isinstance(event, Seen) else _STEPS[type(event)]
    told = replace(proposal, state=state, step=step, updated=at, settled=settled, why=_reason(event), retry=None)
    return _with_content(told, event, at)


def _reason(event: Event) -> Reason | None:
    """Why it happened, for people."""
    match event:
        case Superseded(code):
            return Why.SUPERSEDED.told(code=code)
        case Explained(reason) | Expired(reason) | Degraded(reason) | Lapsed(reason) | Seen(reason=reason):
            return reason
    return None


def _with_content(proposal: Proposal, event: Event, at: datetime) -> Proposal:
    """The proposal with what the event brings besides."""
    changes: dict[str, Any] = {}
    match event:
        case Asked(code):
            changes = {"code": code}
        case Armed(by):
            changes = {"armed_by": by}
        case Approved(by) | Rejected(by):
            changes = {"decided_by": by, "decided": at}
        case Opening(base_commit, files):
            changes = {"base_commit": base_commit, "files": files}
        case Opened(pull_request):
            changes = {"pull_request": pull_request.url, "opened": pull_request}
        case Stalled(retry=retry):
            changes = {"retry": retry}
        case Merged(status, deadline):
            changes = {"status": status, "deadline": deadline}
        case Seen(status) | Closed(status) | Reopened(status):
            changes = {"status": status}
    return replace(proposal, **changes)
