"""The conversation agent: what is said goes through the core's turn and streams back as it comes."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Literal, override

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_MODEL, MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .assistant_core.assistant import Assistant, Finished, ModelSettings, TextDelta, ToolUsed, Utterance
from .assistant_core.models.change import Channel
from .assistant_core.models.chat import Message
from .const import DOMAIN, LOGGER, SUBENTRY_CONVERSATION
from .data import HomelabConfigEntry, HubData
from .household import HOUSEHOLD
from .requester import async_requester

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: HomelabConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """One agent for each conversation subentry of the hub."""
    data = entry.runtime_data
    assert isinstance(data, HubData)  # noqa: S101 - only hubs have this platform
    for subentry in entry.get_subentries_of_type(SUBENTRY_CONVERSATION):
        assistant = Assistant(
            hass.data[HOUSEHOLD],
            data.office.desk,
            data.ollama.client,
            ModelSettings(model=subentry.data[CONF_MODEL]),
            speech=data.office.speech,
        )
        async_add_entities([HomelabAgent(subentry, assistant)], config_subentry_id=subentry.subentry_id)


class HomelabAgent(conversation.ConversationEntity):
    """Answers also while Ollama is down: the fixed sentences need no model."""

    _attr_has_entity_name = True
    _attr_name = None
    _attr_translation_key = "agent"
    _attr_supports_streaming = True

    def __init__(self, subentry: ConfigSubentry, assistant: Assistant) -> None:
        self._assistant = assistant
        self._attr_unique_id = subentry.subentry_id
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, subentry.subentry_id)},
            name=subentry.title,
            model=subentry.data[CONF_MODEL],
            entry_type=DeviceEntryType.SERVICE,
        )

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        return MATCH_ALL

    @override
    async def _async_handle_message(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> conversation.ConversationResult:
        spoken = user_input.satellite_id is not None or user_input.device_id is not None
        requester = await async_requester(
            self.hass,
            user_input.context,
            Channel.VOICE if spoken else Channel.TEXT,
            device_id=user_input.satellite_id or user_input.device_id,
        )
        utterance = Utterance(
            text=user_input.text,
            requester=requester,
            language=user_input.language,
            history=_history(chat_log, self.entity_id),
        )
        turn: list[Finished] = []
        async for _ in chat_log.async_add_delta_content_stream(self.entity_id, self._deltas(utterance, turn)):
            pass
        result = conversation.async_get_result_from_chat_log(user_input, chat_log)
        result.continue_conversation = turn[0].continue_conversation
        return result

    async def _deltas(
        self, utterance: Utterance, ended: list[Finished]
    ) -> AsyncGenerator[conversation.AssistantContentDeltaDict]:
        """The events of a turn as Home Assistant wants them; the last one goes to `ended`, too."""
        yield {"role": "assistant"}
        async with aclosing(self._assistant.turn(utterance)) as events:
            async for event in events:
                match event:
                    case TextDelta(text):
                        yield {"content": text}
                    case ToolUsed(name=name, arguments=arguments):
                        LOGGER.debug("The model used %s with %s", name, arguments)
                    case Finished():
                        ended.append(event)
                        yield {"native": event}


def _history(chat_log: conversation.ChatLog, agent_id: str) -> tuple[Message, ...]:
    """The messages of our earlier turns in this conversation, with the tools they used."""
    return tuple(
        message
        for content in chat_log.content
        if isinstance(content, conversation.AssistantContent)
        and content.agent_id == agent_id
        and isinstance(content.native, Finished)
        for message in content.native.messages
    )
