from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from assistant_core.errors import AuthenticationFailed, InputInvalid, NotFound
from assistant_core.forge import DirectoryForge, GiteaForge, GitForge, GitHubForge, at
from assistant_core.ports import Forge
from demo.faults import Fault, FaultKind
from demo.git_remote import PATH, GitRemoteSimulator
from demo.gitea import REPOSITORY as ON_GITEA
from demo.gitea import TOKEN as GITEA_TOKEN
from demo.gitea import GiteaSimulator
from demo.github import TOKEN
from demo.repository import create_bare_repository
from demo.serving import serving

from .conftest import GitHub


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as made:
        yield made


async def test_a_folder_is_a_folder_however_it_is_written(
    session: aiohttp.ClientSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await create_bare_repository(tmp_path / "anna/homelab")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))

    for text in (str(tmp_path / "anna/homelab"), "anna/homelab", "./anna/homelab", "~/anna/homelab"):
        forge = await at(text, session, token=TOKEN)
        assert isinstance(forge, DirectoryForge)
        assert (await forge.snapshot()).files
    assert (await (await at((tmp_path / "anna/homelab").as_uri(), session)).snapshot()).files
    with pytest.raises(NotFound, match=r"There is no folder .*/elsewhere"):
        await (await at("./elsewhere", session)).snapshot()


@pytest.mark.parametrize(
    "text",
    [
        "demo/homelab",
        "{url}/demo/homelab",
        "{url}/demo/homelab.git",
        "{url}/demo/homelab/",
        "git@{host}:demo/homelab.git",
    ],
)
async def test_a_name_and_an_address_on_github_are_github(github: GitHub, text: str) -> None:
    text = text.format(url=github.proxy.url, host=github.proxy.url.removeprefix("http://"))

    forge = await at(text, github.session, token=TOKEN, github_api=f"{github.proxy.url}/api/v3")

    assert isinstance(forge, GitHubForge)
    assert (await forge.check()).repository == "demo/homelab"


@pytest.mark.parametrize("text", ["anna/homelab", "https://github.com/anna/homelab", "git@github.com:anna/homelab.git"])
async def test_github_without_a_token_is_a_git_remote_like_any_other(session: aiohttp.ClientSession, text: str) -> None:
    assert isinstance(await at(text, session), GitForge)
    assert isinstance(await at(text, session, token="token"), GitHubForge)


async def test_a_gitea_is_recognised_and_any_other_server_is_a_git_remote(
    session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    await create_bare_repository(tmp_path / "homelab.git")
    async with (
        serving(GiteaSimulator(tmp_path / "homelab.git")) as gitea,
        serving(GitRemoteSimulator(tmp_path / "homelab.git")) as plain,
    ):
        forge: Forge = await at(f"{gitea.url}/{ON_GITEA}.git", session, token=GITEA_TOKEN)
        assert isinstance(forge, GiteaForge)
        assert (await forge.snapshot()).files
        forge = await at(f"{gitea.url}/{ON_GITEA}", session)
        assert isinstance(forge, GitForge)
        with pytest.raises(AuthenticationFailed, match="asks for a login"):
            await forge.snapshot()

        forge = await at(f"{plain.url}{PATH}", session, token="whatever")
        assert isinstance(forge, GitForge)
        assert (await forge.snapshot()).files
        for kind in (FaultKind.REFUSE, FaultKind.GARBAGE, FaultKind.CUT):
            await gitea.inject(Fault(kind=kind))
            assert isinstance(await at(f"{gitea.url}/{ON_GITEA}", session, token=GITEA_TOKEN), GitForge)
            await gitea.clear()


@pytest.mark.parametrize("text", ["ssh://git@git.home.arpa/anna/homelab.git", "git@git.home.arpa:anna/homelab.git"])
async def test_ssh_is_git(session: aiohttp.ClientSession, text: str) -> None:
    assert isinstance(await at(text, session, token="token"), GitForge)


@pytest.mark.parametrize("text", ["", "homelab", "anna/homelab/apps", "ftp://git.home.arpa/x", "two words", "x" * 300])
async def test_what_is_none_of_these_is_said_in_one_sentence(session: aiohttp.ClientSession, text: str) -> None:
    with pytest.raises(
        InputInvalid, match="is neither a folder, nor OWNER/NAME on GitHub, nor the URL of a git remote"
    ):
        await at(text, session, token="token")


async def test_a_file_is_told_from_a_name_on_github(
    session: aiohttp.ClientSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "apps").mkdir()
    (tmp_path / "apps/web.yaml").write_text("a: 1\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputInvalid, match=r"apps/web\.yaml is a file; name the folder"):
        await at("apps/web.yaml", session)
