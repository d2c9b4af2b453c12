"""Buttons that say yes or no to a change, for as long as it waits: for the administrators' dashboards."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.components.button.const import DOMAIN as BUTTON_DOMAIN
from homeassistant.components.button.const import SERVICE_PRESS
from homeassistant.components.conversation import DOMAIN as CONVERSATION_DOMAIN
from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .assistant_core.change import ChangeDesk
from .assistant_core.errors import HomelabError
from .assistant_core.models.change import Channel, Proposal, ProposalState, Requester
from .change_entities import ChangeEntity
from .const import DOMAIN
from .data import HomelabConfigEntry, RepositoryData
from .errors import translated
from .requester import async_requester, is_first_hand


@dataclass(frozen=True, kw_only=True)
class DecisionDescription(ButtonEntityDescription):
    """A decision on a change."""

    decide_fn: Callable[[ChangeDesk, Requester, Proposal], Awaitable[Proposal]]


DECISIONS = (
    DecisionDescription(
        key="approve_change",
        translation_key="approve_change",
        decide_fn=lambda desk, who, proposal: desk.approve(requester=who, hash=proposal.hash),
    ),
    DecisionDescription(
        key="reject_change",
        translation_key="reject_change",
        decide_fn=lambda desk, who, proposal: desk.reject(requester=who, hash=proposal.hash),
    ),
)


@callback
def async_add_decisions(
    hass: HomeAssistant,
    entry: HomelabConfigEntry,
    data: RepositoryData,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Keep two buttons for every change that waits for a yes."""
    shown: set[str] = set()
    registry = er.async_get(hass)

    @callback
    def follow(proposal: Proposal) -> None:
        if proposal.repository != data.repository.repository:
            return
        waits = proposal.state is ProposalState.AWAITING
        if waits and proposal.id not in shown:
            shown.add(proposal.id)
            async_add_entities(DecisionButton(data, proposal, decision) for decision in DECISIONS)
        elif not waits:
            shown.discard(proposal.id)
            remove({_unique_id(entry, proposal, decision) for decision in DECISIONS})

    @callback
    def remove(unique_ids: set[str]) -> None:
        for unique_id in unique_ids:
            if entity_id := registry.async_get_entity_id(BUTTON_DOMAIN, DOMAIN, unique_id):
                registry.async_remove(entity_id)

    awaiting = data.office.desk.awaiting
    known = {_unique_id(entry, each, decision) for each in awaiting for decision in DECISIONS}
    remove(
        {
            each.unique_id
            for each in er.async_entries_for_config_entry(registry, entry.entry_id)
            if each.domain == BUTTON_DOMAIN
        }
        - known
    )
    for proposal in awaiting:
        follow(proposal)
    entry.async_on_unload(data.office.desk.subscribe(follow))


def _unique_id(entry: HomelabConfigEntry, proposal: Proposal, decision: DecisionDescription) -> str:
    return f"{entry.entry_id}_{proposal.id}_{decision.key}"


class DecisionButton(ChangeEntity, ButtonEntity):
    """Says yes or no to one change, with the rights of whoever presses it."""

    entity_description: DecisionDescription

    def __init__(self, data: RepositoryData, proposal: Proposal, description: DecisionDescription) -> None:
        super().__init__(data, description)
        self._proposal = proposal
        self._attr_unique_id = _unique_id(data.repository.config_entry, proposal, description)
        self._attr_translation_placeholders = {
            "code": data.office.speech[0].phrases.say_codes(proposal.code),
            "name": proposal.target.name,
        }

    @override
    async def async_press(self) -> None:
        office, context = self._data.office, self._context or Context()
        in_person = is_first_hand(context, BUTTON_DOMAIN, SERVICE_PRESS) and not self._is_exposed
        who = await async_requester(self.hass, context, Channel.BUTTON, in_person=in_person)
        try:
            await self.entity_description.decide_fn(office.desk, who, self._proposal)
        except HomelabError as error:
            raise translated(error, office.speech) from error

    @property
    def _is_exposed(self) -> bool:
        """Whether a model may press it in a person's name, through Assist or an MCP client."""
        return async_should_expose(self.hass, CONVERSATION_DOMAIN, self.entity_id)
