"""What we take for granted of GitHub, asked of the simulator and, on request, of github.com.

HOMELAB_TEST_GITHUB=OWNER/NAME and HOMELAB_TEST_GITHUB_TOKEN (Contents and Pull requests, read and write) name a real
repository: a branch and a pull request are made there and closed again. HOMELAB_TEST_GITHUB_URL is the API's address
when it is not api.github.com.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
import os
from pathlib import Path
import secrets

from github import Auth, Github, GithubException
from github.Repository import Repository
import pytest

from assistant_core.errors import AuthenticationFailed, Conflict, NotFound
from assistant_core.forge import GitHubForge
from assistant_core.models.repository import Draft, FileChange, PullRequestState
from demo.github import REPOSITORY, TOKEN, GitHubSimulator
from demo.repository import create_bare_repository
from demo.serving import serving


@dataclass(frozen=True)
class Place:
    """A GitHub, a repository on it and a token for it."""

    url: str
    repository: str
    token: str

    def forge(self, *, repository: str | None = None, token: str | None = None) -> GitHubForge:
        return GitHubForge(repository or self.repository, token or self.token, base_url=self.url)

    def client(self) -> Repository:
        return Github(auth=Auth.Token(self.token), base_url=self.url, retry=None).get_repo(self.repository)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    if real := os.environ.get("HOMELAB_TEST_GITHUB"):
        url = os.environ.get("HOMELAB_TEST_GITHUB_URL", "https://api.github.com")
        yield Place(url, real, os.environ["HOMELAB_TEST_GITHUB_TOKEN"])
        return
    await create_bare_repository(tmp_path / "homelab.git")
    async with serving(GitHubSimulator(tmp_path / "homelab.git")) as proxy:
        yield Place(proxy.url, REPOSITORY, TOKEN)


@pytest.fixture
async def draft(place: Place) -> AsyncIterator[Draft]:
    snapshot = await place.forge().snapshot()
    name = f"homelab-assistant/contract-{secrets.token_hex(4)}"
    yield Draft(
        base_commit=snapshot.commit,
        branch=name,
        title="Try out the forge",
        body="Made by a test; it is closed again at once.",
        message="Try out the forge",
        authored=datetime(2026, 11, 7, 20, 15, tzinfo=UTC),
        files=(FileChange(path=f"{name}.yaml", before=None, after=b"tried: true\n"),),
    )
    await asyncio.to_thread(_clean_up, place, name)


def _clean_up(place: Place, branch: str) -> None:
    repository = place.client()
    for pull in repository.get_pulls(head=f"{repository.owner.login}:{branch}"):
        pull.edit(state="closed")
    for ref in repository.get_git_matching_refs(f"heads/{branch}"):
        ref.delete()


async def test_a_fitting_token_is_recognised_without_leaving_a_trace(place: Place) -> None:
    info = await place.forge().check()

    assert info.repository.lower() == place.repository.lower()
    assert (info.can_push, info.can_open_pull_requests) == (True, True)
    names = await asyncio.to_thread(lambda: [branch.name for branch in place.client().get_branches()])
    assert not [name for name in names if "probe" in name]


async def test_a_wrong_token_and_a_missing_repository_are_told_apart(place: Place) -> None:
    with pytest.raises(AuthenticationFailed):
        await place.forge(token="github_pat_wrong").check()
    with pytest.raises(NotFound):
        await place.forge(repository=f"{place.repository}-{secrets.token_hex(4)}").check()


async def test_a_snapshot_is_made_of_the_head_commit(place: Place) -> None:
    snapshot = await place.forge().snapshot()

    branch = await asyncio.to_thread(lambda: (repo := place.client()).get_branch(repo.default_branch))
    assert snapshot.commit == branch.commit.sha
    assert all(isinstance(data, bytes) for data in snapshot.files.values())


async def test_the_same_draft_is_the_same_commit_and_the_same_pull_request(place: Place, draft: Draft) -> None:
    first = await place.forge().open(draft)
    again = await place.forge().open(draft)
    assert again == first
    assert first.state is PullRequestState.OPEN

    def look() -> None:
        repository = place.client()
        pull = repository.get_pull(first.number)
        assert [file.filename for file in pull.get_files()] == [draft.files[0].path]
        assert (pull.commits, pull.head.ref, pull.base.ref) == (1, draft.branch, repository.default_branch)
        commit = repository.get_git_commit(first.head_commit)
        assert (commit.message, commit.author.date, commit.author.name) == (
            draft.message,
            draft.authored,
            "Homelab Assistant",
        )
        assert [parent.sha for parent in commit.parents] == [draft.base_commit]

    await asyncio.to_thread(look)


async def test_a_closed_pull_request_stays_closed_even_without_its_branch(place: Place, draft: Draft) -> None:
    await place.forge().open(draft)
    await asyncio.to_thread(_clean_up, place, draft.branch)

    with pytest.raises(Conflict, match="closed"):
        await place.forge().open(draft)


async def test_a_branch_of_somebody_else_is_left_alone(place: Place, draft: Draft) -> None:
    await asyncio.to_thread(lambda: place.client().create_git_ref(f"refs/heads/{draft.branch}", draft.base_commit))

    with pytest.raises(Conflict, match="left alone"):
        await place.forge().open(draft)


async def test_refusals_are_worded_as_the_forge_expects(place: Place, draft: Draft) -> None:
    pull = await place.forge().open(draft)

    def provoke() -> list[tuple[int, str]]:
        repository, said = place.client(), []
        for attempt in (
            lambda: repository.create_git_ref(f"refs/heads/{draft.branch}", pull.head_commit),
            lambda: repository.create_pull(repository.default_branch, draft.branch, title="Again"),
            lambda: repository.get_git_ref(f"heads/{draft.branch}").edit(draft.base_commit),
            lambda: repository.get_git_ref("heads/nothing/of/this/name").object,
            lambda: repository.get_git_commit("12345678" * 5),
        ):
            with pytest.raises(GithubException) as caught:
                attempt()
            said.append((caught.value.status, str(caught.value.data)))
        return said

    exists, again, backwards, missing, unknown = await asyncio.to_thread(provoke)
    assert (exists[0], "Reference already exists" in exists[1]) == (422, True)
    assert (again[0], "A pull request already exists for " in again[1]) == (422, True)
    assert (backwards[0], "not a fast forward" in backwards[1]) == (422, True)
    assert missing[0] == 404
    assert unknown[0] == 404


async def test_a_branch_without_a_commit_of_its_own_gets_no_pull_request(place: Place, draft: Draft) -> None:
    def provoke() -> GithubException:
        repository = place.client()
        repository.create_git_ref(f"refs/heads/{draft.branch}", draft.base_commit)
        with pytest.raises(GithubException) as caught:
            repository.create_pull(repository.default_branch, draft.branch, title="Nothing")
        return caught.value

    refused = await asyncio.to_thread(provoke)
    assert (refused.status, "No commits between" in str(refused.data)) == (422, True)


async def test_a_base_that_does_not_exist_is_refused(place: Place, draft: Draft) -> None:
    with pytest.raises(Conflict, match="plan the change again"):
        await place.forge().open(replace(draft, base_commit="12345678" * 5))
