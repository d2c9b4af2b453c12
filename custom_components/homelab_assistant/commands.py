"""Home Assistant's own sentences, matched to the word: a model is never asked for what they can do."""

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent


async def async_home_command(
    hass: HomeAssistant, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
) -> conversation.ConversationResult | None:
    """Do what a sentence trigger or an intent of the house is for; None when the words are neither."""
    response = await _async_response(hass, user_input, chat_log)
    if response is None:
        return None
    said = response.speech.get("plain", {}).get("speech", "")
    chat_log.async_add_assistant_content_without_tools(
        conversation.AssistantContent(agent_id=conversation.HOME_ASSISTANT_AGENT, content=said)
    )
    return conversation.ConversationResult(response=response, conversation_id=chat_log.conversation_id)


async def _async_response(
    hass: HomeAssistant, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
) -> intent.IntentResponse | None:
    said = await conversation.async_handle_sentence_triggers(hass, user_input, chat_log)
    if said is None:
        return await conversation.async_handle_intents(hass, user_input, chat_log)
    response = intent.IntentResponse(language=user_input.language)
    response.async_set_speech(said)
    return response
