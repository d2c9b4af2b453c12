"""Sensors of a repository: what waits for a yes there, and how its changes fare."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.sensor import SensorEntity, SensorEntityDescription
from homeassistant.components.sensor.const import SensorStateClass
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .assistant_core.change import ChangeDesk
from .assistant_core.models.change import Proposal
from .change_entities import CHANGE_SENSORS, ChangeSensor, LastChangeSensor
from .data import RepositoryData
from .entity import HomelabEntity
from .repository_coordinator import RepositoryCoordinator

AWAITING_PROPOSALS = SensorEntityDescription(
    key="awaiting_proposals", translation_key="awaiting_proposals", state_class=SensorStateClass.MEASUREMENT
)


@callback
def async_add_sensors(data: RepositoryData, add: AddConfigEntryEntitiesCallback) -> None:
    """Add the sensors of a repository."""
    add([ProposalsSensor(data.repository, data.office.desk), LastChangeSensor(data)])
    add(ChangeSensor(data, each) for each in CHANGE_SENSORS)


def _proposal(proposal: Proposal) -> dict[str, Any]:
    target = proposal.target
    return {
        "code": proposal.code,
        "hash": proposal.hash,
        "change": f"{target.namespace}/{target.name} {target.field}: {target.before} -> {target.after}",
        "expires": proposal.expires.isoformat(),
    }


class ProposalsSensor(HomelabEntity[RepositoryCoordinator], SensorEntity):
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
