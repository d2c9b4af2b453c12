"""The AI hub as people see it: what it did lately, warm or cold, what is wrong with it and how that is mended."""

from collections.abc import Callable
import logging
from typing import Any

from homeassistant.components import conversation
from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.components.repairs.issue_handler import RepairsFlowManager
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant, State, callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from demo.faults import Fault, FaultKind, FaultProxy
from demo.ollama import OllamaSimulator
from demo.ollama_rules import Turn

DOMAIN = "homelab_assistant"
AGENT = "conversation.homelab_assistant"
MODEL = "llama3.1:8b-demo-rules"
LOADED = "sensor.ai_hub_loaded_models"


async def ask(hass: HomeAssistant, user: MockUser, text: str = "What is a pod?") -> str:
    result = await conversation.async_converse(hass, text, None, Context(user_id=user.id), agent_id=AGENT)
    return result.response.speech["plain"]["speech"]


def issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    return {issue.translation_key: issue for issue in ir.async_get(hass).issues.values() if issue.domain == DOMAIN}


def value(hass: HomeAssistant, sensor: str) -> float:
    return float(hass.states.get(f"sensor.ai_hub_{sensor}").state)


@pytest.mark.usefixtures("hub")
@pytest.mark.usefixtures("every_entity")
async def test_a_turn_shows_in_the_figures(
    hass: HomeAssistant, hass_admin_user: MockUser, ollama: OllamaSimulator, until: Callable[..., Any]
) -> None:
    assert hass.states.get("sensor.ai_hub_time_to_first_token").state == "unknown"
    ollama.script(Turn.saying("A pod is a group of containers that share an address."))
    await ask(hass, hass_admin_user)
    await until("sensor.ai_hub_context_used", lambda state: state.state != "unknown")

    assert value(hass, "time_to_first_token") > 0
    assert value(hass, "time_to_first_token_median") > 0
    assert value(hass, "time_to_first_token_95th_percentile") > 0
    assert value(hass, "prompt") > 100
    assert 0 < value(hass, "context_used") < 100
    assert value(hass, "wait_in_the_queue") >= 0


async def test_the_model_is_warmed_up_and_unloaded_by_buttons(
    hass: HomeAssistant, hub: ConfigEntry, ollama: OllamaSimulator
) -> None:
    await hass.services.async_call("button", "press", {"entity_id": "button.ai_hub_warm_up_model"}, blocking=True)
    await hub.runtime_data.ollama.async_refresh()
    assert hass.states.get(LOADED).state == "1"
    assert hass.states.get(LOADED).attributes["models"][0]["name"] == MODEL
    assert hass.states.get(LOADED).attributes["models"][0]["context_length"] == 8192
    assert value(hass, "graphics_memory_used_by_models") > 0

    await hass.services.async_call("button", "press", {"entity_id": "button.ai_hub_unload_model"}, blocking=True)
    await hub.runtime_data.ollama.async_refresh()
    assert hass.states.get(LOADED).state == "0"


async def test_any_model_is_warmed_up_and_unloaded_by_actions(hass: HomeAssistant, hub: ConfigEntry) -> None:
    other = {"hub": hub.entry_id, "model": "qwen2.5-coder:7b-demo-rules"}
    await hass.services.async_call(DOMAIN, "warm_up_model", other, blocking=True)
    await hub.runtime_data.ollama.async_refresh()
    assert hass.states.get(LOADED).attributes["models"][0]["name"] == other["model"]

    await hass.services.async_call(DOMAIN, "unload_model", other, blocking=True)
    await hub.runtime_data.ollama.async_refresh()
    assert hass.states.get(LOADED).state == "0"


@pytest.mark.usefixtures("hub")
async def test_a_button_says_why_it_did_nothing(hass: HomeAssistant, ollama_proxy: FaultProxy) -> None:
    await ollama_proxy.inject(Fault(kind=FaultKind.REFUSE))

    with pytest.raises(HomeAssistantError, match="connection refused"):
        await hass.services.async_call("button", "press", {"entity_id": "button.ai_hub_warm_up_model"}, blocking=True)
    with pytest.raises(ServiceValidationError) as refused:
        await hass.services.async_call(DOMAIN, "warm_up_model", {"hub": "other"}, blocking=True)
    assert refused.value.translation_key == "no_hub"


