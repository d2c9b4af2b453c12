"""What became of a branch, read from the refs and commits alone. Import it in the executor only."""

from collections.abc import Iterator
from dataclasses import replace

from dulwich.object_store import BaseObjectStore
from dulwich.objects import Commit, ObjectID

from ..models.repository import PullRequest, PullRequestState, PullRequestStatus
from .drafts import changed_by_hand, taken

_TRAILER = "Homelab-Assistant: "
_HASH = 8
"""How many characters of a proposal's hash end its branch's name."""


def contains(store: BaseObjectStore, head: str, wanted: str) -> bool:
    """Whether the history of `head` has the commit, as far as the store reaches."""
    return any(commit.id.decode() == wanted for commit in _ancestors(store, ObjectID(head.encode()), set()))


def existing(
    store: BaseObjectStore, pull_request: PullRequest, default_head: str, branch_head: str | None
) -> PullRequest | None:
    """The branch as an earlier call made it, merged or not; None when it has to be made.

    Raises Conflict when it is not, or no longer, what `pull_request` asks for.
    """
    status = status_of(store, pull_request, default_head, branch_head)
    if status.changed_by_hand:
        ours = contains(store, status.pull_request.head_commit, pull_request.head_commit)
        raise (changed_by_hand if ours else taken)(pull_request.branch)
    return None if status.pull_request.state is PullRequestState.CLOSED else status.pull_request


def status_of(
    store: BaseObjectStore, pull_request: PullRequest, default_head: str, branch_head: str | None
) -> PullRequestStatus:
    """Where a branch stands: merged as a whole, squashed or rebased (known by its trailer), open, or gone."""
    if merge := _merge_of(store, pull_request, default_head):
        return PullRequestStatus(
            pull_request=replace(pull_request, state=PullRequestState.MERGED), merge_commit=merge.decode()
        )
    if branch_head is None:
        return PullRequestStatus(pull_request=replace(pull_request, state=PullRequestState.CLOSED))
    return PullRequestStatus(
        pull_request=replace(pull_request, state=PullRequestState.OPEN, head_commit=branch_head),
        changed_by_hand=branch_head != pull_request.head_commit,
    )


def _merge_of(store: BaseObjectStore, pull_request: PullRequest, default_head: str) -> ObjectID | None:
    """The commit of the default branch's own line that brought the change."""
    ours, trailer = pull_request.head_commit.encode(), f"{_TRAILER}{pull_request.branch[-_HASH:]}".encode()
    seen: set[ObjectID] = set()
    for commit in reversed(list(_line(store, ObjectID(default_head.encode())))):
        if any(each.id == ours or trailer in each.message for each in _ancestors(store, commit.id, seen)):
            return commit.id
    return None


def _line(store: BaseObjectStore, head: ObjectID) -> Iterator[Commit]:
    """A branch's own commits, newest first: of a merge, only the side that was merged into."""
    name: ObjectID | None = head
    while name is not None and name in store and isinstance(commit := store[name], Commit):
        yield commit
        name = commit.parents[0] if commit.parents else None


def _ancestors(store: BaseObjectStore, head: ObjectID, seen: set[ObjectID]) -> Iterator[Commit]:
    """A commit and everything before it that was not `seen`; a shallow store ends early."""
    queue = [head]
    while queue:
        name = queue.pop()
        if name not in seen and name in store and isinstance(commit := store[name], Commit):
            seen.add(name)
            yield commit
            queue += commit.parents
