"""A change on a Gitea and on a git server with nothing but git: asked for, approved, merged and closed by people."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.homelab_assistant.assistant_core.models.change import Proposal, ProposalState
from custom_components.homelab_assistant.household import HOUSEHOLD
from demo.git_remote import PATH, GitRemoteSimulator
from demo.gitea import REPOSITORY, TOKEN, GiteaSimulator
from demo.repository import create_bare_repository
from demo.serving import serving
from tests.component.conftest import Act, wait_for

S = ProposalState


@pytest.fixture
async def bare(tmp_path: Path) -> Path:
    path = tmp_path / "homelab.git"
    await create_bare_repository(path)
    return path


@pytest.fixture
async def gitea(hurry: None, bare: Path, connect: Any) -> AsyncIterator[GiteaSimulator]:
    """A connected repository on a Gitea."""
    simulator = GiteaSimulator(bare)
    async with serving(simulator) as proxy:
        form = {"url": f"{proxy.url}/{REPOSITORY}", "token": TOKEN}
        await connect({"next_step_id": "repository"}, {"next_step_id": "gitea"}, form)
        yield simulator


@pytest.fixture
async def remote(hurry: None, bare: Path, connect: Any) -> AsyncIterator[GitRemoteSimulator]:
    """A connected repository on a git server."""
    simulator = GitRemoteSimulator(bare)
    async with serving(simulator) as proxy:
        await connect({"next_step_id": "repository"}, {"next_step_id": "git"}, {"url": f"{proxy.url}{PATH}"})
        yield simulator


async def ask(hass: HomeAssistant, act: Act, name: str, replicas: int) -> Proposal:
    """An approved change."""
    proposed = await act("propose_change", name=name, replicas=replicas)
    opened = await act("approve_change", hash=proposed["hash"])
    assert opened["state"] == "open"
    return next(each for each in hass.data[HOUSEHOLD].office.desk.proposals if each.id == opened["id"])


async def test_pull_requests_on_a_gitea_are_opened_and_followed(
    hass: HomeAssistant, gitea: GiteaSimulator, act: Act
) -> None:
    merged, closed = await ask(hass, act, "jellyfin", 3), await ask(hass, act, "sonarr", 3)
    first, second = gitea.hub.pulls
    assert (first.head, second.head) == (merged.opened.branch, closed.opened.branch)
    assert first.labels == ["homelab-assistant"]
    assert merged.hash in first.body

    await gitea.hub.store.update_ref("refs/heads/main", first.head_sha, first.base_sha)
    first.merge_sha = first.head_sha
    first.close()
    second.close()
    await wait_for(hass, merged, S.MERGED)
    await wait_for(hass, closed, S.CLOSED)


async def test_branches_on_a_git_server_say_what_they_are_for_and_are_followed(
    hass: HomeAssistant, remote: GitRemoteSimulator, act: Act
) -> None:
    merged, closed = await ask(hass, act, "jellyfin", 3), await ask(hass, act, "sonarr", 3)
    refs = await remote.store.refs()
    assert refs.keys() == {"refs/heads/main", *(f"refs/heads/{each.opened.branch}" for each in (merged, closed))}
    said = (await remote.store.commit(merged.opened.head_commit)).message
    assert said.startswith("Set replicas of media/jellyfin from 1 to 3\n\n")
    assert "Approved by `Mock User` (service)" in said
    assert f"Homelab-Assistant: {merged.hash}" in said

    await remote.store.update_ref("refs/heads/main", merged.opened.head_commit, refs["refs/heads/main"])
    await remote.store.delete_ref(f"refs/heads/{closed.opened.branch}")
    assert (await wait_for(hass, merged, S.MERGED)).status.merge_commit == merged.opened.head_commit
    await wait_for(hass, closed, S.CLOSED)
