import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from assistant_core.errors import (
    AuthenticationFailed,
    Conflict,
    ConnectionFailed,
    DeadlineExceeded,
    HomelabError,
    InputInvalid,
    NotFound,
    PermissionDenied,
    RateLimited,
    ResponseInvalid,
    RuleViolated,
    ServiceFailed,
)
from assistant_core.forge import GiteaForge, RepositoryInfo
from assistant_core.models.repository import ChecksState, Draft, PullRequestState, ReviewState
from demo.faults import Fault, FaultKind, FaultProxy
from demo.gitea import REPOSITORY, TOKEN, GiteaSimulator
from demo.github_git import GitStore
from demo.repository import create_bare_repository
from demo.serving import controlling, serving

from .conftest import JELLYFIN, draft_of
from .refusals import refused

API = f"/api/v1/repos/{REPOSITORY}"


@dataclass
class Gitea:
    """A Gitea with the household's repository, and the hands of the people who use it."""

    proxy: FaultProxy
    store: GitStore
    control: str
    session: aiohttp.ClientSession

    def forge(
        self,
        token: str = TOKEN,
        *,
        repository: str = REPOSITORY,
        timeout: int = 10,
        retry_at: datetime | None = None,
    ) -> GiteaForge:
        url = f"{self.proxy.url}/{repository}"
        return GiteaForge(self.session, url, token, timeout=timeout, retry_at=retry_at)

    async def do(self, what: str, **data: Any) -> None:
        async with self.session.post(f"{self.control}/gitea/{what}", json=data) as response:
            assert response.status == 204, await response.text()

    async def state(self) -> dict[str, Any]:
        async with self.session.get(f"{self.control}/gitea/state") as response:
            return await response.json()


@pytest.fixture
async def gitea(tmp_path: Path) -> AsyncIterator[Gitea]:
    path = tmp_path / "homelab.git"
    await create_bare_repository(path)
    simulator = GiteaSimulator(path)
    async with (
        serving(simulator) as proxy,
        controlling([(simulator, proxy)]) as control,
        aiohttp.ClientSession() as session,
    ):
        yield Gitea(proxy, GitStore(path), control, session)


@pytest.fixture
def forge(gitea: Gitea) -> GiteaForge:
    return gitea.forge()


@pytest.fixture
async def draft(forge: GiteaForge) -> Draft:
    return draft_of(await forge.snapshot())


async def assert_exactly_one(gitea: Gitea, draft: Draft, commit: str) -> None:
    state = await gitea.state()
    assert state["branches"] == {"main": draft.base_commit, draft.branch: commit}
    assert await gitea.store.between(draft.base_commit, draft.branch) == [commit]
    assert len(state["pulls"]) == 1


async def test_a_token_is_told_what_it_may_do_and_nothing_is_left_behind(gitea: Gitea, forge: GiteaForge) -> None:
    before = await gitea.state()
    assert await forge.check() == RepositoryInfo(
        repository=REPOSITORY,
        default_branch="main",
        private=True,
        archived=False,
        protected=False,
        can_push=True,
        can_open_pull_requests=True,
    )
    assert await gitea.state() == before

    await gitea.do("protect", branch="main", approvals=1)
    assert (await forge.check()).protected
    await gitea.do("tokens", value="reader", contents="read")
    info = await gitea.forge("reader").check()
    assert (info.can_push, info.can_open_pull_requests) == (False, False)
    await gitea.do("repository", archived=True)
    info = await forge.check()
    assert (info.archived, info.can_push, info.can_open_pull_requests) == (True, False, False)


async def test_a_draft_becomes_one_branch_one_commit_and_one_labelled_pull_request(
    gitea: Gitea, forge: GiteaForge, draft: Draft
) -> None:
    pull = await forge.open(draft)

    await assert_exactly_one(gitea, draft, pull.head_commit)
    (shown,) = (await gitea.state())["pulls"]
    assert (shown["title"], shown["body"], shown["base"]["ref"]) == (draft.title, draft.body, "main")
    assert [label["name"] for label in shown["labels"]] == ["homelab-assistant"]
    assert (pull.number, pull.url) == (1, f"{gitea.proxy.url}/{REPOSITORY}/pulls/1")
    commit = await gitea.store.commit(pull.head_commit)
    assert (commit.message, commit.parents) == (draft.message, (draft.base_commit,))


