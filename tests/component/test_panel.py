"""The panel in the sidebar: there when it is built, gone with the last service."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from homeassistant.components import frontend
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.homelab_assistant import panel
from demo.faults import FaultProxy

MODEL = "llama3.1:8b-demo-rules"
SOURCE = "customElements.define('homelab-assistant-panel', class extends HTMLElement {});"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the built panel is looked for; nothing is there yet."""
    path = tmp_path / "panel.js"
    monkeypatch.setattr(panel, "MODULE", path)
    return path


type AddHub = Callable[[], Awaitable[ConfigEntry]]


@pytest.fixture
def add_hub(ollama_proxy: FaultProxy, connect: Any) -> AddHub:
    """Connect an AI hub, now."""

    async def add() -> ConfigEntry:
        form = {"url": ollama_proxy.url}
        return (await connect({"next_step_id": "hub"}, form, {"model": MODEL}))["result"]

    return add


@pytest.fixture
def built(module: Path) -> None:
    """A checkout that has built the panel."""
    module.write_text(SOURCE)


@pytest.fixture
async def with_frontend(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, frontend.DOMAIN, {})


async def test_the_panel_comes_with_the_first_service_and_goes_with_the_last(
    hass: HomeAssistant, built: None, with_frontend: None, add_hub: AddHub, hass_client_no_auth: Any
) -> None:
    entry = await add_hub()
    shown = hass.data[frontend.DATA_PANELS][panel.URL_PATH]
    assert (shown.sidebar_title, shown.require_admin) == ("Homelab", False)
    custom = shown.config["_panel_custom"]
    answer = await (await hass_client_no_auth()).get(custom["module_url"])
    assert await answer.text() == SOURCE
    assert answer.headers["Cache-Control"].startswith("public, max-age=")

    await hass.config_entries.async_remove(entry.entry_id)
    assert not frontend.async_panel_exists(hass, panel.URL_PATH)


async def test_a_checkout_that_is_not_built_works_without_a_panel_and_says_so(
    hass: HomeAssistant,
    module: Path,
    with_frontend: None,
    add_hub: AddHub,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await add_hub()

    assert not frontend.async_panel_exists(hass, panel.URL_PATH)
    assert "scripts/panel build" in caplog.text
