"""Has the model in memory by the time somebody asks: when a person comes home."""

from homeassistant.components.zone import ENTITY_ID_HOME
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers.event import async_track_state_change_event

from .assistant_core.errors import HomelabError
from .assistant_core.logs import EventLog
from .coordinator import HubCoordinator

_EVENTS = EventLog(__name__)


@callback
def async_warm_up_when_home(hass: HomeAssistant, coordinator: HubCoordinator) -> CALLBACK_TYPE:
    """Load the model that talks whenever more people are at home than before; returns what ends it."""

    async def warm_up() -> None:
        try:
            await coordinator.hub.load()
        except HomelabError as error:
            _EVENTS.debug("warm-up-failed", "The model was not warmed up: %s", error)
        else:
            await coordinator.async_request_refresh()

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        if _people(event.data["new_state"]) > _people(event.data["old_state"]):
            coordinator.config_entry.async_create_background_task(hass, warm_up(), "homelab_assistant warm-up")

    return async_track_state_change_event(hass, ENTITY_ID_HOME, changed)


def _people(state: State | None) -> int:
    return int(state.state) if state is not None and state.state.isdecimal() else 0
