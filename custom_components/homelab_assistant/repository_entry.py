"""The config entry of a GitOps repository."""

from functools import partial

from homeassistant.core import HomeAssistant

from .change_options import ChangeOptions
from .change_telling import async_tell
from .change_webhook import async_listen_to_forge
from .const import CONF_REPOSITORY
from .data import HomelabConfigEntry, RepositoryData
from .forge_pauses import async_pause_end
from .office import Office
from .repository_clients import forge
from .repository_coordinator import RepositoryCoordinator


async def async_connect(hass: HomeAssistant, entry: HomelabConfigEntry, office: Office) -> RepositoryData:
    """Connect it. Raises HomelabError for settings that cannot serve."""
    pauses = (office.desk.asked_to_wait(entry.data[CONF_REPOSITORY]), await async_pause_end(hass, entry.data))
    where = forge(hass, entry.data, retry_at=max((end for end in pauses if end), default=None))
    coordinator = RepositoryCoordinator(hass, entry, where, office.know)
    await coordinator.async_refresh()
    entry.async_on_unload(partial(office.know, coordinator.repository, ()))
    entry.async_on_unload(office.mind(coordinator.repository, ChangeOptions.of(entry.options)))
    entry.async_on_unload(office.desk.attach(coordinator.repository, where))
    data = RepositoryData(office=office, repository=coordinator)
    entry.async_on_unload(async_tell(hass, entry, data))
    if ignore := async_listen_to_forge(hass, entry, data):
        entry.async_on_unload(ignore)
    return data
