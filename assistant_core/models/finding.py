"""A problem in the cluster that somebody should hear of."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Category(StrEnum):
    """What a problem is about, most telling first: of several reasons the earlier one is the cause."""

    IMAGE = "image"
    STORAGE = "storage"
    SCHEDULING = "scheduling"
    CONFIG = "config"
    CRASH = "crash"
    NETWORK = "network"
    NODE = "node"
    OTHER = "other"


class Severity(StrEnum):
    """How much it matters, worst first."""

    CRITICAL = "critical"  # something does not run
    WARNING = "warning"  # it runs worse than it should
    INFO = "info"  # worth knowing


class Source(StrEnum):
    """Who noticed."""

    K8SGPT = "k8sgpt"
    CHECK = "check"  # one of our own


class FindingState(StrEnum):
    """Where a finding stands."""

    NEW = "new"  # there, but not for long enough to alarm anybody
    OPEN = "open"
    SNOOZED = "snoozed"  # somebody wants to hear of it later
    DISMISSED = "dismissed"  # somebody said that it is not a problem
    MUTED = "muted"  # nobody wants to hear of its namespace
    CLEARED = "cleared"


class Owner(NamedTuple):
    """The workload that an object belongs to."""

    kind: str
    name: str


class Finding(NamedTuple):
    """One problem of one object.

    `id` names the problem and survives new explanations and restarts. `errors` are the analyzer's texts, with names
    masked by k8sgpt left masked. `explanation` is model text ("" when there is none): untrusted, shown as text only.
    `times_seen` counts how often it came. Times are UTC; `last_seen` is None while it is there.
    """

    id: str
    cluster: str
    kind: str
    namespace: str | None
    name: str
    errors: tuple[str, ...]
    explanation: str
    first_seen: datetime
    owner: Owner | None = None
    category: Category = Category.OTHER
    severity: Severity = Severity.WARNING
    sources: tuple[Source, ...] = (Source.K8SGPT,)
    last_seen: datetime | None = None
    times_seen: int = 1
    state: FindingState = FindingState.OPEN


class FindingEvent(StrEnum):
    """What happened to a finding."""

    OPENED = "opened"
    CHANGED = "changed"
    CLEARED = "cleared"


class FindingChange(NamedTuple):
    """A finding that was opened, changed or cleared."""

    event: FindingEvent
    finding: Finding
