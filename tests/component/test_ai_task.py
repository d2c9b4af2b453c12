"""AI tasks: text, data in a structure, and images for a model that sees."""

import base64
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from homeassistant.components import ai_task
from homeassistant.components.conversation import Attachment
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import llm
from homeassistant.helpers.chat_session import async_get_chat_session
from homeassistant.setup import async_setup_component
import probatio
import pytest

from demo.faults import Fault, FaultKind, FaultProxy
from demo.ollama import OllamaSimulator
from demo.ollama_rules import Turn

TASK = "ai_task.homelab_ai_task"
MODEL = "llama3.1:8b-demo-rules"


@pytest.fixture
async def task(hass: HomeAssistant, hub: ConfigEntry) -> None:
    """An AI task of the hub."""
    await async_setup_component(hass, "ai_task", {})
    flows = hass.config_entries.subentries
    form = await flows.async_init((hub.entry_id, "ai_task_data"), context={"source": "user"})
    done = await flows.async_configure(form["flow_id"], {"model": MODEL})
    assert done["type"] == "create_entry"
    await hass.async_block_till_done()


async def generate(hass: HomeAssistant, **asked: Any) -> Any:
    return (await ai_task.async_generate_data(hass, task_name="test", entity_id=TASK, **asked)).data


@pytest.mark.usefixtures("task")
async def test_a_task_generates_text(hass: HomeAssistant, ollama: OllamaSimulator) -> None:
    ollama.script(Turn(content=("Rain ", "all day.")))

    assert await generate(hass, instructions="Sum up the weather") == "Rain all day."
    assert ollama.chats[-1].body["messages"][-1]["content"] == "Sum up the weather"
    assert ollama.chats[-1].body["options"]["num_ctx"] == 8192


@pytest.mark.usefixtures("task")
async def test_a_task_generates_data_in_the_structure_asked_for(hass: HomeAssistant, ollama: OllamaSimulator) -> None:
    structure = probatio.Schema({probatio.Required("replicas"): int, probatio.Required("name"): cv.string})
    made = await generate(hass, instructions="scale jellyfin to 3", structure=structure)

    assert made == {"replicas": 3, "name": "jellyfin"}
    assert ollama.chats[-1].body["format"]["required"] == ["replicas", "name"]


@pytest.mark.usefixtures("task")
async def test_what_is_not_in_the_structure_is_an_error(hass: HomeAssistant, ollama: OllamaSimulator) -> None:
    ollama.script(Turn.saying("I would rather not."))

    with pytest.raises(HomeAssistantError) as failed:
        await generate(hass, instructions="count", structure=probatio.Schema({"count": int}))
    assert failed.value.translation_key == "not_structured"


@pytest.mark.usefixtures("task")
async def test_a_task_says_why_it_failed(hass: HomeAssistant, ollama_proxy: FaultProxy) -> None:
    await ollama_proxy.inject(Fault(kind=FaultKind.REFUSE))

    with pytest.raises(HomeAssistantError, match="connection refused"):
        await generate(hass, instructions="Sum up the weather")


@pytest.fixture
def german_house(hass: HomeAssistant) -> None:
    hass.config.language = "de"


async def press(hass: HomeAssistant) -> None:
    await hass.services.async_call("button", "press", {"entity_id": "all"}, blocking=True)


async def warm_up(hass: HomeAssistant) -> None:
    await hass.services.async_call("homelab_assistant", "warm_up_model", {}, blocking=True)


@pytest.mark.usefixtures("german_house", "task")
@pytest.mark.parametrize("ask", [partial(generate, instructions="Wie wird das Wetter?"), press, warm_up])
async def test_a_german_house_hears_in_german_why_the_hub_failed(
    hass: HomeAssistant, ollama_proxy: FaultProxy, ask: Callable[[HomeAssistant], Awaitable[object]]
) -> None:
    await ollama_proxy.inject(Fault(kind=FaultKind.REFUSE))

    with pytest.raises(HomeAssistantError) as failed:
        await ask(hass)
    assert failed.value.translation_placeholders is not None
    assert "antwortet" in failed.value.translation_placeholders["message"]


@pytest.mark.usefixtures("task")
async def test_a_task_may_use_the_tools_it_was_given(hass: HomeAssistant, ollama: OllamaSimulator) -> None:
    call = {"name": "llm__GetDateTime", "arguments": {}}
    ollama.script(Turn(tool_calls=(call,)), Turn.saying("It is late."))
    assist = next(api for api in llm.async_get_apis(hass) if api.id == llm.LLM_API_ASSIST)

    assert await generate(hass, instructions="Is it late?", llm_api=assist) == "It is late."
    assert ollama.chats[-1].body["messages"][-1]["role"] == "tool"


def picture(tmp_path: Path, mime_type: str = "image/png") -> Attachment:
    path = tmp_path / "door"
    path.write_bytes(b"\x89PNG door")
    return Attachment(media_content_id="media-source://door", mime_type=mime_type, path=path)


async def look(hass: HomeAssistant, attachment: Attachment) -> Any:
    entity = hass.data["ai_task"].get_entity(TASK)
    asked = ai_task.GenDataTask(name="look", instructions="Who is at the door?", attachments=[attachment])
    with async_get_chat_session(hass) as session:
        return (await entity.internal_async_generate_data(session, asked)).data


@pytest.mark.usefixtures("task")
async def test_a_model_is_shown_an_image(hass: HomeAssistant, ollama: OllamaSimulator, tmp_path: Path) -> None:
    ollama.script(Turn.saying("The postman."))

    assert await look(hass, picture(tmp_path)) == "The postman."
    assert ollama.chats[-1].body["messages"][-1]["images"] == [base64.b64encode(b"\x89PNG door").decode()]


@pytest.mark.usefixtures("task")
async def test_what_is_no_image_is_refused(hass: HomeAssistant, tmp_path: Path) -> None:
    with pytest.raises(HomeAssistantError) as refused:
        await look(hass, picture(tmp_path, "audio/wav"))
    assert refused.value.translation_key == "no_image"
