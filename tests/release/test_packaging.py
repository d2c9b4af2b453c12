"""The version, the requirements and the manifests agree with each other."""

import json
from pathlib import Path
import tomllib

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
COMPONENT = REPOSITORY / "custom_components" / "homelab_assistant"
BROUGHT_BY_HOME_ASSISTANT = {"aiohttp", "hassil", "orjson", "PyYAML"}
COMMAND_LINE_ONLY = {"rich", "typer"}


@pytest.fixture
def manifest() -> dict:
    return json.loads((COMPONENT / "manifest.json").read_text())


@pytest.fixture
def project() -> dict:
    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]


def test_component_and_distribution_have_one_version(manifest: dict, project: dict) -> None:
    assert manifest["version"] == project["version"]


def test_the_component_requires_the_same_ranges_as_the_core(manifest: dict, project: dict) -> None:
    needed = {
        requirement
        for requirement in project["dependencies"]
        if requirement.split(">=")[0] not in BROUGHT_BY_HOME_ASSISTANT | COMMAND_LINE_ONLY
    }
    assert {requirement.replace(" ", "") for requirement in manifest["requirements"]} == needed


def test_the_manifest_keeps_hassfests_order(manifest: dict) -> None:
    keys = list(manifest)
    assert keys == ["domain", "name", *sorted(keys[2:])]


def test_hacs_finds_the_zip_that_build_makes() -> None:
    hacs = json.loads((REPOSITORY / "hacs.json").read_text())
    assert hacs["zip_release"] is True
    assert hacs["filename"] in (REPOSITORY / "scripts" / "build").read_text()


def test_requirement_files_name_no_index() -> None:
    for file in (REPOSITORY / "requirements").iterdir():
        assert not [line for line in file.read_text().splitlines() if "://" in line or line.startswith("-i")], file
