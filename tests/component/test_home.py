"""The house beside the homelab: Home Assistant's own sentences first, then its tools through the model."""

import logging
from typing import Any, override
from unittest.mock import AsyncMock

from homeassistant.components import conversation
from homeassistant.components.conversation.chat_log import async_get_chat_log
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import llm
from homeassistant.helpers.chat_session import async_get_chat_session
from homeassistant.helpers.translation import async_load_integrations
from homeassistant.setup import async_setup_component
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.homelab_assistant import home_tools
from demo.faults import Fault, FaultKind, FaultProxy
from demo.ollama import OllamaSimulator
from demo.ollama_rules import Turn

AGENT = "conversation.homelab_assistant"
LIGHT = "input_boolean.kitchen_light"


@pytest.fixture
async def house(hass: HomeAssistant) -> None:
    """A kitchen light that is exposed and a safe that is not."""
    await async_setup_component(hass, "homeassistant", {})
    switches = {"kitchen_light": {"name": "Kitchen light"}, "safe": {"name": "Safe"}}
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": switches})
    async_expose_entity(hass, "conversation", LIGHT, True)
    async_expose_entity(hass, "conversation", "input_boolean.safe", False)


async def say(hass: HomeAssistant, text: str, user: MockUser) -> conversation.ConversationResult:
    return await conversation.async_converse(hass, text, None, Context(user_id=user.id), agent_id=AGENT)


def speech(result: conversation.ConversationResult) -> str:
    return result.response.speech["plain"]["speech"]


@pytest.mark.usefixtures("house", "hub")
async def test_a_home_command_needs_no_model(
    hass: HomeAssistant, hass_admin_user: MockUser, ollama: OllamaSimulator, ollama_proxy: FaultProxy
) -> None:
    await ollama_proxy.inject(Fault(kind=FaultKind.REFUSE))
    done = await say(hass, "Turn on the kitchen light", hass_admin_user)

    assert hass.states.get(LIGHT).state == "on"
    assert done.response.response_type.value == "action_done"
    assert speech(done)
    assert ollama.chats == []


@pytest.mark.usefixtures("house", "hub")
async def test_a_sentence_of_an_automation_needs_no_model(
    hass: HomeAssistant, hass_admin_user: MockUser, ollama: OllamaSimulator
) -> None:
    automation = {
        "triggers": {"platform": "conversation", "command": "movie time"},
        "actions": {"set_conversation_response": "Enjoy the film."},
    }
    assert await async_setup_component(hass, "automation", {"automation": automation})

    assert speech(await say(hass, "Movie time", hass_admin_user)) == "Enjoy the film."
    assert ollama.chats == []


@pytest.mark.usefixtures("house", "hub")
async def test_the_model_hears_of_a_home_command_that_came_before(
    hass: HomeAssistant, hass_admin_user: MockUser, ollama: OllamaSimulator
) -> None:
    ollama.script(Turn.saying("It was the kitchen light."))
    first = await say(hass, "Turn on the kitchen light", hass_admin_user)
    await conversation.async_converse(
        hass, "What did you just do?", first.conversation_id, Context(user_id=hass_admin_user.id), agent_id=AGENT
    )

    told = [message["content"] for message in ollama.chats[-1].body["messages"]]
    assert told[-3:-1] == ["Turn on the kitchen light", speech(first)]


@pytest.mark.usefixtures("house", "hub")
async def test_the_model_uses_a_tool_of_the_house_and_the_chat_log_shows_it(
    hass: HomeAssistant, hass_admin_user: MockUser, ollama: OllamaSimulator
) -> None:
    call = {"name": "intent__HassTurnOn", "arguments": {"name": "Kitchen light"}}
    ollama.script(Turn(content=("One moment.",), tool_calls=(call,)), Turn.saying("It is bright now."))
    with (
        async_get_chat_session(hass, None) as session,
        async_get_chat_log(hass, session) as chat_log,
    ):
        done = await conversation.async_converse(
            hass,
            "It is rather dark for cooking, do something about the light",
            session.conversation_id,
            Context(user_id=hass_admin_user.id),
            agent_id=AGENT,
        )
        kinds = [type(content).__name__ for content in chat_log.content]
        used = [call for content in chat_log.content for call in getattr(content, "tool_calls", None) or ()]

    assert hass.states.get(LIGHT).state == "on"
    assert speech(done) == "One moment. It is bright now."
    assert [state.entity_id for state in done.response.matched_states] == [LIGHT]
    assert kinds[-3:] == ["AssistantContent", "ToolResultContent", "AssistantContent"]
    assert [call.tool_name for call in used] == ["intent__HassTurnOn"]


