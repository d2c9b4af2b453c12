"""The config entry of an AI hub."""

import asyncio

from homeassistant.core import HomeAssistant

from .clients import async_connect_hub, gpu_exporter
from .const import CONF_WARM_UP_WHEN_HOME
from .coordinator import GpuCoordinator, HubCoordinator
from .data import HomelabConfigEntry, HubData
from .gpu_history import async_remember
from .issues import async_watch_hub
from .office import Office
from .warming import async_warm_up_when_home


async def async_connect(hass: HomeAssistant, entry: HomelabConfigEntry, office: Office) -> HubData:
    """Connect it. Raises HomelabError for settings that cannot serve."""
    hub = await async_connect_hub(hass, entry)
    entry.async_on_unload(hub.close)
    ollama = HubCoordinator(hass, entry, hub)
    exporter = gpu_exporter(hass, entry.data)
    gpu = GpuCoordinator(hass, entry, exporter) if exporter else None
    await asyncio.gather(*(each.async_refresh() for each in (ollama, gpu) if each))
    if gpu is not None:
        async_remember(hass, entry, gpu)
    entry.async_on_unload(async_watch_hub(hass, ollama))
    if entry.options.get(CONF_WARM_UP_WHEN_HOME):
        entry.async_on_unload(async_warm_up_when_home(hass, ollama))
    return HubData(office=office, ollama=ollama, gpu=gpu)
