"""The repository's config flow: GitHub by token or app, Gitea, any git remote, and what to mend before it is used."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from demo.faults import Fault, FaultKind, FaultProxy
from demo.git_remote import PATH as GIT_PATH
from demo.git_remote import GitRemoteSimulator
from demo.gitea import REPOSITORY as GITEA_REPOSITORY
from demo.gitea import TOKEN as GITEA_TOKEN
from demo.gitea import GiteaSimulator
from demo.github import REPOSITORY, TOKEN, GitHubSimulator
from demo.github_access import Token
from demo.repository import create_bare_repository
from demo.serving import controlling, serving

DOMAIN = "homelab_assistant"
SAVE = {"next_step_id": "save_repository"}
AGAIN = {"next_step_id": "check_again"}


def on(form: str) -> tuple[dict[str, str], dict[str, str]]:
    return {"next_step_id": "repository"}, {"next_step_id": form}


@pytest.fixture
async def bare(tmp_path: Path) -> Path:
    path = tmp_path / "homelab.git"
    await create_bare_repository(path)
    return path


async def test_the_menu_knows_where_repositories_live(walk: Any) -> None:
    assert (await walk(on("")[0]))["menu_options"] == ["github", "github_app", "gitea", "git"]


async def test_an_unprotected_branch_is_shown_before_the_repository_is_saved(
    github: GitHubSimulator, github_proxy: FaultProxy, walk: Any
) -> None:
    form = {"repository": REPOSITORY, "token": TOKEN, "api_url": github_proxy.url}
    shown = await walk(*on("github"), form)
    assert shown["step_id"] == "repository_found"
    assert f"Pull requests for {REPOSITORY}" in shown["description_placeholders"]["found"]
    assert "The branch main is not protected" in shown["description_placeholders"]["warnings"]

    github.hub.protected["main"] = 1
    assert (await walk(AGAIN, after=shown))["type"] == "create_entry"


async def test_a_token_that_can_do_more_than_it_should_is_shown(
    github: GitHubSimulator, github_proxy: FaultProxy, walk: Any
) -> None:
    github.hub.protected["main"] = 1
    github.hub.access.add(Token(value="ghp_classic", scopes="repo, workflow"))
    shown = await walk(*on("github"), {"repository": REPOSITORY, "token": "ghp_classic", "api_url": github_proxy.url})

    told = shown["description_placeholders"]["warnings"]
    assert "may change workflows" in told
    assert "reaches other repositories" in told
    assert (await walk(SAVE, after=shown))["type"] == "create_entry"


async def test_a_forge_that_goes_down_meanwhile_can_be_asked_again(github_proxy: FaultProxy, walk: Any) -> None:
    shown = await walk(*on("github"), {"repository": REPOSITORY, "token": TOKEN, "api_url": github_proxy.url})
    await github_proxy.inject(Fault(kind=FaultKind.STATUS, status=401, body="{}"))
    down = await walk(AGAIN, after=shown)
    assert down["errors"] == {"base": "authentication_failed_credentials"}

    await github_proxy.clear()
    assert (await walk({}, SAVE, after=down))["type"] == "create_entry"


async def test_a_github_app_is_used_by_its_id_and_key(
    github: GitHubSimulator, github_proxy: FaultProxy, walk: Any
) -> None:
    key = rsa.generate_private_key(65537, 2048)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    permissions = {"contents": "write", "pull_requests": "write", "metadata": "read"}
    async with controlling([(github, github_proxy)]) as control, aiohttp.ClientSession() as session:
        app = {"app_id": "123456", "public_key": public, "permissions": permissions}
        assert (await session.post(f"{control}/github/app", json=app)).ok
    github.hub.protected["main"] = 1

    form = {"repository": REPOSITORY, "app_id": "123456", "private_key": "no key", "api_url": github_proxy.url}
    refused = await walk(*on("github_app"), form)
    assert refused["errors"] == {"base": "input_invalid"}
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    done = await walk({**form, "private_key": private}, after=refused)

    assert done["type"] == "create_entry"
    assert done["data"]["forge"] == "github_app"


@pytest.fixture
async def gitea(bare: Path) -> AsyncIterator[FaultProxy]:
    async with serving(GiteaSimulator(bare)) as proxy:
        yield proxy


async def test_a_gitea_is_used_by_the_address_that_the_browser_shows(
    hass: HomeAssistant, gitea: FaultProxy, walk: Any, connect: Any
) -> None:
    url = f"{gitea.url}/{GITEA_REPOSITORY}"
    refused = await walk(*on("gitea"), {"url": url, "token": "wrong"})
    assert refused["errors"] == {"base": "authentication_failed_credentials"}

    done = await connect(*on("gitea"), {"url": url, "token": GITEA_TOKEN})
    assert done["title"] == GITEA_REPOSITORY
    assert done["data"]["repository"] == GITEA_REPOSITORY
    await hass.async_block_till_done(wait_background_tasks=True)
    assert hass.states.get("binary_sensor.anna_homelab_repository_reachable").state == "on"


async def test_two_repositories_of_one_name_on_different_servers_are_refused(
    hass: HomeAssistant, gitea: FaultProxy, walk: Any
) -> None:
    there = {"kind": "repository", "forge": "github", "repository": GITEA_REPOSITORY, "token": TOKEN}
    MockConfigEntry(domain=DOMAIN, data=there, unique_id="repository_api.github.com_mirrored").add_to_hass(hass)

    refused = await walk(*on("gitea"), {"url": f"{gitea.url}/{GITEA_REPOSITORY}", "token": GITEA_TOKEN})
    assert refused["errors"] == {"base": "repository_taken"}
    assert refused["description_placeholders"]["repository"] == GITEA_REPOSITORY


async def test_any_git_remote_gets_branches_and_its_login_leaves_the_address(
    hass: HomeAssistant, bare: Path, walk: Any, connect: Any
) -> None:
    simulator = GitRemoteSimulator(bare)
    async with (
        serving(simulator) as proxy,
        controlling([(simulator, proxy)]) as control,
        aiohttp.ClientSession() as session,
    ):
        await session.post(f"{control}/git/login", json={"user": "anna", "password": "hush"})
        await session.post(f"{control}/git/login", json={"user": "guest", "password": "hush", "write": False})
        host = proxy.url.removeprefix("http://")
        reader = await walk(*on("git"), {"url": f"http://guest:hush@{host}{GIT_PATH}"})
        assert reader["errors"] == {"token": "cannot_propose"}

        done = await connect(*on("git"), {"url": f"http://anna:hush@{host}{GIT_PATH}"})
        await hass.async_block_till_done(wait_background_tasks=True)

    assert done["type"] == "create_entry"
    assert done["data"] == {
        "kind": "repository",
        "forge": "git",
        "url": f"{proxy.url}{GIT_PATH}",
        "repository": f"{proxy.url}{GIT_PATH}",
        "user": "anna",
        "token": "hush",
    }


async def test_a_git_remote_is_reached_by_ssh_only_with_a_key_that_is_there(walk: Any) -> None:
    refused = await walk(*on("git"), {"url": "ssh://git@127.0.0.1:9/homelab.git", "ssh_key_file": "ssh/nothing"})

    assert list(refused["errors"]) == ["base"]


async def test_an_archived_repository_is_refused(github: GitHubSimulator, github_proxy: FaultProxy, walk: Any) -> None:
    github.hub.archived = True
    form = {"repository": REPOSITORY, "token": TOKEN, "api_url": github_proxy.url}
    refused = await walk(*on("github"), form)
    assert refused["errors"] == {"repository": "archived"}

    github.hub.archived = False
    assert (await walk(form, SAVE, after=refused))["type"] == "create_entry"


async def test_a_repository_that_moved_keeps_its_token(
    hass: HomeAssistant, gitea: FaultProxy, walk: Any, connect: Any
) -> None:
    url = f"{gitea.url}/{GITEA_REPOSITORY}"
    entry = (await connect(*on("gitea"), {"url": url, "token": GITEA_TOKEN}))["result"]
    context = {"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    form = await hass.config_entries.flow.async_init(DOMAIN, context=context)
    done = await walk({"url": f"{url}.git"}, after=form)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert done["reason"] == "reconfigure_successful"
    assert entry.data["token"] == GITEA_TOKEN
