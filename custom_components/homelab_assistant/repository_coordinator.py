"""The coordinator of a GitOps repository."""

from collections.abc import Callable
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .assistant_core.errors import HomelabError
from .assistant_core.forge import RepositoryInfo
from .assistant_core.gitops import Index, Workload
from .assistant_core.logs import EventLog
from .const import CONF_REPOSITORY, REPOSITORY_INTERVAL
from .coordinator import HomelabCoordinator
from .forge_pauses import async_keeping_pause
from .repository_clients import CheckedForge

_EVENTS = EventLog(__name__)


class RepositoryCoordinator(HomelabCoordinator[RepositoryInfo]):
    """A GitOps repository, looked at now and then so that a lost token is noticed before somebody says yes.

    `learn` is told what it deploys; reading that may take long, so nobody waits for it.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        forge: CheckedForge,
        learn: Callable[[str, tuple[Workload, ...]], None],
    ) -> None:
        super().__init__(hass, entry, "repository", REPOSITORY_INTERVAL)
        self.repository: str = entry.data[CONF_REPOSITORY]
        self._forge = forge
        self._learn = learn

    @override
    async def _async_read(self) -> RepositoryInfo:
        async with async_keeping_pause(self.hass, self.config_entry.data):
            info = await self._forge.check()
        self.config_entry.async_create_background_task(self.hass, self._async_learn(), f"{self.name} workloads")
        return info

    async def _async_learn(self) -> None:
        try:
            async with async_keeping_pause(self.hass, self.config_entry.data):
                snapshot = await self._forge.snapshot()
        except HomelabError as error:
            _EVENTS.debug("workloads-unknown", "The workloads of %s are not known: %s", self.repository, error)
        else:
            index = await self.hass.async_add_executor_job(Index.of, snapshot)
            self._learn(self.repository, index.workloads)
