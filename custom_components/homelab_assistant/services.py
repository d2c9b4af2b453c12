"""Actions of a hub: have a model in memory or out of it."""

from collections.abc import Awaitable

from homeassistant.const import CONF_MODEL
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import probatio

from .assistant_core.errors import HomelabError
from .const import DOMAIN
from .coordinator import HubCoordinator
from .data import HubData
from .errors import translated
from .household import HOUSEHOLD

SERVICE_WARM_UP = "warm_up_model"
SERVICE_UNLOAD = "unload_model"

ATTR_HUB = "hub"

MODEL_SCHEMA = probatio.Schema({probatio.Optional(ATTR_HUB): cv.string, probatio.Optional(CONF_MODEL): cv.string})


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(DOMAIN, SERVICE_WARM_UP, _async_warm_up, schema=MODEL_SCHEMA)
    hass.services.async_register(DOMAIN, SERVICE_UNLOAD, _async_unload, schema=MODEL_SCHEMA)


async def _async_warm_up(call: ServiceCall) -> None:
    coordinator = _hub(call)
    await _async_mind(call.hass, coordinator, coordinator.hub.load(model=call.data.get(CONF_MODEL, "")))


async def _async_unload(call: ServiceCall) -> None:
    coordinator = _hub(call)
    await _async_mind(call.hass, coordinator, coordinator.hub.unload(model=call.data.get(CONF_MODEL, "")))


def _hub(call: ServiceCall) -> HubCoordinator:
    """The hub that is meant: by its entry's id, or the only one."""
    wanted = call.data.get(ATTR_HUB)
    entries = [
        entry
        for entry in call.hass.config_entries.async_loaded_entries(DOMAIN)
        if isinstance(entry.runtime_data, HubData) and wanted in {None, entry.entry_id}
    ]
    if len(entries) != 1:
        key = "which_hub" if entries else "no_hub"
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key=key)
    coordinator: HubCoordinator = entries[0].runtime_data.ollama
    return coordinator


async def _async_mind(hass: HomeAssistant, coordinator: HubCoordinator, work: Awaitable[None]) -> None:
    try:
        await work
    except HomelabError as error:
        raise translated(error, hass.data[HOUSEHOLD].speech) from error
    await coordinator.async_request_refresh()
