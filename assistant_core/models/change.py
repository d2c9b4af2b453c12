"""A wish to change the cluster, from the words to the pull request."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .plan import (
    AddApp,
    ChangePlan,
    RemoveApp,
    Restart,
    Resume,
    SetChartVersion,
    SetEnv,
    SetImage,
    SetReplicas,
    SetResources,
    SetStorage,
    SetStorageClass,
    SetValue,
    SetVm,
    Suspend,
)
from .reasons import Reason
from .repository import FileChange, PullRequest, PullRequestStatus

__all__ = [
    "AddApp",
    "ChangePlan",
    "Channel",
    "Happened",
    "Proposal",
    "ProposalState",
    "RemoveApp",
    "Requester",
    "Restart",
    "Resume",
    "Retry",
    "Risk",
    "SetChartVersion",
    "SetEnv",
    "SetImage",
    "SetReplicas",
    "SetResources",
    "SetStorage",
    "SetStorageClass",
    "SetValue",
    "SetVm",
    "Step",
    "Suspend",
    "Target",
]


class Channel(StrEnum):
    """How a person reached us."""

    VOICE = "voice"
    TEXT = "text"
    SERVICE = "service"
    COMMAND_LINE = "command_line"
    BUTTON = "button"
    NOTIFICATION = "notification"
    PANEL = "panel"
    WEBSOCKET = "websocket"
    REPAIRS = "repairs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """Who asks or decides, and where; `user_id` is None for a satellite or an automation.

    `is_active` is False for somebody who is known and may not log in any more, `in_person` when a script or a model
    acts in somebody's name.
    """

    channel: Channel
    user_id: str | None = None
    name: str | None = None
    is_admin: bool = False
    is_active: bool = True
    device_id: str | None = None
    in_person: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The workload a plan was resolved to, and the value it changes."""

    kind: str
    namespace: str
    name: str
    path: str
    field: str
    before: str
    after: str


class Risk(StrEnum):
    """What a change may break when it goes wrong."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class ProposalState(StrEnum):
    """Where a proposal stands."""

    DRAFT = "draft"
    AWAITING = "awaiting"
    APPROVED = "approved"
    OPENING = "opening"
    OPEN = "open"
    MERGED = "merged"
    SYNCED = "synced"
    HEALTHY = "healthy"
    DEGRADED = "degraded"
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    UNCHANGED = "unchanged"
    BLOCKED = "blocked"
    CLOSED = "closed"
    FAILED = "failed"


class Step(StrEnum):
    """What happened to a proposal."""

    ASKED = "asked"
    ARMED = "armed"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    OPENING = "opening"
    STALLED = "stalled"
    OPENED = "opened"
    UNCHANGED = "unchanged"
    BLOCKED = "blocked"
    FAILED = "failed"
    CHECKS_PASSED = "checks_passed"
    CHECKS_FAILED = "checks_failed"
    REVIEWED = "reviewed"
    CHANGES_REQUESTED = "changes_requested"
    CONFLICT = "conflict"
    CHANGED_BY_HAND = "changed_by_hand"
    MERGED = "merged"
    CLOSED = "closed"
    REOPENED = "reopened"
    SYNCED = "synced"
    HEALTHY = "healthy"
    DEGRADED = "degraded"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """When the forge is asked again, for the `count`-th time; `asked` is whether it told us to wait until then."""

    count: int
    at: datetime
    asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One line of a proposal's history; `why` it happened, where that is worth a sentence."""

    step: Step
    state: ProposalState
    at: datetime
    by: Requester | None = None
    why: Reason | None = None

    @property
    def detail(self) -> str | None:
        """The sentence that says why."""
        return self.why.sentence if self.why else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A change that waits for a person's yes, or what became of it.

    `hash` is the sha256 (hex) over the canonical diff, the base commit and the target: a yes is for exactly that.
    Times are UTC. `risk` has its `reasons`; `checks` are the warnings that came with it, `notes` what the edit does
    besides. `model` made the plan; None: a person's own words or form did. It undoes the proposal whose id is
    `reverts`.

    `step` is what happened last, at `updated`, and `why`; `failure` is the sentence of that. A satellite that nobody is
    logged in to said yes when it was `armed_by` one: that asks the administrators. `pull_request` is the URL once open,
    `opened` the pull request as we opened it, `status` what became of it. The cluster has until `deadline` to follow.
    Nothing more will happen to it when it is `settled`, unless a person opens its closed pull request again.
    """

    id: str
    hash: str
    code: str
    repository: str
    base_commit: str
    plan: ChangePlan
    target: Target
    files: tuple[FileChange, ...]
    diff: str
    state: ProposalState
    requested_by: Requester
    words: str
    created: datetime
    expires: datetime
    decided_by: Requester | None = None
    decided: datetime | None = None
    pull_request: str | None = None
    why: Reason | None = None
    risk: Risk = Risk.HIGH  # what nobody judged
    reasons: tuple[Reason, ...] = ()
    checks: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()
    model: str | None = None
    step: Step = Step.ASKED
    updated: datetime | None = None
    armed_by: Requester | None = None
    retry: Retry | None = None
    opened: PullRequest | None = None
    status: PullRequestStatus | None = None
    deadline: datetime | None = None
    settled: bool = False
    reverts: str | None = None

    @property
    def failure(self) -> str | None:
        """The sentence that says why it happened."""
        return self.why.sentence if self.why else None

    @property
    def last(self) -> Happened:
        """What happened to it last."""
        by = {
            Step.ASKED: self.requested_by,
            Step.ARMED: self.armed_by,
            Step.APPROVED: self.decided_by,
            Step.REJECTED: self.decided_by,
        }
        return Happened(
            step=self.step,
            state=self.state,
            at=self.updated or self.created,
            by=by.get(self.step),
            why=self.why,
        )
