"""The household: its office, and what every service last said."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import override

from aiohttp import DummyCookieJar
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE, EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers.aiohttp_client import async_create_clientsession
from homeassistant.util.hass_dict import HassKey

from .assistant_core.errors import NotFound
from .assistant_core.models.application import Application
from .assistant_core.models.cluster import Node
from .assistant_core.models.finding import Finding
from .assistant_core.models.gpu import GpuHealth
from .assistant_core.models.hub import HubStatus
from .assistant_core.models.observation import Observation
from .assistant_core.models.watching import WhatChanged
from .assistant_core.ports import Homelab
from .assistant_core.speech import Speech
from .const import DOMAIN
from .data import ClusterData, HubData
from .office import Office, async_open


class Household(Homelab):
    """Once per Home Assistant; `office` is None while no entry is set up.

    `session` keeps no cookies, so that clusters share nothing. It is no entry's own: that would be taken away from
    requests under way when the entry is unloaded.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        self.office: Office | None = None
        self.session = async_create_clientsession(hass, cookie_jar=DummyCookieJar())
        self._hass = hass
        self._users = 0
        self._lock = asyncio.Lock()
        self._opened_for: tuple[str, str] | None = None
        hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._async_config_changed)
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, self._async_stopped)

    async def async_enter(self) -> Office:
        """Open the office for one more entry. Raises JournalFailed."""
        async with self._lock:
            if self.office is None:
                self._opened_for = self._language_and_time_zone
                self.office = await async_open(self._hass)
            self._users += 1
            return self.office

    async def async_leave(self) -> None:
        """Close the office when the last entry is gone."""
        async with self._lock:
            self._users -= 1
            if not self._users:
                await self._async_close()

    @property
    def speech(self) -> tuple[Speech, ...]:
        """The languages we understand, Home Assistant's own first; none while no entry is set up."""
        return self.office.speech if self.office else ()

    @property
    def _language_and_time_zone(self) -> tuple[str, str]:
        return self._hass.config.language, self._hass.config.time_zone

    async def _async_config_changed(self, _: Event) -> None:
        """Begin anew with another language or time zone, for which the office has loaded its sentences."""
        if self.office is None or self._opened_for == self._language_and_time_zone:
            return
        entries = self._hass.config_entries
        ids = [entry.entry_id for entry in entries.async_loaded_entries(DOMAIN)]
        left = await asyncio.gather(*map(entries.async_unload, ids))
        await asyncio.gather(*(entries.async_setup(each) for each, gone in zip(ids, left, strict=True) if gone))

    async def _async_stopped(self, _: Event) -> None:
        async with self._lock:
            await self._async_close()

    async def _async_close(self) -> None:
        office, self.office = self.office, None
        if office is not None:
            await office.async_close()

    def _each[T](self, kind: type[T]) -> Iterator[T]:
        for entry in self._hass.config_entries.async_loaded_entries(DOMAIN):
            if isinstance(entry.runtime_data, kind):
                yield entry.runtime_data

    @override
    def hub(self) -> Observation[HubStatus] | None:
        return next((hub.ollama.observation for hub in self._each(HubData)), None)

    @override
    def gpus(self) -> Observation[tuple[GpuHealth, ...]] | None:
        return merged([hub.gpu.observation for hub in self._each(HubData) if hub.gpu is not None])

    @override
    def findings(self) -> Observation[tuple[Finding, ...]] | None:
        return merged([each.cluster.watch.observation for each in self._each(ClusterData)])

    @override
    def applications(self) -> Observation[tuple[Application, ...]] | None:
        """Where one cluster has neither Argo CD nor Flux, the others speak."""
        seen = [each.cluster.watch.applications for each in self._each(ClusterData)]
        return merged([each for each in seen if not isinstance(each.error, NotFound)] or seen)

    @override
    def nodes(self) -> Observation[tuple[Node, ...]] | None:
        return merged([each.cluster.watch.nodes for each in self._each(ClusterData)])

    @override
    async def what_changed(self, since: datetime) -> WhatChanged | None:
        told = [await each.cluster.watch.what_changed(since) for each in self._each(ClusterData)]
        return WhatChanged.merged(told) if told else None


def merged[T](observations: Sequence[Observation[tuple[T, ...]]]) -> Observation[tuple[T, ...]] | None:
    """Several services as one: what they last said, as old as the oldest, with the first failure; None of none."""
    if not observations:
        return None
    values = [each.value for each in observations if each.value is not None]
    failed = next((each for each in observations if each.error is not None), None)
    return Observation(
        value=tuple(item for value in values for item in value) if values else None,
        at=min((each.at for each in observations if each.at is not None), default=None),
        error=failed.error if failed else None,
        since=failed.since if failed else None,
    )


HOUSEHOLD: HassKey[Household] = HassKey(DOMAIN)
