"""A GitOps repository: what stands in it, what we want to change, and the pull request that asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The files of one commit; `files` maps the path (with forward slashes) to its bytes."""

    commit: str
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A file before and after; None before: it is new, None after: it is deleted."""

    path: str
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A change ready to be asked for.

    `branch` is deterministic, so that the same proposal never makes two. `authored` (UTC) dates the commit: the same
    draft gives the same commit. `labels` go onto the pull request where the forge has labels.
    """

    base_commit: str
    branch: str
    title: str
    body: str
    message: str
    authored: datetime
    files: tuple[FileChange, ...]
    labels: tuple[str, ...] = ("homelab-assistant",)


class PullRequestState(StrEnum):
    """Where a pull request stands."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A pull request on the forge; `number` is 0 where there are branches only."""

    number: int
    url: str
    branch: str
    head_commit: str
    state: PullRequestState


class ChecksState(StrEnum):
    """What the checks of a pull request's head say together."""

    UNKNOWN = "unknown"  # the forge has none, or does not show them to us
    NONE = "none"
    PENDING = "pending"
    SUCCESS = "success"
    FAILURE = "failure"


class ReviewState(StrEnum):
    """What the reviewers say together; one who wants changes outweighs those who approve."""

    NONE = "none"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestStatus:
    """What became of a pull request.

    `pull_request` is as it stands now. `merge_commit` is the commit that brought it into the default branch. Its head
    is not ours any more when it was `changed_by_hand`. `failed_checks` are their names. `conflicts` is None while the
    forge has not worked it out or cannot. `marks` are the forge's own: given back to it, they let it answer cheaply.
    """

    pull_request: PullRequest
    merge_commit: str | None = None
    changed_by_hand: bool = False
    checks: ChecksState = ChecksState.UNKNOWN
    failed_checks: tuple[str, ...] = ()
    review: ReviewState = ReviewState.NONE
    conflicts: bool | None = None
    marks: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a forge can do beyond branches and commits."""

    pull_requests: bool = False
    labels: bool = False
    checks: bool = False
    reviews: bool = False
    conflicts: bool = False
