from dataclasses import replace

import pytest

from assistant_core.errors import NotFound, RateLimited
from assistant_core.forge import GitHubForge
from assistant_core.models.repository import (
    ChecksState,
    Draft,
    PullRequest,
    PullRequestState,
    PullRequestStatus,
    ReviewState,
)

from .conftest import JELLYFIN, GitHub


@pytest.fixture
async def pull(forge: GitHubForge, draft: Draft) -> PullRequest:
    return await forge.open(draft)


async def test_an_open_pull_request_is_mergeable_once_github_has_worked_it_out(
    github: GitHub, forge: GitHubForge, draft: Draft
) -> None:
    pull = await forge.open(draft)
    await github.do("push", path="apps/home/new.yaml", content="kind: ConfigMap\n")

    first = await forge.follow(pull)
    second = await forge.follow(pull, first)

    assert first == PullRequestStatus(pull_request=pull, checks=ChecksState.NONE)
    assert second == replace(first, conflicts=False)


async def test_what_has_not_changed_costs_nothing(github: GitHub, forge: GitHubForge, pull: PullRequest) -> None:
    status = await forge.follow(pull, await forge.follow(pull))
    before = (await forge_limits(github))["remaining"]
    github.proxy.seen.clear()

    for _ in range(3):
        assert await forge.follow(pull, status) == status

    assert len(github.proxy.seen) == 12
    assert (await forge_limits(github))["remaining"] == before


async def forge_limits(github: GitHub) -> dict[str, int]:
    async with github.session.get(f"{github.proxy.url}/rate_limit") as response:
        return (await response.json())["rate"]


@pytest.mark.parametrize(
    ("runs", "statuses", "expected", "failed"),
    [
        ({}, {}, ChecksState.NONE, ()),
        ({"lint": None}, {}, ChecksState.PENDING, ()),
        ({"lint": "success", "docs": "skipped"}, {}, ChecksState.SUCCESS, ()),
        ({"lint": "success"}, {"diff": "pending"}, ChecksState.PENDING, ()),
        ({"lint": None}, {"diff": "error"}, ChecksState.FAILURE, ("diff",)),
        ({"lint": "failure", "docs": "timed_out", "fine": "neutral"}, {}, ChecksState.FAILURE, ("lint", "docs")),
        ({"what\nis " + "long" * 40: "of_a_newer_github"}, {}, ChecksState.FAILURE, ("what is " + "long" * 18,)),
    ],
)
async def test_checks_of_both_kinds_are_told_together(
    github: GitHub,
    forge: GitHubForge,
    pull: PullRequest,
    runs: dict[str, str | None],
    statuses: dict[str, str],
    expected: ChecksState,
    failed: tuple[str, ...],
) -> None:
    before = await forge.follow(pull)
    for name, conclusion in runs.items():
        await github.do("checks", commit=pull.head_commit, name=name, conclusion=conclusion)
    for context, state in statuses.items():
        await github.do("statuses", commit=pull.head_commit, context=context, state=state)

    for seen in (before, None):
        status = await forge.follow(pull, seen)
        assert (status.checks, status.failed_checks) == (expected, failed)


async def test_checks_that_the_token_may_not_see_are_unknown_and_hide_nothing_else(
    github: GitHub, pull: PullRequest
) -> None:
    await github.do("tokens", value="blind", checks="none")
    await github.do("checks", commit=pull.head_commit, name="lint", conclusion="failure")
    await github.do("pulls/1/review", login="anna", event="COMMENT")

    status = await github.forge(token="blind").follow(pull)

    assert (status.pull_request, status.checks, status.failed_checks) == (pull, ChecksState.UNKNOWN, ())


async def test_the_last_word_of_each_reviewer_counts_and_that_of_strangers_does_not(
    github: GitHub, forge: GitHubForge, pull: PullRequest
) -> None:
    async def reviewed(login: str, event: str, association: str = "COLLABORATOR") -> ReviewState:
        nonlocal status
        await github.do("pulls/1/review", login=login, event=event, association=association)
        status = await forge.follow(pull, status)
        return status.review

    status = await forge.follow(pull)
    assert await reviewed("mallory", "APPROVE", "NONE") is ReviewState.NONE
    assert await reviewed("bert", "APPROVE") is ReviewState.APPROVED
    assert await reviewed("carla", "REQUEST_CHANGES") is ReviewState.CHANGES_REQUESTED
    assert await reviewed("carla", "COMMENT") is ReviewState.CHANGES_REQUESTED
    assert await reviewed("carla", "APPROVE") is ReviewState.APPROVED


