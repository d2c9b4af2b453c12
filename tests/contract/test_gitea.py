"""What we take for granted of Gitea and Forgejo, asked of the simulator and, on request, of a real server.

HOMELAB_TEST_GITEA (https://HOST/OWNER/NAME) and HOMELAB_TEST_GITEA_TOKEN (scopes write:repository and write:issue) name
a real repository: branches and pull requests are made there and closed again.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
import os
from pathlib import Path
import secrets
from typing import Any

import aiohttp
import pytest

from assistant_core.errors import AuthenticationFailed, Conflict, NotFound
from assistant_core.forge import GiteaForge
from assistant_core.models.repository import Draft, FileChange, PullRequestState
from demo.gitea import REPOSITORY, TOKEN, GiteaSimulator
from demo.repository import create_bare_repository
from demo.serving import serving


@dataclass(frozen=True)
class Place:
    """A repository on a Gitea, and a token for it."""

    session: aiohttp.ClientSession
    url: str
    token: str

    def forge(self, *, url: str | None = None, token: str | None = None) -> GiteaForge:
        return GiteaForge(self.session, url or self.url, token or self.token)

    async def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        site, owner, name = self.url.rsplit("/", 2)
        async with self.session.request(
            method,
            f"{site}/api/v1/repos/{owner}/{name}{path}",
            json=body,
            headers={"Authorization": f"token {self.token}"},
        ) as response:
            return response.status, await response.json() if response.content_type == "application/json" else None


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with aiohttp.ClientSession() as session:
        if real := os.environ.get("HOMELAB_TEST_GITEA"):
            yield Place(session, real, os.environ["HOMELAB_TEST_GITEA_TOKEN"])
            return
        await create_bare_repository(tmp_path / "homelab.git")
        async with serving(GiteaSimulator(tmp_path / "homelab.git")) as proxy:
            yield Place(session, f"{proxy.url}/{REPOSITORY}", TOKEN)


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
    await clean_up(place, name)


async def clean_up(place: Place, branch: str) -> None:
    """Close the pull request, as a person does who deletes its branch."""
    info = await place.forge().check()
    status, pull = await place.ask("GET", f"/pulls/{info.default_branch}/{branch}")
    if status == 200 and pull["state"] == "open":
        await place.ask("PATCH", f"/pulls/{pull['number']}", {"state": "closed"})
    await place.ask("DELETE", f"/branches/{branch}")


async def test_a_fitting_token_is_recognised_without_leaving_a_trace(place: Place) -> None:
    info = await place.forge().check()

    assert place.url.lower().endswith(info.repository.lower())
    assert (info.can_push, info.can_open_pull_requests) == (True, True)
    assert (await place.ask("GET", f"/branches/{info.default_branch}-permission-probe"))[0] == 404


async def test_a_wrong_token_and_a_missing_repository_are_told_apart(place: Place) -> None:
    with pytest.raises(AuthenticationFailed):
        await place.forge(token="wrong").check()
    with pytest.raises(NotFound):
        await place.forge(url=f"{place.url}-{secrets.token_hex(4)}").check()


async def test_a_snapshot_is_made_of_the_head_commit(place: Place) -> None:
    info = await place.forge().check()
    _, branch = await place.ask("GET", f"/branches/{info.default_branch}")

    assert (await place.forge().snapshot()).commit == branch["commit"]["id"]


async def test_the_same_draft_is_the_same_commit_and_the_same_pull_request(place: Place, draft: Draft) -> None:
    first = await place.forge().open(draft)
    assert await place.forge().open(draft) == first
    assert first.state is PullRequestState.OPEN

    _, pull = await place.ask("GET", f"/pulls/{first.number}")
    assert (pull["title"], pull["head"]["ref"], pull["head"]["sha"]) == (draft.title, draft.branch, first.head_commit)
    assert [label["name"] for label in pull["labels"]] == ["homelab-assistant"]


async def test_an_open_pull_request_is_followed_until_it_is_closed_and_stays_closed(place: Place, draft: Draft) -> None:
    pull = await place.forge().open(draft)
    assert (await place.forge().follow(pull)).pull_request == pull

    await clean_up(place, draft.branch)
    status = await place.forge().follow(pull)
    assert status.pull_request == replace(pull, state=PullRequestState.CLOSED)
    with pytest.raises(Conflict, match="closed"):
        await place.forge().open(draft)


async def test_refusals_have_the_status_that_the_forge_expects(place: Place, draft: Draft) -> None:
    await place.forge().open(draft)
    base = (await place.forge().check()).default_branch
    asked = {"base": base, "head": draft.branch, "title": "Again"}

    status, again = await place.ask("POST", "/pulls", asked)
    assert (status, "already exists for these targets" in again["message"]) == (409, True)
    assert (await place.ask("POST", "/pulls", {**asked, "head": "nothing/of/this/name"}))[0] == 404
    assert (await place.ask("GET", f"/pulls/{base}/nothing/of/this/name"))[0] == 404
    assert (await place.ask("GET", "/pulls/999999"))[0] == 404