async def test_a_token_that_may_not_label_still_opens(gitea: Gitea, draft: Draft) -> None:
    await gitea.do("tokens", value="narrow", pull_requests="none")

    await gitea.forge("narrow").open(draft)

    assert (await gitea.state())["pulls"][0]["labels"] == []


async def test_asking_again_and_many_at_once_end_in_one_pull_request(
    gitea: Gitea, forge: GiteaForge, draft: Draft
) -> None:
    pulls = await asyncio.gather(*(gitea.forge().open(draft) for _ in range(4)))

    assert set(pulls) == {await forge.open(draft)}
    await assert_exactly_one(gitea, draft, pulls[0].head_commit)


async def test_a_persons_branch_commit_or_decision_is_left_alone(gitea: Gitea, draft: Draft) -> None:
    await gitea.do("push", branch=draft.branch, path="mine.yaml", content="kind: Mine\n")
    with pytest.raises(Conflict, match="exists already with other commits; it is left alone"):
        await gitea.forge().open(draft)

    second = replace(draft, branch="homelab-assistant/second-1a2b3c4d")
    await gitea.forge().open(second)
    await gitea.do("push", branch=second.branch, path=JELLYFIN, content="kind: Mine\n")
    with pytest.raises(Conflict, match=r"changed the branch .* by hand; it is left alone"):
        await gitea.forge().open(second)

    third = replace(draft, branch="homelab-assistant/third-1a2b3c4d")
    await gitea.forge().open(third)
    await gitea.do("pulls/2/close")
    with pytest.raises(Conflict, match=r"#2 was closed on http.*; it is not opened again"):
        await gitea.forge().open(third)


async def test_a_merged_pull_request_is_found_and_not_made_twice(gitea: Gitea, forge: GiteaForge, draft: Draft) -> None:
    first = await forge.open(draft)
    await gitea.do("pulls/1/merge")
    await gitea.store.delete_ref(f"refs/heads/{draft.branch}")

    assert await forge.open(draft) == replace(first, state=PullRequestState.MERGED)
    assert draft.branch not in (await gitea.state())["branches"]


WRITES = [".*/git-receive-pack", f"{API}/pulls", f"{API}/labels", f"{API}/issues/1/labels"]


@pytest.mark.parametrize("path", WRITES[:2])
@pytest.mark.parametrize("kind", [FaultKind.HANG, FaultKind.CUT])
@pytest.mark.parametrize("after", [0, 1])
async def test_an_answer_that_was_lost_and_a_retry_end_in_one_pull_request(
    gitea: Gitea, forge: GiteaForge, draft: Draft, path: str, kind: FaultKind, after: int
) -> None:
    await gitea.proxy.inject(Fault(kind=kind, method="POST", path=path, after=after, times=1))
    with pytest.raises(ConnectionFailed):
        await gitea.forge(timeout=1).open(draft)

    await assert_exactly_one(gitea, draft, (await forge.open(draft)).head_commit)


@pytest.mark.parametrize("path", WRITES[2:])
@pytest.mark.parametrize("kind", [FaultKind.HANG, FaultKind.CUT, FaultKind.STATUS])
async def test_labels_that_cannot_be_put_on_hinder_nothing(
    gitea: Gitea, draft: Draft, path: str, kind: FaultKind
) -> None:
    await gitea.proxy.inject(Fault(kind=kind, method="POST", path=path))

    pull = await gitea.forge(timeout=3).open(draft)

    await assert_exactly_one(gitea, draft, pull.head_commit)


