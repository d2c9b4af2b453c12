"""Entities of a repository's changes: what waits, what is open, what happened, and what came of it all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.components.sensor import SensorEntity, SensorEntityDescription
from homeassistant.components.sensor.const import SensorDeviceClass, SensorStateClass
from homeassistant.const import UnitOfTime
from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.typing import StateType

from .assistant_core.change import scoreboard
from .assistant_core.models.change import Proposal, ProposalState, Step
from .change_words import change_data
from .const import DOMAIN
from .data import RepositoryData

_OPEN = (ProposalState.APPROVED, ProposalState.OPENING, ProposalState.OPEN)
_TOLD = [step.value for step in Step if step is not Step.OPENING]


class ChangeEntity(Entity):
    """An entity of the device that stands for a repository's changes; known even while its forge is down."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, data: RepositoryData, description: EntityDescription) -> None:
        entry = data.repository.config_entry
        self.entity_description = description
        self._data = data
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, f"{entry.entry_id}_changes")},
            translation_key="changes",
            translation_placeholders={"repository": data.repository.repository},
            entry_type=DeviceEntryType.SERVICE,
        )

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._data.office.desk.subscribe(self._moved))

    @callback
    def _moved(self, proposal: Proposal) -> None:
        if proposal.repository == self._data.repository.repository:
            self._async_follow(proposal)

    @callback
    def _async_follow(self, _: Proposal) -> None:
        """Show what happened to a proposal of the repository."""
        self.async_write_ha_state()

    @property
    def _proposals(self) -> list[Proposal]:
        """Those of the repository, oldest first."""
        repository = self._data.repository.repository
        return [each for each in self._data.office.desk.proposals if each.repository == repository]


@dataclass(frozen=True, kw_only=True)
class ChangeSensorDescription(SensorEntityDescription):
    """A value of the repository's proposals."""

    value_fn: Callable[[Sequence[Proposal]], StateType]


def _latest(proposals: Sequence[Proposal]) -> Proposal | None:
    return max(proposals, key=lambda each: each.updated or each.created, default=None)


def _last_state(proposals: Sequence[Proposal]) -> str | None:
    latest = _latest(proposals)
    return latest.state.value if latest else None


def _minutes_to_healthy(proposals: Sequence[Proposal]) -> float | None:
    taken = scoreboard(proposals).time_to_healthy
    return taken.total_seconds() / 60 if taken else None


LAST_CHANGE = ChangeSensorDescription(
    key="last_change",
    translation_key="last_change",
    device_class=SensorDeviceClass.ENUM,
    options=[state.value for state in ProposalState if state is not ProposalState.DRAFT],
    value_fn=_last_state,
)


def _count(key: str, count: Callable[[Sequence[Proposal]], int]) -> ChangeSensorDescription:
    return ChangeSensorDescription(
        key=key, translation_key=key, state_class=SensorStateClass.MEASUREMENT, value_fn=count
    )


CHANGE_SENSORS = (
    _count("open_changes", lambda proposals: sum(each.state in _OPEN for each in proposals)),
    _count("merged_changes", lambda proposals: scoreboard(proposals).merged),
    _count("rejected_changes", lambda proposals: scoreboard(proposals).rejected),
    _count("closed_changes", lambda proposals: scoreboard(proposals).closed),
    ChangeSensorDescription(
        key="time_to_healthy",
        translation_key="time_to_healthy",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_minutes_to_healthy,
    ),
)


class ChangeSensor(ChangeEntity, SensorEntity):
    """A number about the changes."""

    entity_description: ChangeSensorDescription

    @property
    @override
    def native_value(self) -> StateType:
        return self.entity_description.value_fn(self._proposals)


class LastChangeSensor(ChangeSensor):
    """Where the change stands that something happened to last."""

    def __init__(self, data: RepositoryData) -> None:
        super().__init__(data, LAST_CHANGE)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        latest = _latest(self._proposals)
        return change_data(latest, self._data.office.speech[0].phrases) if latest else None


CHANGE_EVENT = EventEntityDescription(key="change", translation_key="change", event_types=_TOLD)


class ChangeEvent(ChangeEntity, EventEntity):
    """Something happened to a change."""

    def __init__(self, data: RepositoryData) -> None:
        super().__init__(data, CHANGE_EVENT)

    @override
    def _async_follow(self, proposal: Proposal) -> None:
        if proposal.step is not Step.OPENING:
            self._trigger_event(proposal.step.value, change_data(proposal, self._data.office.speech[0].phrases))
            self.async_write_ha_state()
