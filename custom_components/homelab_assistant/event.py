"""Event entities: what happens to the findings and the applications of a cluster, for automations."""

from abc import abstractmethod
from datetime import datetime, timedelta
from typing import Any, ClassVar, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .assistant_core.models.application import ApplicationChange, ApplicationEvent
from .assistant_core.models.finding import FindingChange, FindingEvent
from .assistant_core.speech import Phrases
from .change_entities import ChangeEvent
from .cluster_coordinator import ClusterCoordinator
from .cluster_words import SEVERITIES, application_data, finding_data
from .const import EVENT_APPLICATION, EVENT_FINDING
from .data import ClusterData, HomelabConfigEntry, RepositoryData
from .entity import HomelabEntity

PARALLEL_UPDATES = 0

MOST = 10
PERIOD = timedelta(minutes=1)

FINDING = EventEntityDescription(
    key="finding_event", translation_key="finding", event_types=[each.value for each in FindingEvent]
)
APPLICATION = EventEntityDescription(
    key="application_event", translation_key="application", event_types=[each.value for each in ApplicationEvent]
)


async def async_setup_entry(
    _: HomeAssistant, entry: HomelabConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the events of a cluster; those of Argo CD's applications when they are first seen."""
    match entry.runtime_data:
        case ClusterData(cluster=cluster, office=office):
            async_add_entities([FindingEntity(cluster, office.speech[0].phrases)])
            cluster.async_when_seen(
                lambda: cluster.watch.applications, lambda: async_add_entities([ApplicationEntity(cluster)])
            )
        case RepositoryData() as repository:
            async_add_entities([ChangeEvent(repository)])


class ClusterEventEntity[T: (FindingChange, ApplicationChange)](HomelabEntity[ClusterCoordinator], EventEntity):
    """Tells what happened, also as an event on the bus for the logbook.

    When a node dies a hundred things happen at once: of more than `MOST` in a `PERIOD` only the worst are told, the
    next of them with the number of the `others`.
    """

    _event: ClassVar[str]

    def __init__(self, coordinator: ClusterCoordinator, description: EventEntityDescription) -> None:
        super().__init__(coordinator, description)
        self._untold: list[T] = []
        self._others = 0
        self._told: list[datetime] = []

    @abstractmethod
    def _rank(self, change: T) -> int:
        """How much it matters, the lowest first."""

    @abstractmethod
    def _data(self, change: T) -> dict[str, Any]:
        """What there is to tell."""

    @property
    @override
    def available(self) -> bool:
        return True

    @override
    async def async_will_remove_from_hass(self) -> None:
        self._untold = []
        await super().async_will_remove_from_hass()

    @callback
    def _happened(self, change: T) -> None:
        if not self._untold:
            self.hass.loop.call_soon(self._tell)
        self._untold.append(change)

    @callback
    def _tell(self) -> None:
        changes, self._untold = sorted(self._untold, key=self._rank), []
        now = dt_util.utcnow()
        self._told = [each for each in self._told if now - each < PERIOD]
        room = MOST - len(self._told)
        self._others += max(0, len(changes) - room)
        for change in changes[:room]:
            self._told.append(now)
            data = self._data(change) | {"others": self._others}
            self._others = 0
            self._trigger_event(change.event.value, data)
            self.async_write_ha_state()
            about = {ATTR_ENTITY_ID: self.entity_id, "cluster": self.coordinator.config_entry.title}
            self.hass.bus.async_fire(self._event, {**about, "event_type": change.event.value, **data})


class FindingEntity(ClusterEventEntity[FindingChange]):
    """A finding opened, changed or cleared."""

    _event = EVENT_FINDING

    def __init__(self, coordinator: ClusterCoordinator, phrases: Phrases) -> None:
        super().__init__(coordinator, FINDING)
        self._phrases = phrases

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.watch.subscribe(self._happened))

    @override
    def _rank(self, change: FindingChange) -> int:
        return SEVERITIES.index(change.finding.severity)

    @override
    def _data(self, change: FindingChange) -> dict[str, Any]:
        return finding_data(change.finding) | {
            "times_seen": change.finding.times_seen,
            "message": self._phrases.say_finding(change.finding),
            "quiet": self.coordinator.options.quiet.hold(dt_util.now().time()),
        }


class ApplicationEntity(ClusterEventEntity[ApplicationChange]):
    """An application was synced, degraded, deployed and so on."""

    _event = EVENT_APPLICATION

    def __init__(self, coordinator: ClusterCoordinator) -> None:
        super().__init__(coordinator, APPLICATION)

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.watch.subscribe_applications(self._happened))

    @override
    def _rank(self, change: ApplicationChange) -> int:
        return change.event not in {
            ApplicationEvent.DEGRADED,
            ApplicationEvent.MISSING,
            ApplicationEvent.SYNC_FAILED,
        }

    @override
    def _data(self, change: ApplicationChange) -> dict[str, Any]:
        return application_data(change.application)
