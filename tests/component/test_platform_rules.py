"""What Home Assistant (hassfest) and HACS ask of a custom integration's files, asked where they cannot run."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
import struct
import tomllib
from typing import Any

import hass_frontend
import homeassistant.components
from homeassistant.components.brands.const import ALLOWED_IMAGES
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import pytest

ROOT = Path(__file__).resolve().parents[2]
COMPONENT = ROOT / "custom_components" / "homelab_assistant"
DOMAIN = "homelab_assistant"
LANGUAGES = [json.loads((COMPONENT / "translations" / f"{each}.json").read_text()) for each in ("en", "de")]
ENGLISH = LANGUAGES[0]
ICONS = json.loads((COMPONENT / "icons.json").read_text())
MANIFEST = json.loads((COMPONENT / "manifest.json").read_text())
SERVICES = load_yaml_dict(str(COMPONENT / "services.yaml"))
SCALE = load_yaml_dict(str(COMPONENT / "quality_scale.yaml"))["rules"]
SOURCE = "\n".join(path.read_text() for path in COMPONENT.glob("*.py"))
HACS = json.loads((ROOT / "hacs.json").read_text())


def texts(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield path, node
    else:
        for key, child in node.items():
            yield from texts(child, f"{path}/{key}")


def steps(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything in the flows that has fields: steps and their sections."""
    if not isinstance(node, dict):
        return
    if isinstance(node.get("data"), dict):
        yield path, node
    for key, child in node.items():
        yield from steps(child, f"{path}/{key}")


def test_the_manifest_has_what_a_custom_integration_needs() -> None:
    assert MANIFEST["domain"] == COMPONENT.name == DOMAIN
    assert {"codeowners", "config_flow", "documentation", "integration_type", "iot_class", "issue_tracker"} <= set(
        MANIFEST
    )
    assert re.fullmatch(r"\d+\.\d+\.\d+", MANIFEST["version"])
    assert all(owner.startswith("@") for owner in MANIFEST["codeowners"])
    assert MANIFEST["integration_type"] == "hub"
    assert MANIFEST["iot_class"] == "local_push"
    assert MANIFEST["issue_tracker"] == f"{MANIFEST['documentation']}/issues"
    assert f"repo_url: {MANIFEST['documentation']}\n" in (ROOT / "mkdocs.yml").read_text()
    assert [f"@{MANIFEST['documentation'].split('/')[3]}"] == MANIFEST["codeowners"]
    for key in ("codeowners", "dependencies", "after_dependencies", "loggers", "requirements"):
        assert len(set(MANIFEST[key])) == len(MANIFEST[key])


