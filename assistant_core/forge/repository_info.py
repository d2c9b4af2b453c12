"""What a token may do with a repository."""

from dataclasses import dataclass
from enum import StrEnum


class Excess(StrEnum):
    """What a token may do that it never has to."""

    ADMINISTRATION = "administration"
    WORKFLOWS = "workflows"
    OTHER_REPOSITORIES = "other_repositories"


_SENTENCES = {
    Excess.ADMINISTRATION: "The token may administer the repository; Contents and Pull requests are enough.",
    Excess.WORKFLOWS: "The token may change workflows; Contents and Pull requests are enough.",
    Excess.OTHER_REPOSITORIES: "The token reaches other repositories, too; make one for this repository only.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryInfo:
    """A repository as a token sees it, with its name as the forge writes it.

    `can_push` and `can_open_pull_requests` are about the token, not only about the person who made it. `protected`
    says whether the default branch is. What a forge does not tell is None. `excess` is as much as can be known.
    """

    repository: str
    default_branch: str
    private: bool | None
    archived: bool
    protected: bool | None
    can_push: bool
    can_open_pull_requests: bool
    excess: frozenset[Excess] = frozenset()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a careful person would change, each in a sentence."""
        unprotected = (
            f'The default branch "{self.default_branch}" is not protected: whoever has the token can push to it.'
        )
        return (
            *((unprotected,) if self.protected is False and self.can_push else ()),
            *(_SENTENCES[excess] for excess in Excess if excess in self.excess),
        )
