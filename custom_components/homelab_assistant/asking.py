"""A turn in writing: the same that voice takes, streamed, with its milliseconds and with who answered."""

from collections.abc import Callable
import time
from typing import Any

from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import chat_session
from homeassistant.helpers import entity_registry as er

from .assistant_core.assistant import Finished
from .const import DOMAIN, SUBENTRY_CONVERSATION
from .data import HubData


def async_agent(hass: HomeAssistant) -> str | None:
    """The entity id of our first agent; None without a hub."""
    registry = er.async_get(hass)
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        if isinstance(entry.runtime_data, HubData):
            for subentry in entry.get_subentries_of_type(SUBENTRY_CONVERSATION):
                agent = registry.async_get_entity_id(conversation.DOMAIN, DOMAIN, subentry.subentry_id)
                if agent is not None and hass.states.get(agent) is not None:
                    return agent
    return None


class Asking:
    """Tells `tell` each piece of the answer as `{"delta": text}`, and at the end the whole of it."""

    def __init__(self, hass: HomeAssistant, agent: str, tell: Callable[[dict[str, Any]], None]) -> None:
        self._hass = hass
        self._agent = agent
        self._tell = tell
        self._began = 0.0
        self._first: float | None = None

    async def async_turn(
        self, text: str, context: Context, *, language: str | None, conversation_id: str | None
    ) -> None:
        """Say the text in a conversation, in a new one without `conversation_id`."""
        self._began = time.perf_counter()
        with (
            chat_session.async_get_chat_session(self._hass, conversation_id) as session,
            conversation.async_get_chat_log(self._hass, session, chat_log_delta_listener=self._heard) as chat_log,
        ):
            result = await conversation.async_converse(
                self._hass, text, session.conversation_id, context, language=language, agent_id=self._agent
            )
            total = self._passed()
            self._tell(
                {
                    "text": result.response.speech.get("plain", {}).get("speech", ""),
                    "failed": result.response.error_code is not None,
                    "answered_by": _answered_by(chat_log),
                    "conversation_id": result.conversation_id,
                    "milliseconds": total,
                    "first_milliseconds": total if self._first is None else self._first,
                }
            )

    def _heard(self, _: conversation.ChatLog, delta: dict[str, Any]) -> None:
        if delta.get("role", "assistant") == "assistant" and (piece := delta.get("content")):
            if self._first is None:
                self._first = self._passed()
            self._tell({"delta": piece})

    def _passed(self) -> float:
        return round((time.perf_counter() - self._began) * 1000, 1)


def _answered_by(chat_log: conversation.ChatLog) -> str:
    """Either "model", "nobody" when it failed, or "sentence", which is one of ours or of Home Assistant's."""
    last = chat_log.content[-1]
    native = last.native if isinstance(last, conversation.AssistantContent) else None
    return native.answered_by if isinstance(native, Finished) else "sentence"
