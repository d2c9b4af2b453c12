"""Binary sensors: does each service answer?"""

from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorEntity, BinarySensorEntityDescription
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.importlib import async_import_module

from .coordinator import HomelabCoordinator
from .data import ClusterData, HomelabConfigEntry, HubData, RepositoryData
from .entity import HomelabEntity

PARALLEL_UPDATES = 0


def _reachable(key: str) -> BinarySensorEntityDescription:
    return BinarySensorEntityDescription(
        key=key,
        translation_key=key,
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
    )


async def async_setup_entry(
    hass: HomeAssistant, entry: HomelabConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """One entity for each service of the entry."""
    services: dict[str, HomelabCoordinator[Any]]
    match entry.runtime_data:
        case HubData(ollama=ollama, gpu=gpu):
            services = {"ollama_reachable": ollama, **({"gpu_exporter_reachable": gpu} if gpu else {})}
        case ClusterData(cluster=cluster):
            services = {"cluster_reachable": cluster}
            sensors = await async_import_module(hass, f"{__package__}.cluster_sensors")
            sensors.async_add_binary_sensors(cluster, async_add_entities)
            devices = await async_import_module(hass, f"{__package__}.cluster_devices")
            devices.async_add_device_binary_sensors(cluster, async_add_entities)
        case RepositoryData(repository=repository):
            services = {"repository_reachable": repository}
    async_add_entities(ReachableSensor(coordinator, _reachable(key)) for key, coordinator in services.items())


class ReachableSensor(HomelabEntity[HomelabCoordinator[Any]], BinarySensorEntity):
    """On while the service answers; available even, and above all, when it does not."""

    @property
    @override
    def available(self) -> bool:
        return True

    @property
    @override
    def is_on(self) -> bool:
        return self.coordinator.last_update_success
