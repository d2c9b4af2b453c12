"""The house as it is exposed to Assist: what a person may speak of, and how it is now."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, override

from homeassistant.components.conversation import DOMAIN as CONVERSATION_DOMAIN
from homeassistant.components.homeassistant.exposed_entities import async_listen_entity_updates, async_should_expose
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.components.sensor import async_rounded_state
from homeassistant.components.sensor.const import SensorDeviceClass
from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_UNIT_OF_MEASUREMENT, EVENT_STATE_CHANGED
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers import (
    area_registry as ar,
)
from homeassistant.helpers import (
    device_registry as dr,
)
from homeassistant.helpers import (
    entity_registry as er,
)
from homeassistant.helpers import (
    floor_registry as fr,
)
from homeassistant.helpers import (
    intent,
)
from homeassistant.helpers.translation import async_translate_state
from homeassistant.util import dt as dt_util

from .assistant_core.models.house import Entity
from .assistant_core.ports import House

REGISTRIES = (
    ar.EVENT_AREA_REGISTRY_UPDATED,
    dr.EVENT_DEVICE_REGISTRY_UPDATED,
    er.EVENT_ENTITY_REGISTRY_UPDATED,
    fr.EVENT_FLOOR_REGISTRY_UPDATED,
)
MOST_BRIGHTNESS = 255
DETAILS: Mapping[str, Callable[[Any], str]] = {
    "brightness": lambda value: f"{value * 100 // MOST_BRIGHTNESS} % bright",
    "current_position": "{} % open".format,
    "percentage": "{} %".format,
    "current_temperature": "{}° now".format,
    "temperature": "{}°".format,
    "media_title": "playing {}".format,
}


class ExposedHouse(House):
    """What is exposed; looked through again only after something was added, renamed, moved or exposed."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._known: tuple[Entity, ...] | None = None
        self._stops: list[CALLBACK_TYPE] = [
            *(hass.bus.async_listen(event, self._forget) for event in REGISTRIES),
            hass.bus.async_listen(EVENT_STATE_CHANGED, self._forget, event_filter=_came_or_went),
            async_listen_entity_updates(hass, CONVERSATION_DOMAIN, self._forget),
        ]

    @callback
    def async_stop(self) -> None:
        """Listen no longer."""
        while self._stops:
            self._stops.pop()()

    @callback
    def _forget(self, _: Event[Any] | None = None) -> None:
        self._known = None

    @override
    def entities(self) -> tuple[Entity, ...]:
        if self._known is None:
            self._known = tuple(_exposed(self._hass))
        return self._known

    @override
    def state(self, entity_id: str) -> str | None:
        state = self._hass.states.get(entity_id)
        return ", ".join(_told(self._hass, state)) if state else None


@callback
def _came_or_went(data: EventStateChangedData) -> bool:
    return data["old_state"] is None or data["new_state"] is None


def _exposed(hass: HomeAssistant) -> Iterator[Entity]:
    registry = er.async_get(hass)
    for state in sorted(hass.states.async_all(), key=lambda state: state.entity_id):
        if async_should_expose(hass, CONVERSATION_DOMAIN, state.entity_id):
            entry = registry.async_get(state.entity_id)
            area, floor = _place(hass, entry)
            yield Entity(
                entity_id=state.entity_id,
                names=tuple(intent.async_get_entity_aliases(hass, entry, state=state, allow_empty=False)),
                domain=state.domain,
                area=area,
                floor=floor,
                device_class=state.attributes.get(ATTR_DEVICE_CLASS),
            )


def _place(hass: HomeAssistant, entry: er.RegistryEntry | None) -> tuple[str | None, str | None]:
    """The names of an entity's area and floor; its own area wins over that of its device."""
    area_id = entry.area_id if entry else None
    if entry and area_id is None:
        area_id = _device_area_id(hass, entry.device_id)
    area = ar.async_get(hass).async_get_area(area_id) if area_id else None
    floor = fr.async_get(hass).async_get_floor(area.floor_id) if area and area.floor_id else None
    return area.name if area else None, floor.name if floor else None


def _device_area_id(hass: HomeAssistant, device_id: str | None) -> str | None:
    device = dr.async_get(hass).async_get(device_id) if device_id else None
    return dr.async_get_effective_area_id(hass, device) if device else None


def device_area(hass: HomeAssistant, device_id: str | None) -> str | None:
    """The name of the area that a device is in."""
    area_id = _device_area_id(hass, device_id)
    area = ar.async_get(hass).async_get_area(area_id) if area_id else None
    return area.name if area else None


def _told(hass: HomeAssistant, state: State) -> Iterator[str]:
    """How something is: its state as the user interface shows it, then the details that people ask for."""
    value = state.state
    if unit := state.attributes.get(ATTR_UNIT_OF_MEASUREMENT):
        yield f"{async_rounded_state(hass, state.entity_id, state)} {unit}"
    elif state.attributes.get(ATTR_DEVICE_CLASS) == SensorDeviceClass.TIMESTAMP and (
        moment := dt_util.parse_datetime(value)
    ):
        yield dt_util.as_local(moment).isoformat(" ", "minutes")
    elif state.domain == SENSOR_DOMAIN:
        yield async_rounded_state(hass, state.entity_id, state)
    else:
        entry = er.async_get(hass).async_get(state.entity_id)
        translate = partial(async_translate_state, hass, value, state.domain)
        device_class = state.attributes.get(ATTR_DEVICE_CLASS)
        if entry is None:
            yield translate(None, None, device_class)
        else:
            yield translate(entry.platform, entry.translation_key, device_class)
    for name, tell in DETAILS.items():
        if (detail := state.attributes.get(name)) is not None:
            yield tell(detail)
