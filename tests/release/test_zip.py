"""What a HACS user gets: the zip in an empty configuration, and a Home Assistant with only what the manifest asks."""

import asyncio
import json
import os
from pathlib import Path
import subprocess
import zipfile

import aiohttp
import pytest

from demo.entries import add_entries
from demo.home_assistant import Client, hass_process, write_configuration
from demo.homelab import RealServices, homelab

MARK = "9.9.9"
REPOSITORY = Path(__file__).resolve().parents[2]


def test_the_zip_holds_no_links(component: Path) -> None:
    assert not any(path.is_symlink() for path in component.rglob("*"))


async def run(*command: str | Path, **environment: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=REPOSITORY, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()


@pytest.fixture
async def component(tmp_path: Path) -> Path:
    """The zip of this checkout, unpacked as HACS does."""
    await run("scripts/build")
    target = tmp_path / "components" / "homelab_assistant"
    with zipfile.ZipFile(REPOSITORY / "dist" / "homelab_assistant.zip") as archive:
        archive.extractall(target)
    return target


@pytest.fixture
async def python(component: Path, tmp_path: Path) -> Path:
    """An environment with Home Assistant and the manifest's requirements, under Home Assistant's own constraints."""
    manifest = json.loads((component / "manifest.json").read_text())
    await run(REPOSITORY / "tests" / "release" / "make-environment", tmp_path / "venv", *manifest["requirements"])
    return tmp_path / "venv" / "bin" / "python"


async def test_the_zip_starts_in_an_empty_home_assistant_and_takes_every_kind_of_entry(
    component: Path, python: Path, tmp_path: Path, unused_tcp_port: int
) -> None:
    manifest = component / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "version": MARK}))
    configuration = tmp_path / "configuration"
    write_configuration(configuration, unused_tcp_port, component.parent)
    async with (
        homelab(RealServices(), tmp_path) as lab,
        hass_process(configuration, unused_tcp_port, python=str(python)) as hass,
        aiohttp.ClientSession() as session,
    ):
        await hass.wait_started()
        onboarded = await Client.onboard(session, hass.url, name="Demo", user="demo", password="demo")
        async with onboarded as client:
            await add_entries(client, lab, print)
            entries = await client.call("config_entries/get", domain="homelab_assistant")
            loaded = await client.call("manifest/get", integration="homelab_assistant")
            panel = (await client.call("get_panels"))["homelab"]
            async with session.get(hass.url + panel["config"]["_panel_custom"]["module_url"]) as module:
                assert "homelab-assistant-panel" in await module.text()
    assert loaded["version"] == MARK, "Home Assistant must have loaded the zip, not the checkout"
    assert [entry["state"] for entry in entries] == ["loaded"] * 3
    assert not [line for line in hass.log if "homelab_assistant" in line and "ERROR" in line]
    assert not [line for line in hass.log if "loopback guard" in line]
