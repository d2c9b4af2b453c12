from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from demo.faults import FaultProxy
from demo.git_remote import PATH, GitRemoteSimulator
from demo.github import REPOSITORY, TOKEN
from demo.github_git import GitStore
from demo.repository import create_bare_repository
from demo.serving import controlling, serving

type Run = Any

SCALE = ("propose", "scale jellyfin to 3")


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    await create_bare_repository(tmp_path / "homelab.git")
    return tmp_path / "homelab.git"


@pytest.fixture
async def remote(folder: Path) -> AsyncIterator[str]:
    """A git server on which whoever has the password "secret" may write."""
    simulator = GitRemoteSimulator(folder)
    async with (
        serving(simulator) as proxy,
        controlling([(simulator, proxy)]) as control,
        aiohttp.ClientSession() as session,
        session.post(f"{control}/git/login", json={"user": "git", "password": "secret"}) as response,
    ):
        assert response.status == 204
        yield f"{proxy.url}{PATH}"


async def branches(folder: Path) -> list[str]:
    return sorted((await GitStore(folder).refs("refs/heads/")).keys())


async def test_a_change_of_a_folder_becomes_a_branch_beside_its_own(homelab: Run, folder: Path) -> None:
    ended = await homelab(*SCALE, "--repo", "~/homelab.git")
    assert ended.code == 0, ended.err
    assert await branches(folder) == ["refs/heads/main"]
    approved = await homelab("approve", ended.out.split()[-1])
    assert approved.code == 0, approved.err
    assert approved.out.startswith("The change stands in a branch of its own")
    assert len(await branches(folder)) == 2


async def test_a_change_of_a_git_remote_becomes_a_branch(homelab: Run, remote: str, folder: Path) -> None:
    ended = await homelab(*SCALE, "--repo", remote, "--yes", "--json", HOMELAB_GIT_TOKEN="secret")
    assert ended.code == 0, ended.err
    assert ended.json["state"] == "open"
    assert ended.json["pull_request"].startswith(f"{remote}#homelab-assistant/")
    assert len(await branches(folder)) == 2


async def test_a_yes_on_github_opens_the_pull_request_at_once(homelab: Run, github: FaultProxy) -> None:
    words = (*SCALE, "--repo", REPOSITORY, "--yes", "--github-api", github.url)
    ended = await homelab(*words, HOMELAB_GITHUB_TOKEN=TOKEN)
    assert ended.code == 0, ended.err
    assert "\n+  replicas: 3  # one" in ended.out
    assert "Pull request 1 is open" in ended.out


async def test_the_token_of_github_goes_nowhere_else(homelab: Run, remote: str) -> None:
    ended = await homelab(*SCALE, "--repo", remote, HOMELAB_GITHUB_TOKEN="secret")
    assert (ended.code, ended.out) == (5, "")
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("repository", "said"),
    [
        ("https://anna:secret@git.home.arpa/anna/homelab.git", "HOMELAB_GIT_TOKEN"),
        ("./nowhere", "There is no folder"),
        ("~nobody-of-that-name/homelab", "no home folder"),
        ("what is this", "neither a folder"),
        ("https://[", "cannot be read"),
    ],
)
async def test_what_is_no_repository_is_told_without_its_secrets(homelab: Run, repository: str, said: str) -> None:
    ended = await homelab(*SCALE, "--repo", repository)
    assert ended.code in (4, 5)
    assert said in ended.err
    assert "secret" not in ended.err
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize("command", [SCALE, ("index",), ("plan", "scale web to 3")])
async def test_every_command_fails_alike_where_there_is_no_repository(homelab: Run, command: tuple[str, ...]) -> None:
    ended = await homelab(*command, "--repo", "what is this")
    assert ended.code == 5
    assert (ended.out + ended.err).count("neither a folder") == 1


@pytest.mark.parametrize("repository", ["", "  "])
async def test_no_name_is_not_the_folder_in_which_a_person_stands(
    homelab: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, repository: str
) -> None:
    monkeypatch.chdir(folder)
    ended = await homelab(*SCALE, "--repo", repository, "--yes")
    assert (ended.code, "Say which repository" in ended.err) == (3, True)
    assert await branches(folder) == ["refs/heads/main"]
