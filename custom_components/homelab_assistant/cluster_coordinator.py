"""The coordinator of a cluster: it asks whether the cluster is alive, a watch tells what happens in it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .assistant_core.cluster import ClusterWatch
from .assistant_core.errors import NotFound, PermissionDenied
from .assistant_core.kube import Cluster
from .assistant_core.logs import EventLog
from .assistant_core.models.application import ApplicationChange
from .assistant_core.models.finding import FindingChange
from .assistant_core.models.observation import Observation
from .assistant_core.ports import Ledger
from .cluster_options import ClusterOptions
from .const import CLUSTER_INTERVAL
from .coordinator import HomelabCoordinator

_EVENTS = EventLog(__name__)


class ClusterCoordinator(HomelabCoordinator[str]):
    """The version of a cluster proves that it is alive; everything else is pushed by a watch.

    `last_change` is when a finding or an application last changed since the start, None if none has.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, cluster: Cluster, ledger: Ledger) -> None:
        super().__init__(hass, entry, "Kubernetes", CLUSTER_INTERVAL)
        self._cluster = cluster
        self._complaint: str | None = None
        self.last_change: datetime | None = None
        self.options = ClusterOptions.of(entry.options)
        self.watch = ClusterWatch(cluster, ledger=ledger, patience=self.options.patience)
        self.watch.listen(self._watch_changed)
        self.watch.subscribe(self._happened)
        self.watch.subscribe_applications(self._happened)

    @callback
    def async_when_seen(self, observe: Callable[[], Observation[Any]], act: Callable[[], None]) -> None:
        """Act once something is there: what is not installed is not, what may not be read may be."""
        acted = False

        @callback
        def look() -> None:
            nonlocal acted
            seen = observe()
            if not acted and seen.value is not None and not isinstance(seen.error, NotFound):
                acted = True
                act()

        self.config_entry.async_on_unload(self.async_add_listener(look))
        look()

    @override
    async def _async_read(self) -> str:
        return await self._cluster.version()

    @callback
    def _happened(self, _: FindingChange | ApplicationChange) -> None:
        self.last_change = dt_util.utcnow()

    @callback
    def _watch_changed(self) -> None:
        """Tell the entities, and bring the poll forward when the watch sees the cluster otherwise than it does."""
        error = self.watch.observation.error
        refused = isinstance(error, PermissionDenied)
        if refused and self._complaint != str(error):
            self._complaint = str(error)
            _EVENTS.warning("findings-refused", "No findings from %s: %s", self.config_entry.title, error)
        elif error is None and self._complaint is not None:
            self._complaint = None
            _EVENTS.info("findings-back", "There are findings from %s again", self.config_entry.title)
        if self.watch.answered is not self.last_update_success:
            self._bring_forward()
        self.async_update_listeners()
