"""Entries after they were added: new credentials, new addresses, other models, and what diagnostics tell of them."""

import asyncio
from datetime import timedelta
import json
from typing import Any

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.json import ExtendedJSONEncoder
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed, get_system_health_info

from custom_components.homelab_assistant.diagnostics import async_get_config_entry_diagnostics
from custom_components.homelab_assistant.household import HOUSEHOLD
from demo.faults import Fault, FaultKind, FaultProxy
from demo.github import TOKEN, GitHubSimulator
from demo.github_access import Token
from demo.kubernetes import ADMIN, ADMIN_TOKEN, READER_TOKEN, KubernetesSimulator
from demo.ollama import OllamaSimulator
from demo.serving import serving

DOMAIN = "homelab_assistant"
OTHER_MODEL = "qwen2.5-coder:7b-demo-rules"


async def reconfigure(hass: HomeAssistant, entry: ConfigEntry, form: dict[str, Any]) -> dict[str, Any]:
    flows = hass.config_entries.flow
    context = {"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    shown = await flows.async_init(DOMAIN, context=context)
    result = await flows.async_configure(shown["flow_id"], form)
    await hass.async_block_till_done()
    return result


async def test_a_hub_that_moved_keeps_its_token_and_its_agent(hass: HomeAssistant, hub: ConfigEntry) -> None:
    hass.config_entries.async_update_entry(hub, data={**hub.data, "token": "secret"})
    async with serving(OllamaSimulator()) as moved:
        result = await reconfigure(hass, hub, {"url": moved.url})

        assert (result["type"], result["reason"]) == ("abort", "reconfigure_successful")
        assert hub.data == {"kind": "hub", "url": moved.url, "token": "secret"}
        assert hub.unique_id == f"hub_{moved.url}"
        assert hass.states.get("binary_sensor.ai_hub_ollama_reachable").state == "on"
        assert len(hub.subentries) == 1


async def test_a_hub_is_not_moved_to_where_nothing_answers(
    hass: HomeAssistant, hub: ConfigEntry, ollama_proxy: FaultProxy
) -> None:
    before = hub.data
    await ollama_proxy.inject(Fault(kind=FaultKind.REFUSE))
    result = await reconfigure(hass, hub, {"url": ollama_proxy.url})

    assert result["errors"] == {"url": "connection_failed_refused"}
    assert hub.data == before


async def test_a_cluster_gets_a_new_token_when_the_old_one_is_refused(
    hass: HomeAssistant, cluster: ConfigEntry, kubernetes: KubernetesSimulator
) -> None:
    kubernetes.server.accounts = {ADMIN_TOKEN: ADMIN}
    await cluster.runtime_data.cluster.async_refresh()
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH

    flows = hass.config_entries.flow
    again = await flows.async_configure(flow["flow_id"], {"token": READER_TOKEN})
    assert again["errors"] == {"base": "authentication_failed_credentials"}
    done = await flows.async_configure(flow["flow_id"], {"token": ADMIN_TOKEN})
    await hass.async_block_till_done()

    assert done["reason"] == "reauth_successful"
    assert hass.states.get("binary_sensor.homelab_cluster_reachable").state == "on"


async def test_a_cluster_that_is_unloaded_while_it_connects_leaves_no_connection_open(
    hass: HomeAssistant, cluster: ConfigEntry
) -> None:
    connector = async_get_clientsession(hass).connector
    for steps in range(9):
        assert await hass.config_entries.async_unload(cluster.entry_id)
        assert await hass.config_entries.async_setup(cluster.entry_id)
        for _ in range(steps):
            await asyncio.sleep(0)
        assert await hass.config_entries.async_unload(cluster.entry_id)
        assert not connector._acquired
        assert await hass.config_entries.async_setup(cluster.entry_id)


async def test_a_repository_whose_token_expired_asks_for_another(
    hass: HomeAssistant, repository: ConfigEntry, github: GitHubSimulator
) -> None:
    github.hub.access.add(Token(value=TOKEN, expired=True))
    github.hub.access.add(Token(value="fresh"))
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=16))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert hass.states.get("binary_sensor.demo_homelab_repository_reachable").state == "off"

    (flow,) = hass.config_entries.flow.async_progress()
    done = await hass.config_entries.flow.async_configure(flow["flow_id"], {"token": "fresh"})
    await hass.async_block_till_done()

    assert done["reason"] == "reauth_successful"
    assert repository.data["token"] == "fresh"
    assert hass.states.get("binary_sensor.demo_homelab_repository_reachable").state == "on"


