"""The core's errors in Home Assistant's words."""

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .assistant_core.errors import ApprovalRefused, HomelabError, InputInvalid
from .const import DOMAIN


def translated(error: HomelabError) -> HomeAssistantError:
    """The exception an action raises: a validation error where the person asked for what cannot be."""
    kind = ServiceValidationError if isinstance(error, InputInvalid | ApprovalRefused) else HomeAssistantError
    return kind(
        str(error),
        translation_domain=DOMAIN,
        translation_key=error.key,
        translation_placeholders=error.placeholders,
    )
