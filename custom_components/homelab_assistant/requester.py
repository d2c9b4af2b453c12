"""Who stands behind a Home Assistant context."""

from typing import Any

from homeassistant.components.conversation import DOMAIN as CONVERSATION_DOMAIN
from homeassistant.components.conversation.chat_log import current_chat_log
from homeassistant.const import ATTR_DOMAIN, ATTR_SERVICE, EVENT_CALL_SERVICE
from homeassistant.core import Context, Event, HomeAssistant, callback

from .assistant_core.models.change import Channel, Requester

_PROCESS = "process"


async def async_requester(
    hass: HomeAssistant, context: Context, channel: Channel, *, device_id: str | None = None, in_person: bool = True
) -> Requester:
    """The person behind a context; a satellite or an automation has none and is therefore no admin."""
    user = await hass.auth.async_get_user(context.user_id) if context.user_id else None
    return Requester(
        channel=channel,
        user_id=context.user_id,
        name=user.name if user else None,
        is_admin=await async_is_admin(hass, context.user_id),
        is_active=user is None or user.is_active,
        device_id=device_id,
        in_person=in_person,
    )


async def async_is_admin(hass: HomeAssistant, user_id: str | None) -> bool:
    """Whether it is a person who may log in and administer now; Home Assistant's own users are no people."""
    user = await hass.auth.async_get_user(user_id) if user_id else None
    return user is not None and user.is_active and user.is_admin and not user.system_generated


def is_first_hand(context: Context, domain: str, service: str) -> bool:
    """Whether a person called this action: not a script that a person started, nor a model that a person talks to.

    A context remembers what began it. In the hands of a script that is the script, and what a model calls is called
    inside a conversation.
    """
    began = context.origin_event
    return (
        current_chat_log.get() is None
        and began is not None
        and began.event_type == EVENT_CALL_SERVICE
        and (began.data[ATTR_DOMAIN], began.data[ATTR_SERVICE]) == (domain, service)
    )


def speaks_for_itself(context: Context) -> bool:
    """Whether words were said by a person, not by a script that a person started to say them."""
    began = context.origin_event
    return (
        began is None
        or began.event_type != EVENT_CALL_SERVICE
        or (began.data[ATTR_DOMAIN], began.data[ATTR_SERVICE]) == (CONVERSATION_DOMAIN, _PROCESS)
    )


def is_first_hand_event(event: Event[Any]) -> bool:
    """Whether a person's own device sent this event."""
    return current_chat_log.get() is None and event.context.origin_event is event


@callback
def async_remember_calls(hass: HomeAssistant) -> None:
    """Have every context remember what began it: Home Assistant notes only events that somebody listens to."""

    @callback
    def ignore(_: Event) -> None:
        """Listen without doing anything."""

    hass.bus.async_listen(EVENT_CALL_SERVICE, ignore)
