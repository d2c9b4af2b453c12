"""Buttons: have the model that talks in memory, or out of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .assistant_core.errors import HomelabError
from .assistant_core.ollama import Hub
from .coordinator import HubCoordinator
from .data import HomelabConfigEntry, HubData
from .entity import HomelabEntity
from .errors import translated

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
    _: HomeAssistant, entry: HomelabConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """The buttons of a hub."""
    data = entry.runtime_data
    assert isinstance(data, HubData)  # noqa: S101 - only hubs have this platform
    async_add_entities(HubButton(data.ollama, description) for description in BUTTONS)


class HubButton(HomelabEntity[HubCoordinator], ButtonEntity):
    """A button of a hub."""

    entity_description: HubButtonDescription

    @override
    async def async_press(self) -> None:
        try:
            await self.entity_description.press_fn(self.coordinator.hub)
        except HomelabError as error:
            raise translated(error) from error
        await self.coordinator.async_request_refresh()
