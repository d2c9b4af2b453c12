"""What is remembered of a cluster's findings over restarts. Times are UTC."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .finding import Category, Finding, FindingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A finding from when it came to when it went; one that soon comes back is the same episode.

    `changed` is when it last came or went.
    """

    finding: Finding
    changed: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the history: what happened to a finding, and when."""

    at: datetime
    event: FindingEvent
    finding: Finding


class SilenceKind(StrEnum):
    """Why a finding is not spoken of."""

    SNOOZE = "snooze"  # one finding, until a time
    DISMISSAL = "dismissal"  # one finding, while its errors are those
    MUTE = "mute"  # everything in a namespace


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A person's wish not to hear of something.

    `about` is a finding's id, or for a mute the namespace ("" for what lies in none). `until` ends a snooze. `errors`
    are the hashes of the texts that a dismissal is about, of `category`.
    """

    kind: SilenceKind
    cluster: str
    about: str
    since: datetime
    until: datetime | None = None
    errors: tuple[str, ...] = ()
    category: Category | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recollection:
    """What is known of a cluster from before; `known` is False for one that was never looked at."""

    known: bool = False
    episodes: tuple[Episode, ...] = ()
    silences: tuple[Silence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long something must last to alarm, until its return is a new episode, and how long its count is kept."""

    persistence: timedelta = timedelta(seconds=60)
    damping: timedelta = timedelta(minutes=10)
    memory: timedelta = timedelta(days=1)
