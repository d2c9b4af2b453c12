"""Sensors: what the hub, its graphics cards, the clusters and the repositories say."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, override

from homeassistant.components.sensor import SensorEntity, SensorEntityDescription
from homeassistant.components.sensor.const import SensorStateClass
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.typing import StateType

from .assistant_core.change import ChangeDesk
from .assistant_core.models.change import Proposal
from .assistant_core.models.gpu import GpuHealth
from .assistant_core.models.hub import HubMetrics, HubStatus
from .change_entities import CHANGE_SENSORS, ChangeSensor, LastChangeSensor
from .coordinator import GpuCoordinator, HubCoordinator
from .data import ClusterData, HomelabConfigEntry, HubData, RepositoryData
from .entity import GpuEntity, HomelabEntity
from .sensor_descriptions import GPU_SENSORS, HUB_SENSORS, METRIC_SENSORS, ValueDescription

if TYPE_CHECKING:
    from .repository_coordinator import RepositoryCoordinator

PARALLEL_UPDATES = 0
AWAITING_PROPOSALS = SensorEntityDescription(
    key="awaiting_proposals", translation_key="awaiting_proposals", state_class=SensorStateClass.MEASUREMENT
)


def _proposal(proposal: Proposal) -> dict[str, Any]:
    target = proposal.target
    return {
        "code": proposal.code,
        "hash": proposal.hash,
        "change": f"{target.namespace}/{target.name} {target.field}: {target.before} -> {target.after}",
        "expires": proposal.expires.isoformat(),
    }


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
        case RepositoryData(repository=repository, office=office):
            async_add_entities([ProposalsSensor(repository, office.desk), LastChangeSensor(entry.runtime_data)])
            async_add_entities(ChangeSensor(entry.runtime_data, each) for each in CHANGE_SENSORS)


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


class ProposalsSensor(HomelabEntity["RepositoryCoordinator"], SensorEntity):
    """How many changes of a repository wait for a yes; known even while its forge is down."""

    _unrecorded_attributes = frozenset({"proposals"})

    def __init__(self, coordinator: RepositoryCoordinator, desk: ChangeDesk) -> None:
        super().__init__(coordinator, AWAITING_PROPOSALS)
        self._desk = desk

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._desk.subscribe(self._proposal_changed))

    @callback
    def _proposal_changed(self, proposal: Proposal) -> None:
        if proposal.repository == self.coordinator.repository:
            self.async_write_ha_state()

    @property
    def _awaiting(self) -> list[Proposal]:
        return [each for each in self._desk.awaiting if each.repository == self.coordinator.repository]

    @property
    @override
    def available(self) -> bool:
        return True

    @property
    @override
    def native_value(self) -> StateType:
        return len(self._awaiting)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        return {"proposals": [_proposal(each) for each in self._awaiting]}
