"""A name that k8sgpt masks before a model sees it is in its Results in the clear, and nowhere in Home Assistant."""

import asyncio
from collections.abc import Callable
import json
import logging
from pathlib import Path
from typing import Any

from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import MATCH_ALL
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.json import ExtendedJSONEncoder
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info

from custom_components.homelab_assistant.diagnostics import async_get_config_entry_diagnostics
from demo.kubernetes import KubernetesSimulator
from demo.kubernetes_objects import kind_named
from demo.results import K8SGPT_NAMESPACE, result

DOMAIN = "homelab_assistant"
RESULTS = kind_named("results.core.k8sgpt.ai")
CLEAR = "zanzibar"
FINDING = "event.homelab_finding"


@pytest.fixture
def kubernetes() -> KubernetesSimulator:
    return KubernetesSimulator([masked("Secret web/bWFza2Vk is not used")])


@pytest.fixture
async def eager(hass: HomeAssistant, cluster: ConfigEntry) -> ConfigEntry:
    """The cluster, set up to alarm and to call for a repair at once."""
    options = {"alarms": {"persistence": 0, "repair_after": 0}}
    hass.config_entries.async_update_entry(cluster, options=options)
    await hass.async_block_till_done()
    await cluster.runtime_data.cluster.watch.wait_synced()
    return cluster


@pytest.fixture
def events(hass: HomeAssistant) -> list[str]:
    """Everything that is told on Home Assistant's bus, state changes too."""
    told: list[str] = []

    @callback
    def tell(event: Event[Any]) -> None:
        told.append(repr(event.data))

    hass.bus.async_listen(MATCH_ALL, tell)
    return told


def masked(text: str) -> dict[str, Any]:
    """A Result whose texts are masked; the clear name is only beside its mask."""
    item = result("Secret", "web/vault", CLEAR, explanation="A model's words.", sensitive=[CLEAR])
    item["spec"]["error"][0]["text"] = text
    assert CLEAR in str(item)
    return item


async def test_a_name_that_k8sgpt_masks_is_nowhere(
    hass: HomeAssistant,
    events: list[str],
    eager: ConfigEntry,
    kubernetes: KubernetesSimulator,
    until: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    for component in (REPAIRS, "system_health"):
        assert await async_setup_component(hass, component, {})
    [issue_id] = [issue for _, issue in ir.async_get(hass).issues if issue.startswith(eager.entry_id)]

    flow = await hass.data[REPAIRS]["flow_manager"].async_init(DOMAIN, context={"issue_id": issue_id})
    kubernetes.store.apply(masked("Secret web/bWFza2Vk has no owner"))
    await until(FINDING, lambda state: state.attributes["event_type"] == "changed")
    diagnostics = await async_get_config_entry_diagnostics(hass, eager)
    health = await get_system_health_info(hass, DOMAIN)
    findings = eager.runtime_data.cluster.watch.findings
    kubernetes.store.delete(RESULTS, K8SGPT_NAMESPACE, "webvault")
    await until(FINDING, lambda state: state.attributes["event_type"] == "cleared")
    assert await hass.config_entries.async_unload(eager.entry_id)

    told = "\n".join(
        [*events, repr(flow), json.dumps(diagnostics, cls=ExtendedJSONEncoder), repr(health), repr(findings)]
    )
    assert "bWFza2Vk" in told
    assert "A model's words." in told
    assert CLEAR not in told
    assert CLEAR not in caplog.text
    assert CLEAR not in repr(ir.async_get(hass).issues)
    assert not await asyncio.to_thread(files_with, CLEAR, Path(hass.config.config_dir))
    assert await asyncio.to_thread(files_with, "bWFza2Vk", Path(hass.config.config_dir)), "the journal remembers"


def files_with(word: str, folder: Path) -> list[str]:
    return [file.name for file in folder.rglob("*") if file.is_file() and word.encode() in file.read_bytes()]