async def test_a_conflict_is_told(github: GitHub, forge: GitHubForge, pull: PullRequest) -> None:
    status = await forge.follow(pull, await forge.follow(pull))
    await github.do("push", path=JELLYFIN, content="kind: Other\n")

    assert (await forge.follow(pull, await forge.follow(pull, status))).conflicts is True


async def test_a_head_that_somebody_pushed_to_is_said_to_be_changed_by_hand(
    github: GitHub, forge: GitHubForge, draft: Draft, pull: PullRequest
) -> None:
    before = await forge.follow(pull)
    await github.do("checks", commit=pull.head_commit, name="lint", conclusion="failure")
    await github.do("push", branch=draft.branch, path=JELLYFIN, content="kind: Mine\n")

    status = await forge.follow(pull, before)

    assert status.changed_by_hand
    assert status.pull_request.head_commit == await github.store.head(draft.branch)
    assert status.pull_request.state is PullRequestState.OPEN
    assert status.checks is ChecksState.NONE  # those of the new head


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
async def test_a_merge_is_told_with_its_commit(
    github: GitHub, forge: GitHubForge, pull: PullRequest, method: str
) -> None:
    before = await forge.follow(pull)
    await github.do("pulls/1/merge", login="anna", merge_method=method)

    status = await forge.follow(pull, before)

    assert status.pull_request == replace(pull, state=PullRequestState.MERGED)
    assert status.merge_commit == await github.store.head("main")
    assert await forge.follow(pull, status) == status
    assert await forge.descends(status.merge_commit, status.merge_commit)


async def test_of_several_commits_that_were_rebased_the_last_one_is_the_merge(
    github: GitHub, forge: GitHubForge, draft: Draft, pull: PullRequest
) -> None:
    await github.do("push", path="elsewhere.yaml", content="kind: Elsewhere\n")
    before = await github.store.head("main")
    await github.do("push", branch=draft.branch, path="more.yaml", content="kind: More\n", message="Add more")
    await github.do("pulls/1/merge", merge_method="rebase")

    merge = (await forge.follow(pull)).merge_commit

    assert merge == await github.store.head("main")
    ours, theirs = await github.store.between(before, "main")
    assert (theirs, ours != pull.head_commit) == (merge, True)
    assert not await forge.descends(ours, merge)


async def test_a_commit_descends_from_a_merge_only_when_its_history_has_it(
    github: GitHub, forge: GitHubForge, draft: Draft, pull: PullRequest
) -> None:
    await github.do("pulls/1/merge", merge_method="squash")
    merge = await github.store.head("main")
    await github.do("push", path="later.yaml", content="kind: Later\n")
    later = await github.store.head("main")
    base = await github.store.commit(draft.base_commit)
    alien = await github.store.write_commit(base.tree, (), "Another history", base.author, base.author)
    github.proxy.seen.clear()

    assert [await forge.descends(each, merge) for each in (merge, later)] == [True, True]
    others = (draft.base_commit, pull.head_commit, alien, "f" * 40)
    assert [await forge.descends(each, merge) for each in others] == [False] * 4
    assert len(github.proxy.seen) == 6


async def test_a_closed_pull_request_is_told_and_so_is_one_that_was_opened_again(
    github: GitHub, forge: GitHubForge, pull: PullRequest
) -> None:
    await github.do("pulls/1/close")
    status = await forge.follow(pull)
    assert (status.pull_request.state, status.merge_commit) == (PullRequestState.CLOSED, None)
    limit = (await forge_limits(github))["remaining"]
    assert await forge.follow(pull, status) == status
    assert (await forge_limits(github))["remaining"] == limit

    await github.do("pulls/1/reopen")
    assert (await forge.follow(pull, status)).pull_request == pull


async def test_a_pull_request_that_is_not_there_and_a_limit_are_said(
    github: GitHub, forge: GitHubForge, pull: PullRequest
) -> None:
    with pytest.raises(NotFound):
        await forge.follow(replace(pull, number=7))

    await github.do("limits", secondary=30)
    with pytest.raises(RateLimited) as caught:
        await forge.follow(pull)
    assert caught.value.retry_after == 30