@pytest.mark.usefixtures("house", "hub")
async def test_what_is_not_exposed_is_out_of_reach(
    hass: HomeAssistant, hass_admin_user: MockUser, ollama: OllamaSimulator
) -> None:
    call = {"name": "intent__HassTurnOn", "arguments": {"name": "Safe"}}
    ollama.script(Turn(tool_calls=(call,)), Turn.saying("I cannot do that."))

    assert speech(await say(hass, "I want to see what is in the safe", hass_admin_user)) == "I cannot do that."
    assert hass.states.get("input_boolean.safe").state == "off"
    result = ollama.chats[-1].body["messages"][-1]
    assert result["role"] == "tool"
    assert "error" in result["content"]


async def offered(ollama: OllamaSimulator) -> set[str]:
    return {tool["function"]["name"] for tool in ollama.chats[-1].body.get("tools", ())}


@pytest.mark.usefixtures("house", "hub")
async def test_tools_are_described_once_until_the_house_changes(
    hass: HomeAssistant, hass_admin_user: MockUser, ollama: OllamaSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = []
    describe = llm.async_get_api

    async def note(*arguments: Any) -> llm.APIInstance:
        described.append(arguments)
        return await describe(*arguments)

    monkeypatch.setattr(llm, "async_get_api", note)
    movie = {"alias": "Movie night", "sequence": [], "description": "Makes it dark."}
    assert await async_setup_component(hass, "script", {"script": {"movie_night": movie}})
    async_expose_entity(hass, "conversation", "script.movie_night", False)
    for _ in range(2):
        await say(hass, "I would like a movie night, please", hass_admin_user)
    assert len(described) == 1
    assert "movie_night" not in await offered(ollama)

    async_expose_entity(hass, "conversation", "script.movie_night", True)
    await say(hass, "I would like a movie night, please", hass_admin_user)
    assert len(described) == 2
    assert "movie_night" in await offered(ollama)


@pytest.mark.usefixtures("house")
async def test_an_agent_that_was_given_no_api_has_our_tools_only(
    hass: HomeAssistant, hub: ConfigEntry, hass_admin_user: MockUser, ollama: OllamaSimulator
) -> None:
    (agent,) = hub.subentries.values()
    hass.config_entries.async_update_subentry(hub, agent, data={**agent.data, "llm_hass_api": []})
    await hass.async_block_till_done()
    await say(hass, "It is rather dark for cooking, turn something on", hass_admin_user)

    assert not {name for name in await offered(ollama) if "Hass" in name}
    assert hass.states.get(AGENT).attributes["supported_features"] == 0


@pytest.mark.usefixtures("house")
async def test_an_api_that_is_gone_is_done_without(
    hass: HomeAssistant, hub: ConfigEntry, hass_admin_user: MockUser, ollama: OllamaSimulator
) -> None:
    (agent,) = hub.subentries.values()
    hass.config_entries.async_update_subentry(hub, agent, data={**agent.data, "llm_hass_api": ["gone", "assist"]})
    await hass.async_block_till_done()
    ollama.script(Turn.saying("Hello."))

    assert speech(await say(hass, "Hello there, how do you do?", hass_admin_user)) == "Hello."


class Clumsy(llm.Tool):
    """A tool that takes what a model wrote for granted."""

    name = "clumsy"
    description = "Do something about the rather dark kitchen."
    parameters = probatio.Schema({probatio.Optional("times"): int})

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> dict[str, Any]:
        return {"done": tool_input.tool_args["times"] + 1}


class Extra(llm.API):
    """The API of another integration."""

    @override
    async def async_get_api_instance(self, llm_context: llm.LLMContext) -> llm.APIInstance:
        return llm.APIInstance(self, "", llm_context, [Clumsy()])


@pytest.fixture
async def extra(hass: HomeAssistant, hub: ConfigEntry) -> Extra:
    """Another API, which the agent may use."""
    api = Extra(hass=hass, id="extra", name="Extra")
    llm.async_register_api(hass, api)
    (agent,) = hub.subentries.values()
    hass.config_entries.async_update_subentry(hub, agent, data={**agent.data, "llm_hass_api": ["extra"]})
    await hass.async_block_till_done()
    return api


@pytest.mark.usefixtures("extra")
@pytest.mark.parametrize(("arguments", "told"), [({}, "cannot be used like this"), ({"times": 1}, '"done":2')])
async def test_a_tool_that_a_model_used_wrongly_tells_it_so(
    hass: HomeAssistant, hass_admin_user: MockUser, ollama: OllamaSimulator, arguments: dict[str, Any], told: str
) -> None:
    ollama.script(Turn(tool_calls=({"name": "clumsy", "arguments": arguments},)), Turn.saying("So be it."))

    assert speech(await say(hass, "It is rather dark, be clumsy", hass_admin_user)) == "So be it."
    assert told in ollama.chats[-1].body["messages"][-1]["content"]


async def test_what_only_administrators_may_use_is_offered_to_them_only(
    hass: HomeAssistant,
    extra: Extra,
    hass_admin_user: MockUser,
    hass_read_only_user: MockUser,
    ollama: OllamaSimulator,
) -> None:
    extra.requires_admin = True  # as from Home Assistant 2026.11 on
    await say(hass, "It is rather dark, be clumsy", hass_admin_user)
    assert "clumsy" in await offered(ollama)
    await say(hass, "It is rather dark, be clumsy", hass_read_only_user)
    assert "clumsy" not in await offered(ollama)


async def test_tools_that_changed_without_the_house_are_known_after_the_next_look(
    hass: HomeAssistant,
    extra: Extra,
    hass_admin_user: MockUser,
    ollama: OllamaSimulator,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(home_tools, "LOOKED_AT_FOR", 0.0)

    async def turn() -> set[str]:
        await say(hass, "It is rather dark, be clumsy", hass_admin_user)
        await hass.async_block_till_done(wait_background_tasks=True)
        return await offered(ollama)

    assert "clumsy" in await turn()
    monkeypatch.setattr(Clumsy, "name", "clumsy_again")
    await turn()
    assert "clumsy_again" in await turn()

    monkeypatch.setattr(extra, "async_get_api_instance", AsyncMock(side_effect=HomeAssistantError("out of order")))
    assert "clumsy_again" in await turn()
    assert "[tools-unknown] What tools there are is not known any more: out of order" in caplog.messages


@pytest.mark.usefixtures("house", "hub")
async def test_the_house_knows_what_is_exposed_and_where(hass: HomeAssistant) -> None:
    known = hass.data["homelab_assistant"].office.house
    before = known.entities()
    assert known.entities() is before
    assert "input_boolean.safe" not in {entity.entity_id for entity in before}
    (light,) = (entity for entity in before if entity.entity_id == LIGHT)
    assert (light.names, light.domain, light.area) == (("Kitchen light",), "input_boolean", None)

    area = ar.async_get(hass).async_create("Kitchen")
    er.async_get(hass).async_update_entity(LIGHT, area_id=area.id, aliases=["Cooking lamp"])
    await hass.async_block_till_done()
    (light,) = (entity for entity in known.entities() if entity.entity_id == LIGHT)
    assert (light.names, light.area) == (("Cooking lamp",), "Kitchen")

    hass.states.async_set("sensor.outside", "21.456", {"unit_of_measurement": "°C"})
    async_expose_entity(hass, "conversation", "sensor.outside", True)
    assert {"sensor.outside", LIGHT} <= {entity.entity_id for entity in known.entities()}


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize(
    ("entity_id", "state", "attributes", "told"),
    [
        ("sensor.outside", "21.5", {"unit_of_measurement": "°C"}, "21.5 °C"),
        ("light.desk", "on", {"brightness": 128}, "On, 50 % bright"),
        ("binary_sensor.door", "on", {"device_class": "door"}, "Open"),
        ("sensor.boot", "2026-01-02T03:04:05+00:00", {"device_class": "timestamp"}, "2026-01-01 19:04-08:00"),
    ],
)
async def test_a_state_is_told_as_people_see_it(
    hass: HomeAssistant, entity_id: str, state: str, attributes: dict[str, Any], told: str
) -> None:
    await async_setup_component(hass, entity_id.partition(".")[0], {})
    hass.states.async_set(entity_id, state, attributes)
    await async_load_integrations(hass, {entity_id.partition(".")[0]})
    known = hass.data["homelab_assistant"].office.house

    assert known.state(entity_id) == told
    assert known.state("light.gone") is None


@pytest.mark.usefixtures("house", "hub")
async def test_the_model_reads_how_the_things_are_that_the_words_speak_of(
    hass: HomeAssistant, hass_admin_user: MockUser, ollama: OllamaSimulator
) -> None:
    ollama.script(Turn.saying("It is off."))
    await say(hass, "Was the kitchen light perhaps left on by the children?", hass_admin_user)

    told = ollama.chats[-1].body["messages"][-1]["content"]
    assert "Kitchen light: " in told
    assert "Safe" not in told
