from typing import Any

import pytest

from assistant_core.errors import AuthenticationFailed, NotFound, RateLimited
from assistant_core.forge import Excess, GitHubForge, RepositoryInfo
from demo.faults import Fault, FaultKind

from .conftest import GitHub


async def test_a_token_that_may_do_what_it_must_is_told_so_and_nothing_is_left_behind(
    github: GitHub, forge: GitHubForge
) -> None:
    before = await github.state()

    info = await forge.check()

    assert info == RepositoryInfo(
        repository="demo/homelab",
        default_branch="main",
        private=True,
        archived=False,
        protected=False,
        can_push=True,
        can_open_pull_requests=True,
    )
    assert await github.state() == before


@pytest.mark.parametrize(
    ("rights", "allowed"),
    [
        ({"contents": "read"}, (False, True)),
        ({"pull_requests": "read"}, (True, False)),
        ({"contents": "read", "pull_requests": "none"}, (False, False)),
        ({"push": False}, (False, False)),
    ],
)
async def test_a_token_that_lacks_a_permission_is_found_out_before_it_is_needed(
    github: GitHub, rights: dict[str, Any], allowed: tuple[bool, bool]
) -> None:
    await github.do("tokens", value="limited", **rights)

    info = await github.forge(token="limited").check()

    assert (info.can_push, info.can_open_pull_requests) == allowed


async def test_an_archived_repository_and_a_protected_branch_are_told(github: GitHub, forge: GitHubForge) -> None:
    await github.do("protect", branch="main", approvals=1)
    assert (await forge.check()).protected

    await github.do("repository", archived=True)
    info = await forge.check()
    assert (info.archived, info.can_push, info.can_open_pull_requests) == (True, False, False)


async def test_a_wrong_or_expired_token_is_said_to_be_one(github: GitHub) -> None:
    with pytest.raises(AuthenticationFailed, match="does not accept the token"):
        await github.forge(token="wrong").check()

    await github.do("tokens", value="old", expired=True)
    with pytest.raises(AuthenticationFailed, match="wrong or has expired"):
        await github.forge(token="old").check()


async def test_a_repository_that_the_token_may_not_see_is_not_told_from_one_that_is_not_there(github: GitHub) -> None:
    await github.do("tokens", value="elsewhere", repository=False)

    for stranger in (github.forge(token="elsewhere"), github.forge(repository="demo/nothing")):
        with pytest.raises(NotFound, match=r'GitHub shows no repository "demo/.*" to this token'):
            await stranger.check()


async def test_a_rate_limit_during_the_check_is_not_mistaken_for_a_missing_permission(
    github: GitHub, forge: GitHubForge
) -> None:
    await github.proxy.inject(
        Fault(
            kind=FaultKind.STATUS,
            method="POST",
            status=403,
            headers={"Retry-After": "30"},
            body='{"message": "You have exceeded a secondary rate limit."}',
        )
    )

    with pytest.raises(RateLimited) as caught:
        await forge.check()
    assert caught.value.retry_after == 30


@pytest.mark.parametrize(
    ("rights", "expected"),
    [
        ({}, set()),
        ({"administration": "read"}, {Excess.ADMINISTRATION}),
        ({"others": ["demo/diary"]}, {Excess.OTHER_REPOSITORIES}),
        ({"scopes": "repo, workflow"}, set(Excess)),
        ({"scopes": "repo"}, {Excess.ADMINISTRATION, Excess.OTHER_REPOSITORIES}),
        ({"scopes": "public_repo", "login": "bert"}, {Excess.OTHER_REPOSITORIES}),
    ],
)
async def test_a_token_that_may_do_more_than_it_must_is_told_so(
    github: GitHub, rights: dict[str, Any], expected: set[Excess]
) -> None:
    await github.do("tokens", **{"value": "mighty", "login": "demo", **rights})

    info = await github.forge(token="mighty").check()

    assert info.excess == expected
    assert len(info.warnings) == len(expected) + 1  # the default branch is not protected


async def test_each_warning_is_a_sentence(github: GitHub) -> None:
    await github.do("tokens", value="mighty", login="demo", scopes="repo, workflow")

    unprotected, *excess = (await github.forge(token="mighty").check()).warnings
    assert unprotected == 'The default branch "main" is not protected: whoever has the token can push to it.'
    assert excess[0] == "The token may administer the repository; Contents and Pull requests are enough."
    await github.do("protect", branch="main", approvals=1)
    assert (await github.forge(token="mighty").check()).warnings == tuple(excess)
