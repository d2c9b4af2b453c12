"""Lines of the logbook: what happened to findings, applications and changes."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.logbook.const import LOGBOOK_ENTRY_ENTITY_ID, LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN, EVENT_APPLICATION, EVENT_CHANGE, EVENT_FINDING

type Describe = Callable[[Event[dict[str, Any]]], dict[str, Any]]


@callback
def async_describe_events(hass: HomeAssistant, async_describe_event: Callable[[str, str, Describe], None]) -> None:
    """Say how our events are read."""

    def named(entity: str, event_type: str) -> str:
        """The type of an event in Home Assistant's language."""
        known = async_get_cached_translations(hass, hass.config.language, "entity", DOMAIN)
        key = f"component.{DOMAIN}.entity.event.{entity}.state_attributes.event_type.state.{event_type}"
        return known.get(key, event_type)

    def line(event: Event[dict[str, Any]], entity: str, about: str) -> dict[str, Any]:
        return {
            LOGBOOK_ENTRY_NAME: event.data["cluster"],
            LOGBOOK_ENTRY_MESSAGE: f"{named(entity, event.data['event_type'])}: {about}",
            LOGBOOK_ENTRY_ENTITY_ID: event.data[ATTR_ENTITY_ID],
        }

    @callback
    def finding(event: Event[dict[str, Any]]) -> dict[str, Any]:
        return line(event, "finding", event.data["message"])

    @callback
    def application(event: Event[dict[str, Any]]) -> dict[str, Any]:
        return line(event, "application", event.data["name"])

    @callback
    def change(event: Event[dict[str, Any]]) -> dict[str, Any]:
        # Activity calls the line by its entity, beside one of its own for the step: what changed stands in the message.
        return {
            LOGBOOK_ENTRY_NAME: event.data["repository"],
            LOGBOOK_ENTRY_MESSAGE: f"{event.data['change']}, {event.data['message']}",
            LOGBOOK_ENTRY_ENTITY_ID: event.data[ATTR_ENTITY_ID],
        }

    async_describe_event(DOMAIN, EVENT_CHANGE, change)
    async_describe_event(DOMAIN, EVENT_FINDING, finding)
    async_describe_event(DOMAIN, EVENT_APPLICATION, application)
