"""Quiet hours: while they last nothing is said aloud. They may span midnight."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, Self

from homeassistant.util import dt as dt_util

CONF_QUIET_FROM = "quiet_from"
CONF_QUIET_TO = "quiet_to"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begins` until just before `ends`, local time; never without both."""

    begins: time | None = None
    ends: time | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """As a section of a config entry's options remembers them."""
        return cls(*(dt_util.parse_time(options.get(name, "")) for name in (CONF_QUIET_FROM, CONF_QUIET_TO)))

    def hold(self, now: time) -> bool:
        """Whether it is quiet at that local time."""
        if self.begins is None or self.ends is None:
            return False
        if self.begins <= self.ends:
            return self.begins <= now < self.ends
        return now >= self.begins or now < self.ends
