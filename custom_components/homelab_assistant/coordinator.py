"""Coordinators: one per outside service, whose data are the core's models."""

from abc import abstractmethod
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
import logging
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .assistant_core.errors import AuthenticationFailed, HomelabError
from .assistant_core.gpu import GpuExporter
from .assistant_core.logs import WithId
from .assistant_core.models.gpu import GpuHealth
from .assistant_core.models.hub import HubStatus
from .assistant_core.models.observation import Observation
from .assistant_core.ollama import Hub
from .const import (
    DOMAIN,
    GPU_HISTORY,
    HUB_INTERVAL,
    LONGEST_INTERVAL,
)

SERVICE_EVENTS = {logging.DEBUG: "service-asked", logging.INFO: "service-up", logging.WARNING: "service-down"}
"""The ids of what Home Assistant's coordinator writes, from which level on."""

_LOGGER = logging.getLogger(__name__)
_LOGGER.addFilter(WithId(SERVICE_EVENTS))

TELL_AFTER = 0.3  # seconds after a turn


@callback
def _ignore() -> None:
    """Listen without doing anything."""


class HomelabCoordinator[T](DataUpdateCoordinator[T]):
    """Reads one service and remembers what it last said, so that we can tell while it is down.

    A service that is down is asked less and less often.
    """

    config_entry: ConfigEntry

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, name: str, interval: timedelta) -> None:
        super().__init__(hass, _LOGGER, config_entry=entry, name=f"{entry.title} {name}", update_interval=interval)
        self.observation = Observation[T]()
        self._interval = interval
        # Sentences ask for the observation too, so it is kept fresh even when every entity is disabled.
        entry.async_on_unload(self.async_add_listener(_ignore))

    @callback
    def _bring_forward(self) -> None:
        self.config_entry.async_create_background_task(self.hass, self.async_request_refresh(), f"{self.name} refresh")

    @abstractmethod
    async def _async_read(self) -> T:
        """Ask the service. Raises HomelabError."""

    @override
    async def _async_update_data(self) -> T:
        try:
            data = await self._async_read()
        except HomelabError as error:
            since = self.observation.since or dt_util.utcnow()
            self.observation = replace(self.observation, error=error, since=since)
            longest = max(self._interval, LONGEST_INTERVAL)
            self.update_interval = min(2 * (self.update_interval or self._interval), longest)
            failure = ConfigEntryAuthFailed if isinstance(error, AuthenticationFailed) else UpdateFailed
            raise failure(
                str(error),
                translation_domain=DOMAIN,
                translation_key=error.exact_key,
                translation_placeholders=error.placeholders,
            ) from error
        self.observation = Observation(value=data, at=dt_util.utcnow())
        self.update_interval = self._interval
        return data


class HubCoordinator(HomelabCoordinator[HubStatus]):
    """Ollama: its version, the models it has and those it holds in memory; the hub's metrics are pushed."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, hub: Hub) -> None:
        super().__init__(hass, entry, "Ollama", HUB_INTERVAL)
        self.hub = hub
        self._failures = 0
        self._telling: CALLBACK_TYPE | None = None
        entry.async_on_unload(hub.listen(self._used))
        entry.async_on_unload(self._tell_no_more)

    @callback
    def _used(self) -> None:
        """Have the entities told, and bring the poll forward when a turn went otherwise than it makes expect.

        Nobody waits for their states as for an answer, so they come a moment after it.
        """
        failures = self.hub.metrics.failures
        failed, self._failures = failures > self._failures, failures
        if failed is self.last_update_success:
            self._bring_forward()
        if self._telling is None:
            self._telling = async_call_later(self.hass, TELL_AFTER, self._tell)

    @callback
    def _tell(self, _: datetime) -> None:
        self._telling = None
        self.async_update_listeners()

    @callback
    def _tell_no_more(self) -> None:
        if self._telling is not None:
            self._telling()

    @override
    async def _async_read(self) -> HubStatus:
        return await self.hub.status()


class GpuCoordinator(HomelabCoordinator[tuple[GpuHealth, ...]]):
    """The hub's graphics cards; `history` is what they said in the last hour, oldest first."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, exporter: GpuExporter) -> None:
        super().__init__(hass, entry, "GPU exporter", HUB_INTERVAL)
        self._exporter = exporter
        self.history: deque[tuple[datetime, tuple[GpuHealth, ...]]] = deque(maxlen=GPU_HISTORY // HUB_INTERVAL)

    @override
    async def _async_read(self) -> tuple[GpuHealth, ...]:
        cards = await self._exporter.read()
        self.history.append((dt_util.utcnow(), cards))
        return cards

    @callback
    def remember(self, before: Iterable[tuple[datetime, tuple[GpuHealth, ...]]]) -> None:
        """Put what was before the start, oldest first, before what came since."""
        since = tuple(self.history)
        self.history.clear()
        self.history.extend((*before, *since))
        self.async_update_listeners()
