"""The hub's config flow: Ollama is looked for only when asked to, and a model that is missing is fetched."""

import json
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigEntryState
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.data_entry_flow import EVENT_DATA_ENTRY_FLOW_PROGRESS_UPDATE
import pytest
from yarl import URL

from custom_components.homelab_assistant import looking
from demo.faults import Fault, FaultKind, FaultProxy
from demo.ollama import OllamaSimulator
from demo.serving import serving

MODEL = "llama3.1:8b-demo-rules"
HUB = {"next_step_id": "hub"}
LOOK = {"next_step_id": "find_hub"}


@pytest.fixture
def ollama() -> OllamaSimulator:
    """Its registry has a model that cannot use tools, too."""
    return OllamaSimulator(registry=["gemma3:270m"])


async def pulled(hass: HomeAssistant, result: dict[str, Any]) -> dict[str, Any]:
    """The step after a pull has come to its end."""
    assert (result["type"], result["progress_action"]) == ("progress", "pull")
    await hass.async_block_till_done(wait_background_tasks=True)
    return await hass.config_entries.flow.async_configure(result["flow_id"])


@pytest.mark.parametrize("version", ["![0.32](http://evil.example)", "0" * 300])
async def test_what_tells_no_version_is_no_ollama(ollama_proxy: FaultProxy, walk: Any, version: str) -> None:
    body = json.dumps({"version": version})
    await ollama_proxy.inject(Fault(kind=FaultKind.STATUS, path="/api/version", status=200, body=body))
    refused = await walk(HUB, {"url": ollama_proxy.url})
    assert refused["errors"] == {"url": "response_invalid_foreign"}


async def test_a_hub_without_a_model_fetches_one_and_shows_how_far_it_is(
    hass: HomeAssistant, ollama: OllamaSimulator, ollama_proxy: FaultProxy, walk: Any
) -> None:
    ollama.install([])
    seen: list[float] = []

    @callback
    def heard(event: Event[dict[str, Any]]) -> None:
        seen.append(event.data["progress"])

    hass.bus.async_listen(EVENT_DATA_ENTRY_FLOW_PROGRESS_UPDATE, heard)
    form = await walk(HUB, {"url": ollama_proxy.url})
    assert form["step_id"] == "first_model"
    assert form["data_schema"].schema["model"].config["options"][0] == "llama3.1:8b"

    done = await pulled(hass, await walk({"model": MODEL}, after=form))

    assert done["type"] == "create_entry"
    assert [each["data"] for each in done["subentries"]] == [{"model": MODEL}]
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


async def test_a_model_whose_name_is_typed_is_fetched(
    hass: HomeAssistant, ollama: OllamaSimulator, ollama_proxy: FaultProxy, walk: Any
) -> None:
    ollama.install(["gemma3:270m"])
    done = await pulled(hass, await walk(HUB, {"url": ollama_proxy.url}, {"model": f" {MODEL} "}))

    assert done["type"] == "create_entry"


@pytest.mark.parametrize("installed", [[], ["qwen3:8b"]])
async def test_a_model_that_nobody_has_is_named_and_another_can_be_chosen(
    hass: HomeAssistant, ollama: OllamaSimulator, ollama_proxy: FaultProxy, walk: Any, installed: list[str]
) -> None:
    ollama.install(installed)
    again = await pulled(hass, await walk(HUB, {"url": ollama_proxy.url}, {"model": "nobody:1b"}))
    assert again["errors"] == {"model": "not_found"}
    assert again["description_placeholders"]["message"]

    done = await pulled(hass, await walk({"model": MODEL}, after=again))
    assert done["type"] == "create_entry"


async def test_a_fetched_model_that_cannot_use_tools_is_refused(
    hass: HomeAssistant, ollama: OllamaSimulator, ollama_proxy: FaultProxy, walk: Any
) -> None:
    ollama.install([])
    again = await pulled(hass, await walk(HUB, {"url": ollama_proxy.url}, {"model": "gemma3:270m"}))

    assert again["errors"] == {"model": "model_unsuitable"}
    assert again["step_id"] == "model"


async def test_closing_the_window_stops_the_pull(
    hass: HomeAssistant, ollama: OllamaSimulator, ollama_proxy: FaultProxy, walk: Any
) -> None:
    ollama.install([])
    await ollama_proxy.inject(Fault(kind=FaultKind.HANG, path="/api/pull"))
    progress = await walk(HUB, {"url": ollama_proxy.url}, {"model": MODEL})
    assert (await hass.config_entries.flow.async_configure(progress["flow_id"]))["type"] == "progress"

    hass.config_entries.flow.async_abort(progress["flow_id"])
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not hass.config_entries.flow.async_progress()


