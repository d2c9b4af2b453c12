"""The options of a cluster: how long something must last before anybody hears of it, and when nobody wants to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Self

from homeassistant.util import dt as dt_util

from .assistant_core.cluster import Patience

ALARMS = "alarms"
CONF_PERSISTENCE = "persistence"
CONF_REPAIR_AFTER = "repair_after"
CONF_QUIET_FROM = "quiet_from"
CONF_QUIET_TO = "quiet_to"

_MINUTE = timedelta(minutes=1)
PERSISTENCE = Patience().persistence
REPAIR_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterOptions:
    """What a household chose for a cluster.

    A finding alarms after `persistence` and becomes a repair after `repair_after`. Nobody wants to be told aloud during
    `quiet`, which may span midnight.
    """

    persistence: timedelta = PERSISTENCE
    repair_after: timedelta = REPAIR_AFTER
    quiet: tuple[time, time] | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """As a config entry remembers them."""
        alarms = options.get(ALARMS, {})
        begins, ends = (dt_util.parse_time(alarms.get(name, "")) for name in (CONF_QUIET_FROM, CONF_QUIET_TO))
        return cls(
            persistence=alarms.get(CONF_PERSISTENCE, PERSISTENCE / _MINUTE) * _MINUTE,
            repair_after=alarms.get(CONF_REPAIR_AFTER, REPAIR_AFTER / _MINUTE) * _MINUTE,
            quiet=(begins, ends) if begins and ends else None,
        )

    @property
    def patience(self) -> Patience:
        """As the watch wants it."""
        return Patience(persistence=self.persistence)

    def is_quiet(self, now: datetime) -> bool:
        """Whether nobody wants to be told aloud at that local time."""
        if self.quiet is None:
            return False
        begins, ends = self.quiet
        at = now.time()
        return begins <= at < ends if begins <= ends else at >= begins or at < ends
