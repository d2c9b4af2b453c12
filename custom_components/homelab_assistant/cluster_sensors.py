"""Sensors of a cluster: what is wrong, and how much of what runs there is well.

Each shows only what is known now: it is unknown before the first look and unavailable while nobody can look. Those of
applications and of k8sgpt come when Argo CD or Flux, and k8sgpt, are first seen.
"""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorEntity, BinarySensorEntityDescription
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.components.sensor import RestoreSensor, SensorEntity, SensorEntityDescription
from homeassistant.components.sensor.const import SensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .assistant_core.models.finding import FindingState, Severity
from .cluster_coordinator import ClusterCoordinator
from .cluster_descriptions import APPLICATION_COUNTS, COUNTS, CountDescription
from .entity import HomelabEntity

LAST_CHANGE = SensorEntityDescription(
    key="last_change",
    translation_key="last_change",
    device_class=SensorDeviceClass.TIMESTAMP,
)
PROBLEM = BinarySensorEntityDescription(
    key="problem", translation_key="problem", device_class=BinarySensorDeviceClass.PROBLEM
)
K8SGPT_QUIET = BinarySensorEntityDescription(
    key="k8sgpt_quiet",
    translation_key="k8sgpt_quiet",
    device_class=BinarySensorDeviceClass.PROBLEM,
    entity_category=EntityCategory.DIAGNOSTIC,
)


@callback
def async_add_sensors(cluster: ClusterCoordinator, add: AddConfigEntryEntitiesCallback) -> None:
    """Add the sensors of a cluster."""
    add([*(CountSensor(cluster, each) for each in COUNTS), LastChangeSensor(cluster, LAST_CHANGE)])
    cluster.async_when_seen(
        lambda: cluster.watch.applications,
        lambda: add(CountSensor(cluster, each) for each in APPLICATION_COUNTS),
    )


@callback
def async_add_binary_sensors(cluster: ClusterCoordinator, add: AddConfigEntryEntitiesCallback) -> None:
    """Add the binary sensors of a cluster."""
    add([ProblemSensor(cluster, PROBLEM)])
    cluster.async_when_seen(
        lambda: cluster.watch.k8sgpt_quiet,
        lambda: add([QuietSensor(cluster, K8SGPT_QUIET)]),
    )


class CountSensor(HomelabEntity[ClusterCoordinator], SensorEntity):
    """A number of things in a cluster."""

    entity_description: CountDescription[Any]
    _unrecorded_attributes = frozenset({"namespaces", "others", "worst"})

    def __init__(self, coordinator: ClusterCoordinator, description: CountDescription[Any]) -> None:
        super().__init__(coordinator, description)
        self._look()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._look()
        super()._handle_coordinator_update()

    def _look(self) -> None:
        description, watch = self.entity_description, self.coordinator.watch
        seen = description.observe_fn(watch)
        self._attr_available = seen.error is None
        if seen.value is None:
            return
        self._attr_native_value = sum(map(description.counts_fn, seen.value))
        if description.attributes_fn:
            self._attr_extra_state_attributes = description.attributes_fn(watch, seen.value)

    @property
    @override
    def available(self) -> bool:
        return self._attr_available


class LastChangeSensor(HomelabEntity[ClusterCoordinator], RestoreSensor):
    """When a finding or an application last changed; known even while the cluster is down."""

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        if (before := await self.async_get_last_sensor_data()) is not None:
            self._attr_native_value = before.native_value
        self._handle_coordinator_update()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._attr_native_value = self.coordinator.last_change or self._attr_native_value
        super()._handle_coordinator_update()

    @property
    @override
    def available(self) -> bool:
        return True


class ProblemSensor(HomelabEntity[ClusterCoordinator], BinarySensorEntity):
    """On while something is wrong that lasts and nobody has silenced."""

    @property
    @override
    def available(self) -> bool:
        return self.coordinator.watch.observation.error is None

    @property
    @override
    def is_on(self) -> bool | None:
        findings = self.coordinator.watch.observation.value
        if findings is None:
            return None
        return any(each.state is FindingState.OPEN and each.severity is not Severity.INFO for each in findings)


class QuietSensor(HomelabEntity[ClusterCoordinator], BinarySensorEntity):
    """On while k8sgpt says nothing though it should."""

    @property
    @override
    def available(self) -> bool:
        return self.coordinator.watch.k8sgpt_quiet.error is None

    @property
    @override
    def is_on(self) -> bool | None:
        return self.coordinator.watch.k8sgpt_quiet.value

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        return {"since": self.coordinator.watch.k8sgpt_quiet_since}