async def test_nothing_is_looked_for_before_a_person_says_where(walk: Any, ollama_proxy: FaultProxy) -> None:
    form = await walk(LOOK)

    assert form["step_id"] == "find_hub"
    assert not ollama_proxy.seen


async def test_an_ollama_that_is_found_only_has_to_be_confirmed(walk: Any, ollama_proxy: FaultProxy) -> None:
    host = ollama_proxy.url.removeprefix("http://")
    form = await walk(LOOK, {"places": ["127.0.0.1:9", "not an address", f" {host} ", ollama_proxy.url]})

    assert form["step_id"] == "hub"
    url = next(field for field in form["data_schema"].schema if field == "url")
    assert url.description == {"suggested_value": ollama_proxy.url}
    done = await walk({"url": ollama_proxy.url}, {"model": MODEL}, after=form)
    assert done["type"] == "create_entry"


async def test_every_ollama_that_answers_can_be_chosen(walk: Any, ollama_proxy: FaultProxy) -> None:
    async with serving(OllamaSimulator()) as other:
        form = await walk(LOOK, {"places": [ollama_proxy.url, other.url]})

    assert form["data_schema"].schema["url"].config["options"] == [ollama_proxy.url, other.url]


async def test_where_no_ollama_answers_another_place_can_be_named(walk: Any, ollama_proxy: FaultProxy) -> None:
    await ollama_proxy.inject(Fault(kind=FaultKind.STATUS, status=200, body="<html>router</html>"))
    again = await walk(LOOK, {"places": [ollama_proxy.url]})
    assert again["errors"] == {"base": "nothing_found"}

    await ollama_proxy.clear()
    assert (await walk({"places": [ollama_proxy.url]}, after=again))["step_id"] == "hub"


async def test_a_graphics_card_beside_it_is_suggested(
    walk: Any, ollama_proxy: FaultProxy, gpu_proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "EXPORTER_PORT", URL(gpu_proxy.url).port)
    form = await walk(LOOK, {"places": [ollama_proxy.url]})

    gpu_url = next(field for field in form["data_schema"].schema if field == "gpu_url")
    assert gpu_url.description == {"suggested_value": f"{gpu_proxy.url}/metrics"}


async def test_what_is_no_address_is_not_looked_at(walk: Any) -> None:
    again = await walk(LOOK, {"places": ["http://[", "http://", "a b", ""]})

    assert again["errors"] == {"base": "nothing_found"}


async def test_options_can_be_changed_while_the_hub_is_down(
    hass: HomeAssistant, hub: ConfigEntry, ollama_proxy: FaultProxy
) -> None:
    await ollama_proxy.inject(Fault(kind=FaultKind.REFUSE))
    options = hass.config_entries.options
    form = await options.async_init(hub.entry_id)
    assert form["data_schema"].schema["models"].schema.schema["write_model"].config["options"] == []

    chosen = {"warm_up_when_home": False, "models": {"context_length": 16384, "keep_alive": -1}, "timeouts": {}}
    done = await options.async_configure(form["flow_id"], chosen)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert done["data"]["models"] == {"context_length": 16384, "keep_alive": -1}


async def test_an_address_of_a_second_hub_that_can_never_work_is_refused_and_spaces_are_none(
    hass: HomeAssistant, hub: ConfigEntry
) -> None:
    loading = {"context_length": 8192, "keep_alive": 1800}
    options = {"warm_up_when_home": False, "timeouts": {}}
    flows = hass.config_entries.options
    form = await flows.async_init(hub.entry_id)
    wrong = {**options, "models": {**loading, "fallback_url": "second", "write_model": MODEL}}
    refused = await flows.async_configure(form["flow_id"], wrong)
    assert refused["errors"] == {"base": "fallback_url"}

    spaces = {**options, "models": {**loading, "fallback_url": "  ", "write_model": f" {MODEL} "}}
    done = await flows.async_configure(form["flow_id"], spaces)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert done["data"]["models"] == {**loading, "write_model": MODEL}
    assert hub.state is ConfigEntryState.LOADED


async def test_an_agent_whose_model_cannot_use_tools_can_be_given_another(
    hass: HomeAssistant, hub: ConfigEntry, ollama: OllamaSimulator
) -> None:
    ollama.install([MODEL, "gemma3:270m"])
    flows = hass.config_entries.subentries
    form = await flows.async_init((hub.entry_id, "conversation"), context={"source": SOURCE_USER})
    refused = await flows.async_configure(form["flow_id"], {"model": "gemma3:270m"})
    assert refused["errors"] == {"model": "model_unsuitable"}

    done = await flows.async_configure(form["flow_id"], {"model": MODEL})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert done["type"] == "create_entry"
