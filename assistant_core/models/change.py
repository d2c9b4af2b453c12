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
    SetValue,
    SetVm,
    Suspend,
)
from .repository import FileChange

__all__ = [
    "AddApp",
    "ChangePlan",
    "Channel",
    "Proposal",
    "ProposalState",
    "RemoveApp",
    "Requester",
    "Restart",
    "Resume",
    "Risk",
    "SetChartVersion",
    "SetEnv",
    "SetImage",
    "SetReplicas",
    "SetResources",
    "SetStorage",
    "SetValue",
    "SetVm",
    "Suspend",
    "Target",
]


class Channel(StrEnum):
    """How a person reached us."""

    VOICE = "voice"
    TEXT = "text"
    SERVICE = "service"
    COMMAND_LINE = "command_line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """Who asks or decides, and where; `user_id` is None for a satellite or an automation."""

    channel: Channel
    user_id: str | None = None
    name: str | None = None
    is_admin: bool = False
    device_id: str | None = None


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

    AWAITING = "awaiting"
    APPROVED = "approved"
    OPENING = "opening"
    OPEN = "open"
    REJECTED = "rejected"
    EXPIRED = "expired"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A change that waits for a person's yes, or what became of it.

    `hash` is the sha256 (hex) over the canonical diff, the base commit and the target: a yes is for exactly that. Times
    are UTC.
    `pull_request` is its URL once open; `failure` is the sentence that says why it failed.
    `risk` has its `reasons`; `checks` are the warnings that came with it, `notes` what the edit does besides: all of
    them sentences. `model` made the plan; None: a person's own words or form did.
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
    failure: str | None = None
    risk: Risk = Risk.HIGH  # what nobody judged
    reasons: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    model: str | None = None
