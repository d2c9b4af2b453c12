"""A GitOps repository: what stands in it, what we want to change, and the pull request that asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    draft gives the same commit.
    """

    base_commit: str
    branch: str
    title: str
    body: str
    message: str
    authored: datetime
    files: tuple[FileChange, ...]


class PullRequestState(StrEnum):
    """Where a pull request stands."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A pull request on the forge."""

    number: int
    url: str
    branch: str
    head_commit: str
    state: PullRequestState
