"""The core's errors in Home Assistant's words."""

from collections.abc import Sequence

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .assistant_core.errors import ApprovalRefused, HomelabError, InputInvalid
from .assistant_core.speech import Speech
from .const import DOMAIN


def translated(error: HomelabError, speech: Sequence[Speech] = ()) -> HomeAssistantError:
    """The exception an action raises: a validation error where the person asked for what cannot be.

    The sentence is told in the first language of `speech`, in English without any.
    """
    kind = ServiceValidationError if isinstance(error, InputInvalid | ApprovalRefused) else HomeAssistantError
    told = {"message": speech[0].phrases.say_error(error)} if speech and speech[0].language != "en" else {}
    return kind(
        str(error),
        translation_domain=DOMAIN,
        translation_key=error.exact_key,
        translation_placeholders=error.placeholders | told,
    )
