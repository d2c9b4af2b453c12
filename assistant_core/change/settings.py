"""What a household may set about its change desk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from ..models.left_alone import LeftAlone
from .timing import Pace

if TYPE_CHECKING:
    from ..guard import Policy

VOICE_EXPIRY = timedelta(minutes=15)
EXPIRY = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much may be asked for: at once, and within an hour by everybody and by each person or device."""

    pending: int = 20
    hourly: int = 120
    hourly_each: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Settled proposals are kept for `age`, but never more than `most` of them and never fewer than the last `least`.

    The `least` outlive a clock that jumps ahead.
    """

    age: timedelta = timedelta(days=90)
    most: int = 500
    least: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSettings:
    """A proposal made by voice expires after `voice_expiry`, any other after `expiry`.

    `policy` is what the household allows (None: the guard's own), `left_alone` what changes of a repository leave
    alone, by its name; every change is held against them when it is planned and when it is sent off.
    """

    voice_expiry: timedelta = VOICE_EXPIRY
    expiry: timedelta = EXPIRY
    policy: Policy | None = None
    left_alone: Mapping[str, LeftAlone] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    retention: Retention = field(default_factory=Retention)
    pace: Pace = field(default_factory=Pace)
