"""What the panel shows, kept up to date over a WebSocket connection: everything first, then only what differs."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .const import DOMAIN
from .coordinator import HomelabCoordinator
from .data import ClusterData, HubData, RepositoryData
from .household import HOUSEHOLD

PACE = 0.25  # seconds between two messages of a feed; what happens meanwhile goes into one


class Feed[T]:
    """Sends what `read` returns, by key, as `show` tells it."""

    def __init__(
        self,
        hass: HomeAssistant,
        connection: ActiveConnection,
        message_id: int,
        *,
        read: Callable[[], Mapping[str, T]],
        show: Callable[[T], dict[str, Any]],
    ) -> None:
        self._hass = hass
        self._connection = connection
        self._message_id = message_id
        self._read = read
        self._show = show
        self._sent: Mapping[str, T] = {}
        self._due: CALLBACK_TYPE | None = None

    @callback
    def async_start(self) -> None:
        """Answer the command, send everything and go on until the connection ends the subscription."""
        stop = async_listen(self._hass, self._nudge)

        @callback
        def end() -> None:
            stop()
            if self._due is not None:
                self._due()

        self._connection.subscriptions[self._message_id] = end
        self._connection.send_result(self._message_id)
        self._sent = self._read()
        self._send(self._sent, [], everything=True)

    @callback
    def _nudge(self) -> None:
        if self._due is None:
            self._due = self._hass.loop.call_later(PACE, self._catch_up).cancel

    @callback
    def _catch_up(self) -> None:
        self._due = None
        known, self._sent = self._sent, self._read()
        changed = {key: item for key, item in self._sent.items() if key not in known or known[key] != item}
        gone = [key for key in known if key not in self._sent]
        if changed or gone:
            self._send(changed, gone)

    @callback
    def _send(self, changed: Mapping[str, T], gone: list[str], *, everything: bool = False) -> None:
        shown = {key: self._show(item) for key, item in changed.items()}
        self._connection.send_event(self._message_id, {"all": everything, "changed": shown, "gone": gone})


@callback
def async_listen(hass: HomeAssistant, news: Callable[[], None]) -> CALLBACK_TYPE:
    """Call back when anything that the household knows may have changed, whatever entries come and go."""
    stops: list[CALLBACK_TYPE] = []

    @callback
    def detach() -> None:
        while stops:
            stops.pop()()

    @callback
    def attach() -> None:
        detach()
        stops.extend(each.async_add_listener(news) for each in _coordinators(hass))
        if office := hass.data[HOUSEHOLD].office:
            stops.append(office.desk.subscribe(lambda _: news()))

    @callback
    def entry_changed(_: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == DOMAIN:
            attach()
            news()

    attach()
    stop_entries = async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, entry_changed)

    @callback
    def stop() -> None:
        stop_entries()
        detach()

    return stop


def _coordinators(hass: HomeAssistant) -> Iterator[HomelabCoordinator[Any]]:
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        match entry.runtime_data:
            case HubData(ollama=ollama, gpu=gpu):
                yield ollama
                if gpu is not None:
                    yield gpu
            case ClusterData(cluster=cluster):
                yield cluster
            case RepositoryData(repository=repository):
                yield repository
