"""What a service last said, and whether it still says so."""

from dataclasses import dataclass
from datetime import datetime

from ..errors import HomelabError


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation[T]:
    """The last known state of a service.

    `value` and `at` (UTC) are of the last success, None before the first. `error` is why the service does not answer
    now, `since` (UTC) when that began; both None while all is well.
    """

    value: T | None = None
    at: datetime | None = None
    error: HomelabError | None = None
    since: datetime | None = None
