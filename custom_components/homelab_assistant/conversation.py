"""The conversation agent: what is said goes through the core's turn and streams back as it comes."""

from contextlib import aclosing
from typing import Literal, override

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_LLM_HASS_API, CONF_MODEL, CONF_PROMPT, MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .assistant_core.assistant import Assistant, ModelSettings, Utterance
from .assistant_core.models.change import Channel
from .commands import async_home_command
from .const import DEFAULT_LLM_APIS, DOMAIN, SUBENTRY_CONVERSATION
from .data import HomelabConfigEntry, HubData
from .entity import ModelEntity
from .home_tools import HomeTools, HomeToolShelf
from .house import device_area
from .household import HOUSEHOLD, Household
from .issues import async_note_context
from .recording import Recorder, history, open_question
from .requester import async_requester, speaks_for_itself

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: HomelabConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """One agent for each conversation subentry of the hub."""
    data = entry.runtime_data
    assert isinstance(data, HubData)  # noqa: S101 - only hubs have this platform
    for subentry in entry.get_subentries_of_type(SUBENTRY_CONVERSATION):
        tools = HomeToolShelf(hass, entry, subentry.data.get(CONF_LLM_HASS_API, DEFAULT_LLM_APIS), data.office.house)
        agent = HomelabAgent(subentry, _assistant(hass.data[HOUSEHOLD], data, subentry), tools)
        async_add_entities([agent], config_subentry_id=subentry.subentry_id)


def _assistant(household: Household, data: HubData, subentry: ConfigSubentry) -> Assistant:
    hub, model = data.ollama.hub, subentry.data[CONF_MODEL]
    choice = hub.choice(model=model)
    settings = ModelSettings(
        model=model,
        context_length=choice.context_length,
        keep_alive=choice.keep_alive,
        instructions=subentry.data.get(CONF_PROMPT, ""),
    )
    return Assistant(
        household,
        data.office.desk,
        hub,
        settings,
        speech=data.office.speech,
        house=data.office.house,
        traits=lambda: hub.traits(model=model),
    )


class HomelabAgent(ModelEntity, conversation.ConversationEntity):
    """Answers also while Ollama is down: the fixed sentences need no model."""

    _attr_translation_key = "agent"
    _attr_supports_streaming = True

    def __init__(self, subentry: ConfigSubentry, assistant: Assistant, tools: HomeToolShelf) -> None:
        super().__init__(subentry)
        self._assistant = assistant
        self._subentry = subentry
        self._tools = tools
        if subentry.data.get(CONF_LLM_HASS_API, DEFAULT_LLM_APIS):
            self._attr_supported_features = conversation.ConversationEntityFeature.CONTROL

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        return MATCH_ALL

    @override
    async def async_will_remove_from_hass(self) -> None:
        async_note_context(self.hass, self._subentry, None)
        await super().async_will_remove_from_hass()

    @override
    async def async_prepare(self, language: str | None = None) -> None:
        """Load Home Assistant's sentences before they are needed."""
        await conversation.async_prepare_agent(
            self.hass, conversation.HOME_ASSISTANT_AGENT, language or self.hass.config.language
        )

    @override
    async def _async_handle_message(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> conversation.ConversationResult:
        utterance = await self._async_utterance(user_input, chat_log)
        tools: tuple[HomeTools, ...] = ()
        if not self._assistant.understands(utterance):
            done = await async_home_command(self.hass, user_input, chat_log)
            if done is not None:
                return done
            tools = await self._tools.async_take(user_input.as_llm_context(DOMAIN))
        recorder = Recorder()
        chat_log.llm_input_provided_index = len(chat_log.content)  # where this turn begins
        async with aclosing(self._assistant.turn(utterance, tools)) as events:
            async for _ in chat_log.async_add_delta_content_stream(self.entity_id, recorder.deltas(events)):
                pass
        for each in tools:
            self._tools.async_look_again(each)
        result = conversation.async_get_result_from_chat_log(user_input, chat_log)
        result.response.async_set_speech(recorder.said.strip())
        if recorder.finished is not None:
            result.continue_conversation = recorder.finished.continue_conversation
            if recorder.finished.context is not None:
                async_note_context(self.hass, self._subentry, recorder.finished.context)
        return result

    async def _async_utterance(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> Utterance:
        place = user_input.satellite_id or user_input.device_id
        requester = await async_requester(
            self.hass,
            user_input.context,
            Channel.VOICE if place else Channel.TEXT,
            device_id=place,
            in_person=speaks_for_itself(user_input.context),
        )
        satellite = self.hass.states.get(user_input.satellite_id) if user_input.satellite_id else None
        return Utterance(
            text=user_input.text,
            requester=requester,
            language=user_input.language,
            area=device_area(self.hass, user_input.device_id),
            satellite=satellite.name if satellite else None,
            history=tuple(history(chat_log, self.entity_id)),
            question=open_question(chat_log, self.entity_id),
        )
