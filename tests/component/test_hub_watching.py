"""What a hub is watched for: every exporter's card, what its models lack, and in which pauses it is asked."""

from copy import replace
from datetime import timedelta
from typing import Any

from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser, async_fire_time_changed

from demo.faults import Fault, FaultKind, FaultProxy
from demo.gpu import CARD, Exporter, GpuExporterSimulator
from demo.ollama import OllamaSimulator

DOMAIN = "homelab_assistant"
AGENT = "conversation.homelab_assistant"
MODEL = "llama3.1:8b-demo-rules"


EVERYTHING = {
    "utilisation",
    "memory_used",
    "temperature",
    "power",
    "fan",
    "clock",
}


def issues(hass: HomeAssistant) -> set[str | None]:
    return {issue.translation_key for issue in ir.async_get(hass).issues.values() if issue.domain == DOMAIN}


def values(hass: HomeAssistant, entry: ConfigEntry) -> set[str]:
    """What there are entities for of those that a card may have."""
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return {value for value in EVERYTHING if any(each.unique_id.endswith(f"_{value}") for each in entities)}


async def seconds_pass(hass: HomeAssistant, seconds: float) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.fixture
def gpu(request: pytest.FixtureRequest) -> GpuExporterSimulator:
    """The exporter that a test asks for."""
    return GpuExporterSimulator(**getattr(request, "param", {}))


@pytest.mark.parametrize(
    ("gpu", "told"),
    [
        ({"exporter": Exporter.NVIDIA}, EVERYTHING),
        ({"exporter": Exporter.DCGM}, EVERYTHING),
        ({"exporter": Exporter.WINDOWS}, {"memory_used", "utilisation"}),
        ({"card": replace(CARD, fan=None, power=None)}, EVERYTHING - {"fan", "power"}),
    ],
    indirect=["gpu"],
)
async def test_a_card_has_an_entity_for_what_its_exporter_tells_and_for_nothing_else(
    hass: HomeAssistant, hub: ConfigEntry, told: set[str]
) -> None:
    await hub.runtime_data.gpu.async_refresh()  # utilisation in Windows takes two readings
    assert values(hass, hub) == told


@pytest.mark.parametrize("gpu", [{"card": replace(CARD, fan=None)}], indirect=True)
async def test_a_series_that_comes_later_becomes_an_entity_and_one_that_goes_is_unknown(
    hass: HomeAssistant, hub: ConfigEntry, gpu: GpuExporterSimulator
) -> None:
    gpu.card = replace(CARD, temperature=None)
    await hub.runtime_data.gpu.async_refresh()
    assert values(hass, hub) == EVERYTHING
    states = {each.entity_id.rpartition("_")[2]: each.state for each in hass.states.async_all("sensor")}
    assert float(states["fan"]) == 30
    assert states["temperature"] == "unknown"


@pytest.mark.usefixtures("every_entity")
async def test_without_an_exporter_the_memory_of_the_models_is_known(
    hass: HomeAssistant, ollama_proxy: FaultProxy, connect: Any
) -> None:
    hub = (await connect({"next_step_id": "hub"}, {"url": ollama_proxy.url}, {"model": MODEL}))["result"]
    await hub.runtime_data.ollama.hub.load()
    await hub.runtime_data.ollama.async_refresh()
    assert float(hass.states.get("sensor.ai_hub_graphics_memory_used_by_models").state) > 1
    assert not values(hass, hub)


async def test_a_hub_that_is_down_is_asked_less_and_less_often_and_afterwards_as_before(
    hass: HomeAssistant, hub: ConfigEntry, ollama_proxy: FaultProxy
) -> None:
    async def is_asked_after(seconds: float) -> bool:
        before = len(ollama_proxy.seen)
        await seconds_pass(hass, seconds)
        return len(ollama_proxy.seen) > before

    assert await is_asked_after(31)
    await ollama_proxy.inject(Fault(kind=FaultKind.STATUS, status=500))
    pauses = [30, 60, 120, 240, 300, 300]
    for pause in pauses:
        assert not await is_asked_after(pause - 10)
        assert await is_asked_after(pause + 10)
    await ollama_proxy.clear()
    assert await is_asked_after(302)
    assert await is_asked_after(31)


async def test_a_model_that_is_partly_on_the_processor_is_an_issue(
    hass: HomeAssistant, hub: ConfigEntry, ollama: OllamaSimulator
) -> None:
    await hub.runtime_data.ollama.hub.load()
    ollama.settings = replace(ollama.settings, on_gpu=0.5)
    await hub.runtime_data.ollama.async_refresh()
    assert issues(hass) == {"partly_on_cpu"}
    ollama.settings = replace(ollama.settings, on_gpu=1)
    await hub.runtime_data.ollama.async_refresh()
    assert issues(hass) == set()


async def test_things_that_find_no_room_in_the_context_are_an_issue_until_they_do(
    hass: HomeAssistant, hub: ConfigEntry, hass_admin_user: MockUser
) -> None:
    lamps = {f"lamp_{number}": {"name": f"Lamp with a rather long name {number}"} for number in range(60)}
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": lamps})
    for lamp in lamps:
        async_expose_entity(hass, "conversation", f"input_boolean.{lamp}", should_expose=True)
    hass.config_entries.async_update_entry(hub, options={"models": {"context_length": 1024, "keep_alive": 60}})
    await hass.async_block_till_done()
    question = "Tell me a story about every lamp with a rather long name"
    user = Context(user_id=hass_admin_user.id)
    await conversation.async_converse(hass, question, None, user, agent_id=AGENT)
    assert issues(hass) == {"context_full"}

    await conversation.async_converse(hass, "Tell me a story about a rack", None, user, agent_id=AGENT)
    assert issues(hass) == set()

    await conversation.async_converse(hass, question, None, user, agent_id=AGENT)
    assert issues(hass) == {"context_full"}
    (agent,) = hub.get_subentries_of_type("conversation")
    hass.config_entries.async_remove_subentry(hub, agent.subentry_id)
    await hass.async_block_till_done()
    assert issues(hass) == set()