async def test_the_model_is_warm_when_somebody_comes_home(
    hass: HomeAssistant, hub: ConfigEntry, ollama: OllamaSimulator
) -> None:
    hass.states.async_set("zone.home", "0")
    hass.config_entries.async_update_entry(hub, options={"warm_up_when_home": True})
    await hass.async_block_till_done()
    hass.states.async_set("zone.home", "1")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(ollama.chats) == 1
    assert ollama.chats[0].body["messages"] == []

    hass.states.async_set("zone.home", "0")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(ollama.chats) == 1


async def test_coming_home_to_a_hub_that_is_off_is_no_error(
    hass: HomeAssistant, hub: ConfigEntry, ollama_proxy: FaultProxy, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hass.states.async_set("zone.home", "0")
    hass.config_entries.async_update_entry(hub, options={"warm_up_when_home": True})
    await hass.async_block_till_done()
    await ollama_proxy.inject(Fault(kind=FaultKind.REFUSE))
    hass.states.async_set("zone.home", "1")
    await hass.async_block_till_done(wait_background_tasks=True)

    assert [line for line in caplog.messages if line.startswith("[warm-up-failed] ")]
    assert [record for record in caplog.records if record.levelno > logging.WARNING and "warm" in record.message] == []


@pytest.fixture
async def repairs(hass: HomeAssistant) -> RepairsFlowManager:
    assert await async_setup_component(hass, REPAIRS, {})
    return hass.data[REPAIRS]["flow_manager"]


async def test_a_model_that_is_gone_is_fetched_from_its_repair(
    hass: HomeAssistant, hub: ConfigEntry, ollama: OllamaSimulator, repairs: RepairsFlowManager
) -> None:
    ollama.install(["qwen2.5-coder:7b-demo-rules"])
    await hub.runtime_data.ollama.async_refresh()
    missing = issues(hass)["model_missing"]
    assert missing.is_fixable
    assert missing.translation_placeholders["model"] == MODEL

    progress: list[float] = []
    reported = callback(lambda event: progress.append(event.data["progress"]))  # any other listener runs in a thread
    hass.bus.async_listen("data_entry_flow_progress_update", reported)
    flow = await repairs.async_init(DOMAIN, data={"issue_id": missing.issue_id})
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "confirm")
    flow = await repairs.async_configure(flow["flow_id"], {})
    assert flow["type"] is FlowResultType.SHOW_PROGRESS
    await hass.async_block_till_done(wait_background_tasks=True)

    assert progress[-1] == 1
    assert progress == sorted(progress)
    assert (await repairs.async_configure(flow["flow_id"]))["type"] is FlowResultType.CREATE_ENTRY
    assert "model_missing" not in issues(hass)


async def test_a_model_that_cannot_be_fetched_is_told_and_tried_again(
    hass: HomeAssistant,
    hub: ConfigEntry,
    ollama: OllamaSimulator,
    ollama_proxy: FaultProxy,
    repairs: RepairsFlowManager,
) -> None:
    ollama.install(["qwen2.5-coder:7b-demo-rules"])
    await hub.runtime_data.ollama.async_refresh()
    await ollama_proxy.inject(Fault(kind=FaultKind.CUT, path="/api/pull", after=300))
    flow = await repairs.async_init(DOMAIN, data={"issue_id": issues(hass)["model_missing"].issue_id})
    await repairs.async_configure(flow["flow_id"], {})
    await hass.async_block_till_done(wait_background_tasks=True)
    failed = await repairs.async_configure(flow["flow_id"])
    assert failed["step_id"] == "failed"
    assert "Ollama" in failed["description_placeholders"]["message"]

    await ollama_proxy.clear()
    await repairs.async_configure(flow["flow_id"], {})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (await repairs.async_configure(flow["flow_id"]))["type"] is FlowResultType.CREATE_ENTRY
    assert issues(hass) == {}


