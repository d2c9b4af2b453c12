"""What the simulated GitHub knows of its repository besides git: pull requests, protection, labels."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .github_access import Access, Need
from .github_git import GitStore
from .github_wire import Answer, Call, not_found, user_json, when

type Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True)
class Route:
    """An endpoint below `/repos/OWNER/NAME`."""

    method: str
    path: str
    need: Need
    handler: Handler


@dataclass(kw_only=True)
class Pull:
    """A pull request; `mergeable_for` is the (base, head) that its mergeability was asked for."""

    number: int
    title: str
    body: str
    head: str
    base: str
    head_sha: str
    base_sha: str
    login: str
    draft: bool = False
    state: str = "open"
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    closed: datetime | None = None
    merged_by: str | None = None
    merge_sha: str | None = None
    mergeable_for: tuple[str, str] | None = None
    labels: list[str] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    reviews: list[dict[str, Any]] = field(default_factory=list)

    @property
    def merged(self) -> bool:
        """Whether it was merged."""
        return self.merge_sha is not None

    def close(self) -> None:
        """Close it."""
        self.state, self.closed = "closed", datetime.now(UTC)

    def reopen(self) -> None:
        """Open it again."""
        self.state, self.closed = "open", None


@dataclass(kw_only=True)
class Hub:
    """The repository and everything around it."""

    store: GitStore
    access: Access
    full_name: str
    private: bool = True
    archived: bool = False
    default_branch: str = "main"
    protected: dict[str, int] = field(default_factory=dict)
    """Branch name -> approvals a merge needs."""
    pulls: list[Pull] = field(default_factory=list)
    labels: dict[str, dict[str, Any]] = field(default_factory=dict)
    former_names: set[str] = field(default_factory=set)
    check_runs: dict[str, dict[str, str | None]] = field(default_factory=dict)
    """Commit -> name -> conclusion; None while it runs."""
    statuses: dict[str, dict[str, str]] = field(default_factory=dict)
    """Commit -> context -> state."""

    def rename(self, full_name: str) -> None:
        """Give it another name; the old one redirects."""
        if full_name != self.full_name:
            self.former_names.add(self.full_name.lower())
            self.full_name = full_name
        self.former_names.discard(full_name.lower())

    def was_called(self, full_name: str) -> bool:
        """Whether this is an old name."""
        return full_name.lower() in self.former_names

    @property
    def owner(self) -> str:
        """Whose repository it is."""
        return self.full_name.split("/")[0]

    def pull(self, number: str) -> Pull:
        """A pull request by the number in a path; refuses what is not there."""
        for pull in self.pulls:
            if str(pull.number) == number:
                return pull
        raise not_found()

    async def refresh(self, pull: Pull) -> None:
        """Let an open pull request follow its branches; it closes when its branch is gone."""
        if pull.state != "open":
            return
        head = await self.store.head(pull.head)
        if head is None:
            pull.close()
            return
        pull.head_sha = head
        pull.base_sha = await self.store.head(pull.base) or pull.base_sha


def repository_json(hub: Hub, url: str, site: str, *, push: bool, admin: bool) -> dict[str, Any]:
    """The repository."""
    return {
        "id": 1,
        "name": hub.full_name.split("/")[1],
        "full_name": hub.full_name,
        "owner": user_json(hub.owner),
        "private": hub.private,
        "visibility": "private" if hub.private else "public",
        "archived": hub.archived,
        "disabled": False,
        "fork": False,
        "default_branch": hub.default_branch,
        "html_url": f"{site}/{hub.full_name}",
        "url": url,
        "allow_merge_commit": True,
        "allow_squash_merge": True,
        "allow_rebase_merge": True,
        "permissions": {"admin": admin, "maintain": admin, "push": push, "triage": push, "pull": True},
    }


def pull_json(hub: Hub, call: Call, pull: Pull) -> dict[str, Any]:
    """A pull request as it stands in a list."""
    return {
        "id": pull.number,
        "number": pull.number,
        "state": pull.state,
        "title": pull.title,
        "body": pull.body,
        "draft": pull.draft,
        "user": user_json(pull.login),
        "labels": [hub.labels[name] for name in pull.labels],
        "url": f"{call.url}/pulls/{pull.number}",
        "html_url": f"{call.site}/{hub.full_name}/pull/{pull.number}",
        "issue_url": f"{call.url}/issues/{pull.number}",
        "created_at": when(pull.created),
        "updated_at": when(pull.closed or pull.created),
        "closed_at": when(pull.closed) if pull.closed else None,
        "merged_at": when(pull.closed) if pull.merged and pull.closed else None,
        "merge_commit_sha": pull.merge_sha,
        "head": _side(hub, pull.head, pull.head_sha),
        "base": _side(hub, pull.base, pull.base_sha),
    }


def _side(hub: Hub, ref: str, sha: str) -> dict[str, Any]:
    return {
        "label": f"{hub.owner}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": user_json(hub.owner),
        "repo": {"full_name": hub.full_name, "name": hub.full_name.split("/")[1], "private": hub.private},
    }