async def test_what_became_of_a_pull_request_is_told(gitea: Gitea, forge: GiteaForge, draft: Draft) -> None:
    pull = await forge.open(draft)
    status = await forge.follow(pull)
    assert (status.pull_request, status.checks, status.review) == (pull, ChecksState.NONE, ReviewState.NONE)

    status = await forge.follow(pull, status)
    assert status.conflicts is False
    await gitea.do("statuses", commit=pull.head_commit, context="lint", state="pending")
    assert (await forge.follow(pull)).checks is ChecksState.PENDING
    await gitea.do("statuses", commit=pull.head_commit, context="lint", state="failure")
    await gitea.do("pulls/1/review", login="mallory", event="APPROVE", association="NONE")
    status = await forge.follow(pull)
    assert (status.checks, status.failed_checks, status.review) == (ChecksState.FAILURE, ("lint",), ReviewState.NONE)
    await gitea.do("pulls/1/review", login="bert", event="REQUEST_CHANGES", association="COLLABORATOR")
    assert (await forge.follow(pull)).review is ReviewState.CHANGES_REQUESTED

    await gitea.do("push", branch=draft.branch, path="more.yaml", content="kind: More\n")
    status = await forge.follow(pull)
    assert (status.changed_by_hand, status.pull_request.state) == (True, PullRequestState.OPEN)
    await gitea.do("pulls/1/merge", merge_method="squash")
    status = await forge.follow(pull, status)
    assert (status.pull_request.state, status.merge_commit) == (
        PullRequestState.MERGED,
        await gitea.store.head("main"),
    )


async def test_a_conflict_is_only_believed_when_it_is_said_twice(gitea: Gitea, forge: GiteaForge, draft: Draft) -> None:
    pull = await forge.open(draft)
    await gitea.do("push", path=JELLYFIN, content="kind: Other\n")

    first = await forge.follow(pull)
    assert first.conflicts is None
    assert (await forge.follow(pull, first)).conflicts is True


async def test_a_closed_pull_request_is_told(gitea: Gitea, forge: GiteaForge, draft: Draft) -> None:
    pull = await forge.open(draft)
    await gitea.do("pulls/1/close")

    assert (await forge.follow(pull)).pull_request == replace(pull, state=PullRequestState.CLOSED)
    await gitea.do("pulls/1/reopen")
    assert (await forge.follow(pull)).pull_request == pull


@pytest.mark.parametrize("compares", [True, False])
async def test_a_commit_descends_from_a_merge_only_when_its_history_has_it_also_at_an_older_server(
    gitea: Gitea, forge: GiteaForge, draft: Draft, *, compares: bool
) -> None:
    if not compares:
        await gitea.proxy.inject(Fault(kind=FaultKind.STATUS, status=404, path=".*/compare/.*"))
    pull = await forge.open(draft)
    await gitea.do("pulls/1/merge", merge_method="rebase")
    merge = await gitea.store.head("main")
    assert (await forge.follow(pull)).merge_commit == merge
    await gitea.do("push", path="later.yaml", content="kind: Later\n")
    later = await gitea.store.head("main")

    assert [await forge.descends(each, merge) for each in (merge, later)] == [True, True]
    assert [await forge.descends(each, later) for each in (draft.base_commit, merge, "f" * 40)] == [False] * 3


