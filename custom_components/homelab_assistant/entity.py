"""Base entities: one device for each entry, for each graphics card and for each use of a model."""

from typing import Any, override

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_MODEL
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .assistant_core.models.gpu import GpuHealth
from .const import DOMAIN
from .coordinator import GpuCoordinator, HomelabCoordinator


def service_device(entry: ConfigEntry) -> DeviceInfo:
    """The device that stands for a config entry."""
    return DeviceInfo(identifiers={(DOMAIN, entry.entry_id)}, name=entry.title, entry_type=DeviceEntryType.SERVICE)


class HomelabEntity[C: HomelabCoordinator[Any]](CoordinatorEntity[C]):
    """An entity of the device that stands for a config entry."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: C, description: EntityDescription) -> None:
        super().__init__(coordinator)
        entry = coordinator.config_entry
        self.entity_description = description
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_device_info = service_device(entry)


class GpuEntity(HomelabEntity[GpuCoordinator]):
    """An entity of one graphics card of a hub."""

    def __init__(self, coordinator: GpuCoordinator, card: GpuHealth, description: EntityDescription) -> None:
        super().__init__(coordinator, description)
        key = f"{coordinator.config_entry.entry_id}_{card.uuid}"
        self._uuid = card.uuid
        self._attr_unique_id = f"{key}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, key)}, name=card.name)

    @property
    def card(self) -> GpuHealth | None:
        """What the exporter last said of the card; None when it no longer names it."""
        return next((card for card in self.coordinator.data if card.uuid == self._uuid), None)

    @property
    @override
    def available(self) -> bool:
        return super().available and self.card is not None


class ModelEntity(Entity):
    """Something that uses a model of a hub, as its subentry says."""

    _attr_has_entity_name = True
    _attr_name = None

    def __init__(self, subentry: ConfigSubentry) -> None:
        self._attr_unique_id = subentry.subentry_id
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, subentry.subentry_id)},
            name=subentry.title,
            model=subentry.data[CONF_MODEL],
            entry_type=DeviceEntryType.SERVICE,
        )
