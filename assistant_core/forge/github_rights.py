"""What a GitHub token may do, found out without changing anything. Import it in the executor only.

A repository's `permissions` are the person's, not the token's; so the token is tried on what cannot succeed, and on
reading what only a permission too many would show.
"""

from collections.abc import Callable, Iterator
from http import HTTPStatus

from github import Github, GithubException
from github.Repository import Repository

from ..errors import ResponseInvalid
from .github_errors import is_rate_limit
from .repository_info import Excess

_NO_COMMIT = "0" * 40
_DENIED = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)


def can_push(repository: Repository) -> bool:
    """Whether the token may write contents."""
    return _refused_for_nonsense(lambda: repository.create_git_ref(_probe(repository), _NO_COMMIT))


def can_open(repository: Repository) -> bool:
    """Whether the token may open pull requests."""
    return _refused_for_nonsense(
        lambda: repository.create_pull(repository.default_branch, _probe(repository), title="-")
    )


def excess(github: Github, repository: Repository, *, of_an_app: bool) -> frozenset[Excess]:
    """What the token may do that it never has to, as far as GitHub tells; an app's token is narrowed by us."""
    if of_an_app:
        return frozenset({Excess.OTHER_REPOSITORIES} if _several_installed(github) else ())
    if github.oauth_scopes:
        return frozenset(_of_scopes(set(github.oauth_scopes), administrator=repository.permissions.admin))
    return frozenset(_of_fine_grained(github, repository))


def _of_scopes(scopes: set[str], *, administrator: bool) -> Iterator[Excess]:
    """Classic tokens say what they may do, and always in all of a person's repositories."""
    yield Excess.OTHER_REPOSITORIES
    if "workflow" in scopes:
        yield Excess.WORKFLOWS
    if "delete_repo" in scopes or (administrator and "repo" in scopes):
        yield Excess.ADMINISTRATION


def _of_fine_grained(github: Github, repository: Repository) -> Iterator[Excess]:
    if repository.permissions.admin and _readable(lambda: next(iter(repository.get_keys()), None)):
        yield Excess.ADMINISTRATION
    if _others(github, repository.full_name):
        yield Excess.OTHER_REPOSITORIES


def _others(github: Github, name: str) -> bool:
    """Whether the token shows private repositories other than ours; the public ones everybody sees."""
    found: list[str] = []

    def look() -> None:
        found.extend(each.full_name for each in github.get_user().get_repos(visibility="private").get_page(0))

    return _readable(look) and any(each != name for each in found)


def _several_installed(github: Github) -> bool:
    _, answer = github.requester.requestJsonAndCheck("GET", "/installation/repositories?per_page=1")
    return bool(answer["total_count"] > 1)


def _probe(repository: Repository) -> str:
    return f"refs/heads/{repository.default_branch}-permission-probe"


def _refused_for_nonsense(attempt: Callable[[], object]) -> bool:
    """Whether GitHub refuses for what is asked and not for who asks: it looks at the permission first."""
    try:
        attempt()
    except GithubException as error:
        if is_rate_limit(error) or error.status not in (*_DENIED, HTTPStatus.UNPROCESSABLE_ENTITY):
            raise
        return error.status not in _DENIED
    raise ResponseInvalid("GitHub accepted a request that makes no sense; check the address.")


def _readable(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except GithubException as error:
        if is_rate_limit(error) or error.status not in _DENIED:
            raise
        return False
    return True
