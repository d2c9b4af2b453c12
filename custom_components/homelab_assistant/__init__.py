"""Homelab Assistant: talk to your homelab, and change it through pull requests that a person approved."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.typing import ConfigType

from .assistant_core.errors import HomelabError, InputInvalid
from .assistant_core.kube import connect
from .change_notices import async_listen_to_phones
from .change_options import ChangeOptions
from .change_services import async_setup_change_services
from .change_telling import async_tell
from .change_webhook import async_listen_to_forge
from .clients import async_connect_hub, cluster_config, forge, gpu_exporter
from .cluster_coordinator import ClusterCoordinator
from .cluster_issues import ClusterIssues
from .cluster_services import async_setup_cluster_services
from .const import CONF_KIND, CONF_REPOSITORY, CONF_WARM_UP_WHEN_HOME, DOMAIN, Kind
from .coordinator import GpuCoordinator, HubCoordinator, RepositoryCoordinator
from .data import ClusterData, HomelabConfigEntry, HubData, RepositoryData
from .household import HOUSEHOLD, Household
from .issues import async_watch_hub
from .office import Office
from .panel import async_hide_panel, async_show_panel
from .requester import async_remember_calls
from .services import async_setup_services
from .warming import async_warm_up_when_home
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
        entry.runtime_data = await CONNECT[kind](hass, entry, office)
    except HomelabError as error:
        failure = ConfigEntryError if isinstance(error, InputInvalid) else ConfigEntryNotReady
        raise failure(
            str(error),
            translation_domain=DOMAIN,
            translation_key=error.key,
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


async def _async_connect_hub(hass: HomeAssistant, entry: HomelabConfigEntry, office: Office) -> HubData:
    ollama = HubCoordinator(hass, entry, await async_connect_hub(hass, entry))
    exporter = gpu_exporter(hass, entry.data)
    gpu = GpuCoordinator(hass, entry, exporter) if exporter else None
    await asyncio.gather(*(each.async_refresh() for each in (ollama, gpu) if each))
    entry.async_on_unload(async_watch_hub(hass, ollama))
    if entry.options.get(CONF_WARM_UP_WHEN_HOME):
        entry.async_on_unload(async_warm_up_when_home(hass, ollama))
    return HubData(office=office, ollama=ollama, gpu=gpu)


async def _async_connect_cluster(hass: HomeAssistant, entry: HomelabConfigEntry, office: Office) -> ClusterData:
    cluster = await connect(cluster_config(entry.data))
    coordinator = ClusterCoordinator(hass, entry, cluster, office.ledger)
    following = entry.async_create_background_task(hass, coordinator.watch.run(), f"{entry.title} findings")

    async def stop(_: Event | None = None) -> None:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await cluster.close()

    entry.async_on_unload(stop)
    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop))
    entry.async_on_unload(office.desk.attach_applications(coordinator.watch))
    await coordinator.async_refresh()
    entry.async_on_unload(ClusterIssues(hass, coordinator).async_start())
    return ClusterData(office=office, cluster=coordinator)


async def _async_connect_repository(hass: HomeAssistant, entry: HomelabConfigEntry, office: Office) -> RepositoryData:
    where = forge(hass, entry.data, retry_at=office.desk.asked_to_wait(entry.data[CONF_REPOSITORY]))
    coordinator = RepositoryCoordinator(hass, entry, where, office.know)
    await coordinator.async_refresh()
    entry.async_on_unload(partial(office.know, coordinator.repository, ()))
    entry.async_on_unload(office.mind(coordinator.repository, ChangeOptions.of(entry.options)))
    entry.async_on_unload(office.desk.attach(coordinator.repository, where))
    data = RepositoryData(office=office, repository=coordinator)
    entry.async_on_unload(async_tell(hass, entry, data))
    if ignore := async_listen_to_forge(hass, entry, data):
        entry.async_on_unload(ignore)
    return data


CONNECT: Mapping[Kind, Callable[[HomeAssistant, HomelabConfigEntry, Office], Awaitable[Any]]] = {
    Kind.HUB: _async_connect_hub,
    Kind.CLUSTER: _async_connect_cluster,
    Kind.REPOSITORY: _async_connect_repository,
}
