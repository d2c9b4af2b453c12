"""Buttons: have the model that talks in memory, or out of it; say yes or no to a change."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.importlib import async_import_module

from .assistant_core.errors import HomelabError
from .assistant_core.ollama import Hub
from .coordinator import HubCoordinator
from .data import HomelabConfigEntry, HubData, RepositoryData
from .entity import HomelabEntity
from .errors import translated
from .household import HOUSEHOLD

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class HubButtonDescription(ButtonEntityDescription):
    """Something to be done with a hub."""

    press_fn: Callable[[Hub], Awaitable[None]]


BUTTONS = (
    HubButtonDescription(key="warm_up", translation_key="warm_up", press_fn=lambda hub: hub.load()),
    HubButtonDescription(key="unload", translation_key="unload", press_fn=lambda hub: hub.unload()),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: HomelabConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """The buttons of a hub, or of the changes of a repository that wait for a yes."""
    match entry.runtime_data:
        case HubData(ollama=ollama):
            async_add_entities(HubButton(ollama, description) for description in BUTTONS)
        case RepositoryData() as repository:
            decisions = await async_import_module(hass, f"{__package__}.change_buttons")
            decisions.async_add_decisions(hass, entry, repository, async_add_entities)


class HubButton(HomelabEntity[HubCoordinator], ButtonEntity):
    """A button of a hub."""

    entity_description: HubButtonDescription

    @override
    async def async_press(self) -> None:
        try:
            await self.entity_description.press_fn(self.coordinator.hub)
        except HomelabError as error:
            raise translated(error, self.hass.data[HOUSEHOLD].speech) from error
        await self.coordinator.async_request_refresh()
