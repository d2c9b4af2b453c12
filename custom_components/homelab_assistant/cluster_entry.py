"""The config entry of a cluster."""

import asyncio

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant

from .assistant_core.cluster import ClusterEvidence
from .assistant_core.kube import connect
from .cluster_clients import cluster_config
from .cluster_coordinator import ClusterCoordinator
from .cluster_issues import ClusterIssues
from .data import ClusterData, HomelabConfigEntry
from .household import HOUSEHOLD
from .office import Office


async def async_connect(hass: HomeAssistant, entry: HomelabConfigEntry, office: Office) -> ClusterData:
    """Connect it. Raises HomelabError for settings that cannot serve."""
    cluster = await connect(hass.data[HOUSEHOLD].session, cluster_config(entry.data))
    coordinator = ClusterCoordinator(hass, entry, cluster, office.ledger)
    following = entry.async_create_background_task(hass, coordinator.watch.run(), f"{entry.title} findings")

    async def stop(_: Event | None = None) -> None:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)

    entry.async_on_unload(stop)
    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop))
    entry.async_on_unload(office.desk.attach_applications(coordinator.watch))
    entry.async_on_unload(office.desk.attach_evidence(ClusterEvidence(cluster)))
    await coordinator.async_refresh()
    entry.async_on_unload(ClusterIssues(hass, coordinator).async_start())
    return ClusterData(office=office, cluster=coordinator)