@pytest.mark.parametrize(
    ("fault", "expected", "says"),
    [
        (Fault(kind=FaultKind.REFUSE), ConnectionFailed, "cannot be reached: connection refused"),
        (Fault(kind=FaultKind.HANG), DeadlineExceeded, "silent for more than 1 seconds; see whether it is up"),
        (Fault(kind=FaultKind.HANG, after=300), DeadlineExceeded, "silent for more than 1 seconds"),
        (Fault(kind=FaultKind.SLOW, delay=0.2), DeadlineExceeded, "silent for more than 1 seconds"),
        (Fault(kind=FaultKind.CUT, after=0), ConnectionFailed, "cannot be reached"),
        (Fault(kind=FaultKind.CUT, after=220), ConnectionFailed, "broke off"),
        (Fault(kind=FaultKind.GARBAGE), ResponseInvalid, "does not speak Gitea's API"),
        (Fault(kind=FaultKind.STATUS, status=401), AuthenticationFailed, "does not accept the token"),
        (
            Fault(kind=FaultKind.STATUS, status=403, body='{"message": "token does not have ... required scope(s)"}'),
            PermissionDenied,
            "needs the scopes write:repository and write:issue",
        ),
        (
            Fault(kind=FaultKind.STATUS, status=403, body='{"message": "branch is protected"}'),
            RuleViolated,
            "forbids this: branch is protected",
        ),
        (Fault(kind=FaultKind.STATUS, status=403, body='{"message": "no\\nway"}'), PermissionDenied, ": no way"),
        (Fault(kind=FaultKind.STATUS, status=404), NotFound, "shows no repository"),
        (Fault(kind=FaultKind.STATUS, status=422, body="[7]"), Conflict, "does not say why"),
        (Fault(kind=FaultKind.STATUS, status=423), PermissionDenied, "is archived"),
        (Fault(kind=FaultKind.STATUS, status=429, headers={"Retry-After": "9"}), RateLimited, "slow down"),
        (Fault(kind=FaultKind.STATUS, status=301), NotFound, "has moved; set it up anew"),
        (Fault(kind=FaultKind.STATUS, status=502), ServiceFailed, "status 502; try again in a few minutes"),
        (Fault(kind=FaultKind.STATUS, status=418), ResponseInvalid, "status 418"),
        (Fault(kind=FaultKind.STATUS, status=200, body="<html>"), ResponseInvalid, "does not speak Gitea's API"),
        (Fault(kind=FaultKind.STATUS, status=200, body="[]"), ResponseInvalid, "does not speak Gitea's API"),
        (Fault(kind=FaultKind.STATUS, status=200, body="{}"), ResponseInvalid, "does not speak Gitea's API"),
        (
            Fault(kind=FaultKind.STATUS, status=200, body=f'"{"x" * 5_000_000}"'),
            ResponseInvalid,
            "does not speak Gitea's API",
        ),
    ],
)
async def test_every_failure_is_one_sentence(
    gitea: Gitea, fault: Fault, expected: type[HomelabError], says: str
) -> None:
    await gitea.proxy.inject(fault)

    error = await refused(gitea.forge(timeout=1).check(), expected, says)
    assert TOKEN not in f"{error!r} {error.__cause__!r}"
    await gitea.proxy.drop_connections()


@pytest.mark.parametrize("where", ["/api/.*", ".*/info/refs.*"])
async def test_the_wait_that_was_asked_for_is_kept_even_over_a_restart(
    gitea: Gitea, forge: GiteaForge, draft: Draft, where: str
) -> None:
    await gitea.proxy.inject(Fault(kind=FaultKind.STATUS, status=429, headers={"Retry-After": "600"}, path=where))
    with pytest.raises(RateLimited) as caught:
        await forge.open(draft)
    await gitea.proxy.clear()
    gitea.proxy.seen.clear()

    again = gitea.forge(retry_at=caught.value.retry_at)
    for ask in (forge.check, forge.snapshot, again.check, again.snapshot, lambda: again.open(draft)):
        with pytest.raises(RateLimited, match=r"asked us to wait; try again in (600|5\d\d) seconds"):
            await ask()
    assert not gitea.proxy.seen


async def test_a_server_that_does_not_say_how_long_is_given_a_minute(gitea: Gitea, forge: GiteaForge) -> None:
    await gitea.proxy.inject(Fault(kind=FaultKind.STATUS, status=429, headers={"Retry-After": "soon"}))
    with pytest.raises(RateLimited, match="slow down; try again in 60 seconds") as caught:
        await forge.check()
    assert caught.value.retry_after == 60


@pytest.mark.parametrize(
    ("url", "token", "says"),
    [
        ("http://git.home.arpa/anna/homelab", "secret", "unencrypted; use the https address"),
        ("https://anna:secret@git.home.arpa/anna/homelab", "t", "without a user name"),
        ("https://git.home.arpa/homelab", "t", "looks like https://git.home.arpa/anna/homelab"),
        ("https://git.home.arpa", "t", "looks like https://git.home.arpa/anna/homelab"),
        ("https://git.home.arpa/anna/", "t", "looks like https://git.home.arpa/anna/homelab"),
        ("git.home.arpa/anna/homelab", "t", "looks like"),
        ("https://git.home.arpa/anna/homelab", "", "token is empty"),
        ("https://git.home.arpa/anna/homelab", "secret\n", "characters that no token has"),
    ],
)
async def test_an_address_or_a_token_that_cannot_be_is_refused(gitea: Gitea, url: str, token: str, says: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        GiteaForge(gitea.session, url, token)
    assert says in str(caught.value)
    assert "secret" not in str(caught.value)
