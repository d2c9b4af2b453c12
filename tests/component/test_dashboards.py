"""The example dashboards: every entity that they show is there, and every card is Home Assistant's own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util.yaml import load_yaml_dict
import pytest

DASHBOARDS = sorted((Path(__file__).resolve().parents[2] / "docs" / "dashboards").glob("*.yaml"))


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict):
        yield node
    for child in children:
        yield from nodes(child)


def entities(dashboard: dict[str, Any]) -> Iterator[str]:
    for node in nodes(dashboard):
        if isinstance(entity := node.get("entity"), str):
            yield entity
        for key in ("entities", "entity_id"):
            yield from (each for each in node.get(key, ()) if isinstance(each, str))


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
async def test_a_dashboard_shows_what_the_demo_has(
    hass: HomeAssistant, hub: ConfigEntry, cluster: ConfigEntry, repository: ConfigEntry, path: Path
) -> None:
    dashboard = await hass.async_add_executor_job(load_yaml_dict, str(path))
    shown = set(entities(dashboard))

    assert len(shown) > 10
    assert shown <= set(hass.states.async_entity_ids())
    assert not any(str(node.get("type", "")).startswith("custom:") for node in nodes(dashboard))
