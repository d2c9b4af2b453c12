"""Who stands behind a Home Assistant context."""

from homeassistant.core import Context, HomeAssistant

from .assistant_core.models.change import Channel, Requester


async def async_requester(
    hass: HomeAssistant, context: Context, channel: Channel, *, device_id: str | None = None
) -> Requester:
    """The person behind a context; a satellite or an automation has none and is therefore no admin."""
    user = await hass.auth.async_get_user(context.user_id) if context.user_id else None
    return Requester(
        channel=channel,
        user_id=context.user_id,
        name=user.name if user else None,
        is_admin=user is not None and user.is_active and user.is_admin,
        device_id=device_id,
    )
