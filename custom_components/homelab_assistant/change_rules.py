"""Who may say yes in this house, and when: asked of Home Assistant anew each time."""

from collections.abc import Callable
from datetime import datetime
from typing import override

from homeassistant.const import STATE_ON, STATE_OPEN, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.util import dt as dt_util

from .assistant_core.change import DeskSettings, Limits, Pace
from .assistant_core.models.change import Requester
from .assistant_core.ports import Rights
from .change_options import ChangeOptions
from .requester import async_is_admin

PACE = Pace()
_PLAYING = "playing"
_ACTIVE = (STATE_ON, STATE_OPEN, _PLAYING)
_UNKNOWN = (STATE_UNAVAILABLE, STATE_UNKNOWN)


class HouseRules(Rights):
    """The people of the house, and what its repositories' options say; of several the strictest counts."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._options: dict[str, ChangeOptions] = {}

    def add(self, repository: str, options: ChangeOptions) -> Callable[[], None]:
        """Mind the options of a repository; returns how to forget them."""
        self._options[repository] = options

        def forget() -> None:
            self._options.pop(repository, None)

        return forget

    def of(self, repository: str) -> ChangeOptions:
        """The options of a repository, the usual ones while it is not set up."""
        return self._options.get(repository, ChangeOptions())

    @property
    def settings(self) -> DeskSettings:
        """What the desk minds."""
        known = tuple(self._options.values()) or (ChangeOptions(),)
        return DeskSettings(
            voice_expiry=min(each.voice_expiry for each in known),
            expiry=min(each.expiry for each in known),
            limits=Limits(
                pending=min(each.limits.pending for each in known),
                hourly=min(each.limits.hourly for each in known),
                hourly_each=min(each.limits.hourly_each for each in known),
            ),
            left_alone={repository: each.left_alone for repository, each in self._options.items()},
            pace=PACE,
        )

    def now(self) -> datetime:
        """The time (UTC)."""
        return dt_util.utcnow()

    @override
    async def is_admin(self, requester: Requester) -> bool:
        return await async_is_admin(self._hass, requester.user_id)

    @override
    def is_trusted(self, device_id: str) -> bool:
        options = self._options.values()
        return bool(options) and all(device_id in each.trusted for each in options)

    @override
    def closed_by(self, repository: str) -> str | None:
        for entity_id in self.of(repository).closed_while:
            state = self._hass.states.get(entity_id)
            if state is None or state.state in _UNKNOWN:
                if self._hass.state is not CoreState.running:
                    return state.name if state else entity_id  # it may come back as active
            elif state.state in _ACTIVE:
                return state.name
        return None