def test_the_repository_has_one_address_wherever_it_is_said() -> None:
    home = MANIFEST["documentation"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["urls"] == {"Homepage": home, "Issues": MANIFEST["issue_tracker"]}
    pages = [*(ROOT / "docs").glob("*.md"), *(ROOT / "blueprints").rglob("*.yaml"), ROOT / "README.md"]
    said = re.findall(
        r"github\.com(?:/|%2F)([\w-]+)(?:/|%2F)homelab-assistant\b", "".join(path.read_text() for path in pages)
    )
    assert len(said) > 6
    assert {f"https://github.com/{owner}/homelab-assistant" for owner in said} == {home}


def test_every_component_that_is_depended_on_exists() -> None:
    there = {path.name for path in Path(homeassistant.components.__file__).parent.iterdir()}
    assert {*MANIFEST["dependencies"], *MANIFEST["after_dependencies"]} <= there


def test_hacs_finds_the_archive_that_a_release_builds() -> None:
    known = {
        *("name", "content_in_root", "zip_release", "filename", "hide_default_branch", "country", "homeassistant"),
        *("hacs", "persistent_directory"),
    }
    assert set(HACS) <= known
    assert HACS["name"] == MANIFEST["name"]
    assert HACS["zip_release"] is True
    assert HACS["filename"] in (ROOT / "scripts" / "build").read_text()
    assert (ROOT / "README.md").exists()


@pytest.mark.parametrize("language", LANGUAGES, ids=["en", "de"])
def test_a_translation_is_plain_text(language: dict[str, Any]) -> None:
    for path, text in texts(language):
        assert text == text.strip(), path
        assert not re.search(r"https?://|www\.", text), path
        assert not re.search(r"</?\w+[^>]*>", text), path
        assert not re.search(r"'{\w+}'", text), path


@pytest.mark.parametrize("flows", ["config", "config_subentries", "options"])
def test_every_field_is_explained(flows: str) -> None:
    for path, step in steps(ENGLISH[flows]):
        assert step["data"].keys() == step.get("data_description", {}).keys(), path


@pytest.mark.usefixtures("custom_integrations")
async def test_every_action_is_described_with_its_fields_and_has_an_icon(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, DOMAIN, {})
    registered = hass.services.async_services_for_domain(DOMAIN)

    assert registered.keys() == SERVICES.keys() == ENGLISH["services"].keys() == ICONS["services"].keys()
    for name, action in SERVICES.items():
        told = ENGLISH["services"][name]
        assert told["name"]
        assert told["description"]
        assert told.get("fields", {}).keys() == (action or {}).get("fields", {}).keys()
        for field in told.get("fields", {}).values():
            assert field["name"]
            assert field["description"]


def test_every_entity_has_an_icon_or_that_of_its_device_class() -> None:
    for platform, entities in ENGLISH["entity"].items():
        for name in entities.keys() - ICONS["entity"].get(platform, {}).keys():
            assert re.search(rf'translation_key="{name}"[^()]*device_class=', SOURCE), name


def test_every_icon_exists() -> None:
    folder = hass_frontend.where() / "static" / "mdi"
    parts = {part["file"]: part for part in json.loads((folder / "iconMetadata.json").read_text())["parts"]}
    known = {f"mdi:{name}" for file in parts for name in json.loads((folder / f"{file}.json").read_text())}

    used = {text for _, text in texts(ICONS)}
    assert used <= known


def test_every_translated_error_that_the_component_raises_has_its_sentence() -> None:
    named = set(re.findall(r'translation_key="(\w+)"', SOURCE))
    known = {
        *ENGLISH["exceptions"],
        *ENGLISH["issues"],
        *(name for platform in ENGLISH["entity"].values() for name in platform),
        *ENGLISH["selector"],
        *ENGLISH["device"],
        *(name for platform in ICONS["entity"].values() for name in platform),
    }
    assert named <= known


def test_the_brand_images_have_the_sizes_that_are_asked_for() -> None:
    images = {path.name: struct.unpack(">II", path.read_bytes()[16:24]) for path in (COMPONENT / "brand").iterdir()}

    assert set(images) <= ALLOWED_IMAGES
    assert images["icon.png"] == (256, 256)
    assert images["icon@2x.png"] == (512, 512)
    for name in ("logo", "dark_logo"):
        width, height = images[f"{name}.png"]
        assert 128 <= min(width, height) <= 256
        assert images[f"{name}@2x.png"] == (2 * width, 2 * height)


def test_the_quality_scale_answers_every_rule_that_home_assistant_has() -> None:
    scales = Path(homeassistant.components.__file__).parent.glob("*/quality_scale.yaml")
    rules = {rule for scale in scales for rule in re.findall(r"^  ([a-z-]+):", scale.read_text(), re.MULTILINE)}

    assert set(SCALE) == rules
    for rule, answer in SCALE.items():
        assert answer == "done" or (answer["status"] in {"done", "exempt"} and answer["comment"].strip()), rule


def test_every_component_that_is_used_is_depended_on() -> None:
    """A file named like a component is its platform; those of `always` are there in every Home Assistant."""
    always = {*Platform, "frontend", "homeassistant", "persistent_notification", "system_health", "webhook", "zone"}
    for path in COMPONENT.glob("*.py"):
        used = set(re.findall(r"^ *from homeassistant\.components(?:\.| import )(\w+)", path.read_text(), re.MULTILINE))
        assert used <= {*always, *MANIFEST["dependencies"], *MANIFEST["after_dependencies"], path.stem}, path.name
