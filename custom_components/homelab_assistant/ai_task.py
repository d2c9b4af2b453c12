"""AI tasks: data generated from instructions, structured as asked for, from images where the model sees."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any, override

from homeassistant.components import ai_task, conversation
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_MODEL
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.json import json_dumps
from homeassistant.util.json import json_loads
import probatio

from .assistant_core.errors import HomelabError
from .assistant_core.models.chat import ChatRequest, Message, Priority, Purpose, Role, ToolCall
from .const import DOMAIN, SUBENTRY_AI_TASK
from .coordinator import HubCoordinator
from .data import HomelabConfigEntry, HubData
from .entity import ModelEntity
from .errors import translated
from .home_tools import specs_of
from .household import HOUSEHOLD

PARALLEL_UPDATES = 0
MOST_ROUNDS = 6


async def async_setup_entry(
    _: HomeAssistant, entry: HomelabConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """One entity for each AI task subentry of the hub."""
    data = entry.runtime_data
    assert isinstance(data, HubData)  # noqa: S101 - only hubs have this platform
    for subentry in entry.get_subentries_of_type(SUBENTRY_AI_TASK):
        async_add_entities([HomelabTask(subentry, data.ollama)], config_subentry_id=subentry.subentry_id)


class HomelabTask(ModelEntity, ai_task.AITaskEntity):
    """Generates data; people who talk go before it."""

    _attr_translation_key = "task"
    _attr_supported_features = ai_task.AITaskEntityFeature.GENERATE_DATA

    def __init__(self, subentry: ConfigSubentry, coordinator: HubCoordinator) -> None:
        super().__init__(subentry)
        self._coordinator = coordinator
        self._model: str = subentry.data[CONF_MODEL]

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self._learn()
        self.async_on_remove(self._coordinator.async_add_listener(self._learnt))

    @callback
    def _learn(self) -> bool:
        """Take note of whether the model sees; true when that is new."""
        known, features = self._attr_supported_features, ai_task.AITaskEntityFeature.GENERATE_DATA
        if self._coordinator.hub.traits(model=self._model).vision:
            features |= ai_task.AITaskEntityFeature.SUPPORT_ATTACHMENTS
        self._attr_supported_features = features
        return features is not known

    @callback
    def _learnt(self) -> None:
        if self._learn():
            self.async_write_ha_state()

    @override
    async def _async_generate_data(
        self, task: ai_task.GenDataTask, chat_log: conversation.ChatLog
    ) -> ai_task.GenDataTaskResult:
        structure = None if task.structure is None else _json_schema(task.structure, chat_log.llm_api)
        for _ in range(MOST_ROUNDS):
            messages = tuple([await self._async_message(content) for content in chat_log.content])
            deltas = self._deltas(messages, structure, chat_log.llm_api)
            try:
                async for _content in chat_log.async_add_delta_content_stream(self.entity_id, deltas):
                    pass
            except HomelabError as error:
                raise translated(error, self.hass.data[HOUSEHOLD].speech) from error
            if not chat_log.unresponded_tool_results:
                break
        last = chat_log.content[-1]
        text = last.content if isinstance(last, conversation.AssistantContent) else None
        if not text:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_answer")
        return ai_task.GenDataTaskResult(
            conversation_id=chat_log.conversation_id, data=text if structure is None else _parsed(text)
        )

    async def _deltas(
        self, messages: tuple[Message, ...], structure: Mapping[str, Any] | None, api: llm.APIInstance | None
    ) -> AsyncGenerator[conversation.AssistantContentDeltaDict]:
        """What the model says to the messages."""
        request = ChatRequest(
            model=self._model,
            messages=messages,
            tools=specs_of(api) if api else (),
            format=structure,
            purpose=Purpose.WRITE,
            priority=Priority.TASK,
        )
        yield {"role": "assistant"}
        async with aclosing(self._coordinator.hub.chat(request)) as answer:
            async for delta in answer:
                if delta.content:
                    yield {"content": delta.content}
                if delta.tool_calls:
                    yield {
                        "tool_calls": [
                            llm.ToolInput(tool_name=call.name, tool_args=dict(call.arguments), id=call.id)
                            for call in delta.tool_calls
                        ]
                    }

    async def _async_message(self, content: conversation.Content) -> Message:
        """A part of the chat log as the model reads it."""
        match content:
            case conversation.UserContent():
                paths = [_image(attachment) for attachment in content.attachments or ()]
                images = await self.hass.async_add_executor_job(_read, paths) if paths else ()
                return Message(role=Role.USER, content=content.content, images=images)
            case conversation.AssistantContent():
                calls = tuple(
                    ToolCall(id=call.id, name=call.tool_name, arguments=call.tool_args)
                    for call in content.tool_calls or ()
                )
                return Message(role=Role.ASSISTANT, content=content.content or "", tool_calls=calls)
            case conversation.ToolResultContent():
                return Message(
                    role=Role.TOOL,
                    content=json_dumps(content.result.data),
                    tool_name=content.tool_name,
                    tool_call_id=content.tool_call_id,
                )
            case conversation.SystemContent():
                return Message(role=Role.SYSTEM, content=content.content)


def _image(attachment: conversation.Attachment) -> Path:
    if not attachment.mime_type.startswith("image/"):
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="no_image",
            translation_placeholders={"type": attachment.mime_type},
        )
    return attachment.path


def _read(paths: list[Path]) -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in paths)


def _json_schema(structure: probatio.Schema, api: llm.APIInstance | None) -> Mapping[str, Any]:
    serializer = api.custom_serializer if api else llm.selector_serializer
    schema: Mapping[str, Any] = probatio.to_openapi(structure, custom_serializer=serializer, openapi_version="3.1.0")
    return schema


def _parsed(text: str) -> Any:
    try:
        return json_loads(text)
    except ValueError as error:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="not_structured") from error
