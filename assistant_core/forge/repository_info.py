"""What a token may do with a repository."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryInfo:
    """A repository as a token sees it, with its name as the forge writes it.

    `can_push` and `can_open_pull_requests` are about the token, not only about the person who made it. `protected`
    says whether the default branch is. What a forge does not tell is None.
    """

    repository: str
    default_branch: str
    private: bool | None
    archived: bool
    protected: bool | None
    can_push: bool
    can_open_pull_requests: bool
