"""Until when the servers of repositories asked us to wait: kept for set-up and poll alike, also over a restart."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any

from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .assistant_core.errors import RateLimited
from .const import CONF_API_URL, CONF_APP_ID, CONF_REPOSITORY, DOMAIN

_VERSION = 1
_PAUSES: HassKey[_ForgePauses] = HassKey(f"{DOMAIN}_forge_pauses")


class _ForgePauses:
    """The ends of all pauses (UTC), by server and login."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._store: Store[dict[str, str]] = Store(hass, _VERSION, f"{DOMAIN}.forge_pauses")
        self._ends: dict[str, datetime] = {}

    async def async_load(self) -> None:
        for key, end in (await self._store.async_load() or {}).items():
            if at := dt_util.parse_datetime(end):
                self._ends[key] = at

    def end(self, data: Mapping[str, Any]) -> datetime | None:
        return self._ends.get(_key(data))

    async def async_keep(self, data: Mapping[str, Any], end: datetime) -> None:
        """Remember a pause, and forget those that are over."""
        now = dt_util.utcnow()
        self._ends = {key: at for key, at in {**self._ends, _key(data): end}.items() if at > now}
        await self._store.async_save({key: at.isoformat() for key, at in self._ends.items()})


async def async_pause_end(hass: HomeAssistant, data: Mapping[str, Any]) -> datetime | None:
    """Until when the server of what an entry describes asked us to wait; None: it did not."""
    return (await _async_pauses(hass)).end(data)


@asynccontextmanager
async def async_keeping_pause(hass: HomeAssistant, data: Mapping[str, Any]) -> AsyncIterator[None]:
    """Ask the server within this, so that a wait it asks for is remembered."""
    try:
        yield
    except RateLimited as error:
        if error.retry_at is not None:
            await (await _async_pauses(hass)).async_keep(data, error.retry_at)
        raise


@singleton(_PAUSES, async_=True)
async def _async_pauses(hass: HomeAssistant) -> _ForgePauses:
    pauses = _ForgePauses(hass)
    await pauses.async_load()
    return pauses


def _key(data: Mapping[str, Any]) -> str:
    """Where it is and who asks; a limit is one of a login, of which only a digest is kept."""
    where = data.get(CONF_URL) or f"{data.get(CONF_API_URL)} {data[CONF_REPOSITORY]}"
    login = str(data.get(CONF_TOKEN) or data.get(CONF_APP_ID))
    return sha256(f"{where.lower()} {login}".encode()).hexdigest()[:16]