async def test_an_agent_is_given_another_model(hass: HomeAssistant, hub: ConfigEntry) -> None:
    (agent,) = hub.subentries.values()
    flows = hass.config_entries.subentries
    context = {"source": SOURCE_RECONFIGURE, "subentry_id": agent.subentry_id}
    form = await flows.async_init((hub.entry_id, "conversation"), context=context)
    chosen = {"model": OTHER_MODEL, "llm_hass_api": ["assist"], "prompt": "The cat is called Helm."}
    done = await flows.async_configure(form["flow_id"], chosen)
    await hass.async_block_till_done()

    assert done["reason"] == "reconfigure_successful"
    assert [each.data for each in hub.subentries.values()] == [chosen]


async def test_another_language_and_time_zone_count_at_once(
    hass: HomeAssistant, hub: ConfigEntry, repository: ConfigEntry
) -> None:
    before = hass.data[HOUSEHOLD].office
    await hass.config.async_update(latitude=1.0, language="en")
    await hass.async_block_till_done()
    assert hass.data[HOUSEHOLD].office is before

    await hass.config.async_update(language="de", time_zone="America/New_York")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (hub.state, repository.state) == (ConfigEntryState.LOADED, ConfigEntryState.LOADED)
    first = hass.data[HOUSEHOLD].office.speech[0]
    assert (first.language, str(first.phrases.local_time().tzinfo)) == ("de", "America/New_York")


async def test_no_agent_is_added_while_the_hub_is_down(
    hass: HomeAssistant, hub: ConfigEntry, ollama_proxy: FaultProxy
) -> None:
    await ollama_proxy.inject(Fault(kind=FaultKind.REFUSE))
    flows = hass.config_entries.subentries
    result = await flows.async_init((hub.entry_id, "conversation"), context={"source": SOURCE_USER})

    assert (result["type"], result["reason"]) == ("abort", "connection_failed_refused")


async def test_diagnostics_of_a_hub_tell_how_it_does_and_nothing_that_was_said(
    hass: HomeAssistant, hub: ConfigEntry
) -> None:
    (agent,) = hub.subentries.values()
    hass.config_entries.async_update_subentry(hub, agent, data={**agent.data, "prompt": "The key is under the mat."})
    await hass.async_block_till_done()
    hass.config_entries.async_update_entry(hub, data={**hub.data, "headers": ["X-Key: hush"]})
    await hass.async_block_till_done()
    told = json.dumps(await async_get_config_entry_diagnostics(hass, hub), cls=ExtendedJSONEncoder)

    assert "mat" not in told.replace("format", "")
    assert "hush" not in told
    assert json.loads(told)["metrics"]["turns"] == 0


@pytest.mark.usefixtures("hub", "cluster")
async def test_system_health_tells_who_answers(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    info = await get_system_health_info(hass, DOMAIN)

    assert {name: info[name] for name in ("ollama", "findings", "proposals", "clusters")} == {
        "ollama": "ok",
        "findings": 2,
        "proposals": 0,
        "clusters": "ok",
    }


@pytest.mark.usefixtures("hub", "cluster", "repository")
async def test_diagnostics_tell_the_state_and_no_secret(hass: HomeAssistant) -> None:
    for entry in hass.config_entries.async_entries(DOMAIN):
        told = json.dumps(await async_get_config_entry_diagnostics(hass, entry), cls=ExtendedJSONEncoder)
        assert TOKEN not in told
        assert READER_TOKEN not in told
        assert "__type" not in told
