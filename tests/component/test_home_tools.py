"""Tools of others that come, go and change while we know them: what is called is always what there is now."""

from dataclasses import dataclass, field
from typing import override

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
from homeassistant.util.json import JsonObjectType
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.homelab_assistant import home_tools
from demo.ollama import OllamaSimulator
from demo.ollama_rules import Turn

AGENT = "conversation.homelab_assistant"
WORDS = "I would like the kettle to boil, if you please"


@dataclass
class Tool(llm.Tool):
    """Checks what it is called with, as Home Assistant's own tools do, and remembers it."""

    name: str
    parameters: probatio.Schema = field(default_factory=lambda: probatio.Schema({}))
    integration: str | None = "kettle"
    boiled: list[JsonObjectType] = field(default_factory=list)

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> JsonObjectType:
        self.boiled.append(self.parameters(tool_input.tool_args))
        return {"water": "hot"}


@dataclass(kw_only=True)
class Kettles(llm.API):
    """An API whose tools a test changes."""

    tools: list[llm.Tool]

    @override
    async def async_get_api_instance(self, llm_context: llm.LLMContext) -> llm.APIInstance:
        return llm.APIInstance(self, "", llm_context, list(self.tools))


@pytest.fixture
async def kettles(hass: HomeAssistant, hub: ConfigEntry, monkeypatch: pytest.MonkeyPatch) -> Kettles:
    """An agent that was given an API with one tool, which is looked at after every turn."""
    monkeypatch.setattr(home_tools, "LOOKED_AT_FOR", -1)
    api = Kettles(hass=hass, id="kettles", name="Kettles", tools=[Tool(name="boil_kettle")])
    llm.async_register_api(hass, api)
    (agent,) = hub.subentries.values()
    hass.config_entries.async_update_subentry(hub, agent, data={**agent.data, "llm_hass_api": ["kettles"]})
    await hass.async_block_till_done()
    return api


async def say(hass: HomeAssistant, user: MockUser) -> str:
    said = await conversation.async_converse(hass, WORDS, None, Context(user_id=user.id), agent_id=AGENT)
    await hass.async_block_till_done(wait_background_tasks=True)
    return said.response.speech["plain"]["speech"]


def offered(ollama: OllamaSimulator) -> set[str]:
    return {tool["function"]["name"] for tool in ollama.chats[-1].body["tools"]}


def calls(name: str, **arguments: str) -> Turn:
    return Turn(tool_calls=({"name": name, "arguments": arguments},))


async def test_a_tool_that_came_is_offered_from_the_next_look_on(
    hass: HomeAssistant, kettles: Kettles, hass_admin_user: MockUser, ollama: OllamaSimulator
) -> None:
    await say(hass, hass_admin_user)
    kettles.tools.append(Tool(name="kettle_light"))
    await say(hass, hass_admin_user)
    await say(hass, hass_admin_user)
    assert {"boil_kettle", "kettle_light"} <= offered(ollama)


async def test_a_tool_that_went_is_not_called_and_the_model_is_told(
    hass: HomeAssistant, kettles: Kettles, hass_admin_user: MockUser, ollama: OllamaSimulator
) -> None:
    await say(hass, hass_admin_user)
    (gone,) = kettles.tools
    kettles.tools.clear()
    ollama.script(calls("boil_kettle"), Turn.saying("The kettle is gone."))
    assert await say(hass, hass_admin_user) == "The kettle is gone."
    assert isinstance(gone, Tool)
    assert not gone.boiled
    assert '"error"' in ollama.chats[-1].body["messages"][-1]["content"]
    await say(hass, hass_admin_user)
    assert "boil_kettle" not in offered(ollama)


async def test_arguments_that_a_changed_tool_does_not_take_are_told_to_the_model(
    hass: HomeAssistant, kettles: Kettles, hass_admin_user: MockUser, ollama: OllamaSimulator
) -> None:
    await say(hass, hass_admin_user)
    stricter = Tool(name="boil_kettle", parameters=probatio.Schema({probatio.Required("degrees"): str}))
    kettles.tools[:] = [stricter]
    ollama.script(calls("boil_kettle"), Turn.saying("How hot?"))
    assert await say(hass, hass_admin_user) == "How hot?"
    assert '"error"' in ollama.chats[-1].body["messages"][-1]["content"]
    ollama.script(calls("boil_kettle", degrees="80"), Turn.saying("It boils."))
    assert await say(hass, hass_admin_user) == "It boils."
    assert stricter.boiled == [{"degrees": "80"}]
