"""What can happen to a proposal."""

from dataclasses import dataclass
from datetime import datetime

from ..models.change import Requester, Retry, Step
from ..models.reasons import Reason
from ..models.repository import FileChange, PullRequest, PullRequestStatus


@dataclass(frozen=True, slots=True)
class Explained:
    """An event with its reason."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Asked:
    """It is shown to people, under its spoken code."""

    code: str


@dataclass(frozen=True, slots=True)
class Armed:
    """A satellite that nobody is logged in to said yes: the administrators are asked."""

    by: Requester


@dataclass(frozen=True, slots=True)
class Approved:
    """Somebody said yes; `trusted` is whether the household lets the satellite approve by itself."""

    by: Requester
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """A person said no."""

    by: Requester


@dataclass(frozen=True, slots=True)
class Expired:
    """Nobody decided in time, or nobody can tell any more (`reason`)."""

    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Superseded:
    """Another proposal took its place, under this code."""

    code: str


@dataclass(frozen=True, slots=True)
class Opening:
    """The forge is about to be asked for exactly this, which is the approved diff on today's base."""

    base_commit: str
    files: tuple[FileChange, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """The pull request exists."""

    pull_request: PullRequest


@dataclass(frozen=True, slots=True)
class Stalled(Explained):
    """The forge could not be asked."""

    retry: Retry


class Overtaken(Explained):
    """The repository is as it was to become already."""


class Blocked(Explained):
    """A rule of the house, or a right that was taken away, stands against it."""


class Failed(Explained):
    """There will be no pull request."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Something happened to its open pull request."""

    status: PullRequestStatus
    step: Step
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """A person merged it; the cluster has until `deadline` to follow."""

    status: PullRequestStatus
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Closed:
    """A person closed it without a merge."""

    status: PullRequestStatus


@dataclass(frozen=True, slots=True)
class Reopened:
    """A person opened the closed pull request again."""

    status: PullRequestStatus


@dataclass(frozen=True, slots=True)
class Synced:
    """The cluster is as the repository says since the merge."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was deployed is healthy."""


@dataclass(frozen=True, slots=True)
class Degraded:
    """What was deployed is not well, or could not be deployed."""

    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Lapsed:
    """Nobody waits for the cluster any more."""

    reason: Reason | None = None


type Event = (
    Asked
    | Armed
    | Approved
    | Rejected
    | Expired
    | Superseded
    | Opening
    | Opened
    | Stalled
    | Overtaken
    | Blocked
    | Failed
    | Seen
    | Merged
    | Closed
    | Reopened
    | Synced
    | Recovered
    | Degraded
    | Lapsed
)
