"""Workloads and applications as devices, where a household chose some; they come and go with what they stand for."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorEntity, BinarySensorEntityDescription
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorEntity, SensorEntityDescription
from homeassistant.components.sensor.const import SensorDeviceClass, SensorStateClass
from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .assistant_core.models.application import Application, HealthStatus, SyncStatus
from .assistant_core.models.cluster import Workload
from .assistant_core.models.observation import Observation
from .cluster_coordinator import ClusterCoordinator
from .cluster_options import APPLICATIONS, WORKLOADS
from .const import DOMAIN
from .entity import HomelabEntity, service_device

READY = SensorEntityDescription(key="ready", translation_key="ready", state_class=SensorStateClass.MEASUREMENT)
SHORT = BinarySensorEntityDescription(
    key="short", translation_key="short", device_class=BinarySensorDeviceClass.PROBLEM
)
SYNC = SensorEntityDescription(
    key="sync",
    translation_key="sync",
    device_class=SensorDeviceClass.ENUM,
    options=[each.name.lower() for each in SyncStatus if each is not SyncStatus.UNKNOWN],
)
HEALTH = SensorEntityDescription(
    key="health",
    translation_key="health",
    device_class=SensorDeviceClass.ENUM,
    options=[each.name.lower() for each in HealthStatus if each is not HealthStatus.UNKNOWN],
)


class Chosen[T: Workload | Application]:
    """The things of one kind that shall be devices, by their key: as they are now, or were while nobody can look."""

    def __init__(
        self, coordinator: ClusterCoordinator, kind: str, observe: Callable[[], Observation[tuple[T, ...]]]
    ) -> None:
        self.coordinator = coordinator
        self.things: dict[str, T] = {}
        self.known = False
        self._observe = observe
        self._wanted = kind in coordinator.options.devices
        entry = coordinator.config_entry
        self._prefix = f"{entry.entry_id}_{kind}_"
        device = dr.async_get(coordinator.hass).async_get_or_create(
            config_entry_id=entry.entry_id, **service_device(entry)
        )
        self.cluster_device = device.id

    @callback
    def async_follow(self, make: Callable[[str], Iterable[Entity]], add: AddConfigEntryEntitiesCallback) -> None:
        """Add the entities of what is chosen, and take away the devices of what is gone."""
        entry = self.coordinator.config_entry
        followed: set[str] | None = None

        @callback
        def look() -> None:
            nonlocal followed
            seen = self._observe()
            self.known = seen.error is None and seen.value is not None
            if not self.known:
                return
            self.things = {self._prefix + _key(each): each for each in seen.value or () if self._is_chosen(each)}
            add(entity for key in self.things.keys() - (followed or set()) for entity in make(key))
            if followed is None or followed - self.things.keys():
                self._remove_gone()
            followed = set(self.things)

        entry.async_on_unload(self.coordinator.async_add_listener(look))
        look()

    def _is_chosen(self, thing: T) -> bool:
        namespace = thing.destination if isinstance(thing, Application) else thing.namespace
        return self._wanted and self.coordinator.options.chooses(namespace, thing.labels)

    def _remove_gone(self) -> None:
        registry, entry_id = dr.async_get(self.coordinator.hass), self.coordinator.config_entry.entry_id
        for device in dr.async_entries_for_config_entry(registry, entry_id):
            names = {name for domain, name in device.identifiers if domain == DOMAIN and name.startswith(self._prefix)}
            if names and names.isdisjoint(self.things):
                registry.async_update_device(device.id, remove_config_entry_id=entry_id)


def _key(thing: Workload | Application) -> str:
    return f"{thing.kind}/{thing.namespace}/{thing.name}"


def _workloads(cluster: ClusterCoordinator) -> Chosen[Workload]:
    return Chosen(cluster, WORKLOADS, lambda: cluster.watch.workloads)


@callback
def async_add_device_sensors(cluster: ClusterCoordinator, add: AddConfigEntryEntitiesCallback) -> None:
    """Add the sensors of what is chosen."""
    workloads = _workloads(cluster)
    workloads.async_follow(lambda key: [ReadySensor(workloads, key, READY)], add)
    applications: Chosen[Application] = Chosen(cluster, APPLICATIONS, lambda: cluster.watch.applications)
    applications.async_follow(
        lambda key: [SyncSensor(applications, key, SYNC), HealthSensor(applications, key, HEALTH)], add
    )


@callback
def async_add_device_binary_sensors(cluster: ClusterCoordinator, add: AddConfigEntryEntitiesCallback) -> None:
    """Add the binary sensors of what is chosen."""
    workloads = _workloads(cluster)
    workloads.async_follow(lambda key: [ShortSensor(workloads, key, SHORT)], add)


class ThingEntity[T: Workload | Application](HomelabEntity[ClusterCoordinator]):
    """An entity of one workload or application."""

    def __init__(self, chosen: Chosen[T], key: str, description: EntityDescription) -> None:
        super().__init__(chosen.coordinator, description)
        thing = chosen.things[key]
        self._chosen = chosen
        self._key = key
        self._attr_unique_id = f"{key}_{description.key}"
        self._attr_device_info = dr.DeviceInfo(
            identifiers={(DOMAIN, key)},
            name=thing.name,
            model=thing.kind,
            via_device_id=chosen.cluster_device,
            entry_type=dr.DeviceEntryType.SERVICE,
        )

    @property
    def thing(self) -> T | None:
        """As it was last seen; None when it is gone."""
        return self._chosen.things.get(self._key)

    @property
    @override
    def available(self) -> bool:
        return self._chosen.known and self.thing is not None


class ReadySensor(ThingEntity[Workload], SensorEntity):
    """How many pods of a workload are ready."""

    @property
    @override
    def native_value(self) -> int | None:
        return self.thing.ready if self.thing else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        return {"wanted": self.thing.wanted, "images": list(self.thing.images)} if self.thing else None


class ShortSensor(ThingEntity[Workload], BinarySensorEntity):
    """On while a workload has fewer pods than it wants."""

    @property
    @override
    def is_on(self) -> bool | None:
        return self.thing.ready < self.thing.wanted if self.thing else None


class SyncSensor(ThingEntity[Application], SensorEntity):
    """Whether an application is as its repository says."""

    @property
    @override
    def native_value(self) -> str | None:
        if self.thing is None or self.thing.sync is SyncStatus.UNKNOWN:
            return None
        return self.thing.sync.name.lower()


class HealthSensor(ThingEntity[Application], SensorEntity):
    """How an application fares."""

    @property
    @override
    def native_value(self) -> str | None:
        if self.thing is None or self.thing.health is HealthStatus.UNKNOWN:
            return None
        return self.thing.health.name.lower()
