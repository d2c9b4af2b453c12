"""A problem in the cluster that somebody should hear of."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One problem of one object.

    `id` names the problem and survives new explanations and restarts. `errors` are the analyzer's texts, with names
    masked by k8sgpt left masked. `explanation` is model text ("" when there is none): untrusted, shown as text only.
    Times are UTC.
    """

    id: str
    cluster: str
    kind: str
    namespace: str | None
    name: str
    errors: tuple[str, ...]
    explanation: str
    first_seen: datetime


class FindingEvent(StrEnum):
    """What happened to a finding."""

    OPENED = "opened"
    CHANGED = "changed"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingChange:
    """A finding that was opened, changed or cleared."""

    event: FindingEvent
    finding: Finding
