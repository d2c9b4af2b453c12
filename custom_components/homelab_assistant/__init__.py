"""Homelab Assistant: talk to your homelab, and change it through pull requests that a person approved."""

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.typing import ConfigType

from .assistant_core.errors import HomelabError, InputInvalid
from .change_notices import async_listen_to_phones
from .change_services import async_setup_change_services
from .cluster_services import async_setup_cluster_services
from .const import CONF_KIND, DOMAIN, Kind
from .coordinator import GpuCoordinator
from .data import HomelabConfigEntry, HubData
from .household import HOUSEHOLD, Household
from .panel import async_hide_panel, async_show_panel
from .requester import async_remember_calls
from .services import async_setup_services
from .websocket import async_setup_websocket

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS = {
    Kind.HUB: [
        Platform.AI_TASK,
        Platform.BINARY_SENSOR,
        Platform.BUTTON,
        Platform.CONVERSATION,
        Platform.SENSOR,
    ],
    Kind.CLUSTER: [Platform.BINARY_SENSOR, Platform.EVENT, Platform.SENSOR],
    Kind.REPOSITORY: [Platform.BINARY_SENSOR, Platform.BUTTON, Platform.EVENT, Platform.SENSOR],
}


async def async_setup(hass: HomeAssistant, _: ConfigType) -> bool:
    """Prepare what all entries share."""
    hass.data[HOUSEHOLD] = Household(hass)
    async_remember_calls(hass)
    async_listen_to_phones(hass)
    async_setup_services(hass)
    async_setup_change_services(hass)
    async_setup_cluster_services(hass)
    async_setup_websocket(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: HomelabConfigEntry) -> bool:
    """Connect a service. It may be down: its entities and our sentences say so, and nothing else suffers."""
    household = hass.data[HOUSEHOLD]
    kind = Kind(entry.data[CONF_KIND])
    try:
        office = await household.async_enter()
        entry.async_on_unload(household.async_leave)
        # What only clusters or repositories need is loaded for them only.
        service = await async_import_module(hass, f"{__package__}.{kind}_entry")
        entry.runtime_data = await service.async_connect(hass, entry, office)
    except HomelabError as error:
        failure = ConfigEntryError if isinstance(error, InputInvalid) else ConfigEntryNotReady
        raise failure(
            str(error),
            translation_domain=DOMAIN,
            translation_key=error.exact_key,
            translation_placeholders=error.placeholders,
        ) from error
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS[kind])
    await async_show_panel(hass)
    entry.async_on_unload(entry.add_update_listener(_async_reload))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: HomelabConfigEntry) -> bool:
    """Disconnect a service."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS[entry.data[CONF_KIND]])


async def async_remove_entry(hass: HomeAssistant, _: HomelabConfigEntry) -> None:
    """Leave no panel behind when the last service is gone."""
    if not hass.config_entries.async_entries(DOMAIN):
        async_hide_panel(hass)


async def async_remove_config_entry_device(_: HomeAssistant, entry: HomelabConfigEntry, device: dr.DeviceEntry) -> bool:
    """Whether a person may delete a device: a graphics card that its exporter no longer names."""
    match entry.runtime_data:
        case HubData(gpu=GpuCoordinator() as gpu) if gpu.last_update_success:
            there = {f"{entry.entry_id}_{card.uuid}" for card in gpu.data}
            names = {name for _, name in device.identifiers if name.startswith(f"{entry.entry_id}_")}
            return bool(names) and not names & there
    return False


async def _async_reload(hass: HomeAssistant, entry: HomelabConfigEntry) -> None:
    await hass.config_entries.async_reload(entry.entry_id)