async def test_closing_the_repair_stops_the_pull(
    hass: HomeAssistant,
    hub: ConfigEntry,
    ollama: OllamaSimulator,
    ollama_proxy: FaultProxy,
    repairs: RepairsFlowManager,
) -> None:
    ollama.install(["qwen2.5-coder:7b-demo-rules"])
    await hub.runtime_data.ollama.async_refresh()
    await ollama_proxy.inject(Fault(kind=FaultKind.HANG, path="/api/pull"))
    flow = await repairs.async_init(DOMAIN, data={"issue_id": issues(hass)["model_missing"].issue_id})
    await repairs.async_configure(flow["flow_id"], {})
    repairs.async_abort(flow["flow_id"])
    await hass.async_block_till_done(wait_background_tasks=True)

    assert "model_missing" in issues(hass)


async def test_a_context_that_somebody_else_chose_is_an_issue_until_it_is_ours(
    hass: HomeAssistant, hub: ConfigEntry
) -> None:
    client = hub.runtime_data.ollama.hub.client
    await client.load(MODEL, context_length=2048, keep_alive=60)
    await hub.runtime_data.ollama.async_refresh()
    other = issues(hass)["other_context"]
    assert other.translation_placeholders == {"model": MODEL, "expected": "8192", "actual": "2048"}

    await hub.runtime_data.ollama.hub.load()
    await hub.runtime_data.ollama.async_refresh()
    assert issues(hass) == {}


async def test_issues_go_with_their_hub(hass: HomeAssistant, hub: ConfigEntry, ollama: OllamaSimulator) -> None:
    ollama.install([])
    await hub.runtime_data.ollama.async_refresh()
    assert "model_missing" in issues(hass)

    await hass.config_entries.async_unload(hub.entry_id)
    assert issues(hass) == {}


async def test_the_options_decide_how_models_are_loaded(
    hass: HomeAssistant, hub: ConfigEntry, hass_admin_user: MockUser, ollama: OllamaSimulator
) -> None:
    flow = await hass.config_entries.options.async_init(hub.entry_id)
    chosen = {
        "warm_up_when_home": False,
        "models": {"context_length": 4096, "keep_alive": -1},
        "timeouts": {"connect": 1, "first_byte": 20, "first_byte_loading": 90, "gap": 15, "total": 120},
    }
    await hass.config_entries.options.async_configure(flow["flow_id"], chosen)
    await hass.async_block_till_done()
    await ask(hass, hass_admin_user)

    assert ollama.chats[-1].body["options"]["num_ctx"] == 4096
    assert ollama.chats[-1].body["keep_alive"] == -1


async def test_another_model_stands_in_for_one_that_fails(
    hass: HomeAssistant, hub: ConfigEntry, hass_admin_user: MockUser, ollama: OllamaSimulator
) -> None:
    options = {"models": {"fallback_model": "qwen2.5-coder:7b-demo-rules"}}
    hass.config_entries.async_update_entry(hub, options=options)
    await hass.async_block_till_done()
    ollama.script(Turn(status=500, error="out of memory"), Turn.saying("A group of containers."))

    assert await ask(hass, hass_admin_user) == "A group of containers."
    assert [chat.body["model"] for chat in ollama.chats] == [MODEL, "qwen2.5-coder:7b-demo-rules"]


async def test_a_hub_behind_a_proxy_gets_its_headers(
    connect: Any, ollama_proxy: FaultProxy, until: Callable[..., Any]
) -> None:
    refused = await connect({"next_step_id": "hub"}, {"url": ollama_proxy.url, "proxy": {"headers": ["nonsense"]}})
    assert refused["errors"] == {"url": "input_invalid"}
    assert "colon" in refused["description_placeholders"]["message"]

    form = {"url": ollama_proxy.url, "proxy": {"headers": ["X-Tenant: home"], "ca_file": "gone.pem"}}
    refused = await connect({"next_step_id": "hub"}, form)
    assert refused["errors"] == {"url": "input_invalid"}
    assert "gone.pem" in refused["description_placeholders"]["message"]

    form["proxy"].pop("ca_file")
    added = await connect({"next_step_id": "hub"}, form, {"model": MODEL})
    assert added["result"].data["headers"] == ["X-Tenant: home"]

    def is_on(state: State) -> bool:
        return state.state == "on"

    await until("binary_sensor.ai_hub_ollama_reachable", is_on)
