"""Sensors: what the hub, its graphics cards, the clusters and the repositories say."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.sensor import SensorEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.typing import StateType

from .assistant_core.models.gpu import GpuHealth
from .assistant_core.models.hub import HubMetrics, HubStatus
from .coordinator import GpuCoordinator, HubCoordinator
from .data import ClusterData, HomelabConfigEntry, HubData, RepositoryData
from .entity import GpuEntity, HomelabEntity
from .sensor_descriptions import GPU_SENSORS, HUB_SENSORS, METRIC_SENSORS, ValueDescription

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: HomelabConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of the entry's service; those of a graphics card when it is first seen."""
    match entry.runtime_data:
        case HubData(ollama=ollama, gpu=gpu):
            async_add_entities(HubSensor(ollama, description) for description in HUB_SENSORS)
            async_add_entities(MetricSensor(ollama, description) for description in METRIC_SENSORS)
            if gpu is not None:
                _follow_cards(entry, gpu, async_add_entities)
        case ClusterData(cluster=cluster):
            sensors = await async_import_module(hass, f"{__package__}.cluster_sensors")
            sensors.async_add_sensors(cluster, async_add_entities)
            devices = await async_import_module(hass, f"{__package__}.cluster_devices")
            devices.async_add_device_sensors(cluster, async_add_entities)
        case RepositoryData() as repository:
            sensors = await async_import_module(hass, f"{__package__}.repository_sensors")
            sensors.async_add_sensors(repository, async_add_entities)


def _follow_cards(
    entry: HomelabConfigEntry, coordinator: GpuCoordinator, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    known: set[tuple[str, str]] = set()

    @callback
    def add_new() -> None:
        found = {
            (card.uuid, description.key): GpuSensor(coordinator, card, description)
            for card in coordinator.data or ()
            for description in GPU_SENSORS
            if description.value_fn(card) is not None and (card.uuid, description.key) not in known
        }
        known.update(found)
        async_add_entities(found.values())

    add_new()
    entry.async_on_unload(coordinator.async_add_listener(add_new))


class HubSensor(HomelabEntity[HubCoordinator], SensorEntity):
    """A value of what Ollama said."""

    entity_description: ValueDescription[HubStatus]
    _unrecorded_attributes = frozenset({"models"})

    @property
    @override
    def native_value(self) -> StateType:
        return self.entity_description.value_fn(self.coordinator.data)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        details = self.entity_description.attributes_fn
        return details(self.coordinator.data) if details else None


class MetricSensor(HomelabEntity[HubCoordinator], SensorEntity):
    """How the hub did lately; known even while it is down."""

    entity_description: ValueDescription[HubMetrics]

    @property
    @override
    def available(self) -> bool:
        return True

    @property
    @override
    def native_value(self) -> StateType:
        return self.entity_description.value_fn(self.coordinator.hub.metrics)


class GpuSensor(GpuEntity, SensorEntity):
    """A value of one graphics card."""

    entity_description: ValueDescription[GpuHealth]

    @property
    @override
    def native_value(self) -> StateType:
        return self.entity_description.value_fn(self.card) if self.card else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        details = self.entity_description.attributes_fn
        return details(self.card) if details and self.card else None
