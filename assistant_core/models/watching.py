"""How well a cluster is watched, and what happened in it. Times are UTC."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from ..errors import HomelabError
from .application import Deployment
from .episode import Entry
from .finding import Finding, FindingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchHealth:
    """One resource's watch: its `state` (see `WatchState`) and counts since the start.

    `skipped` objects could not be read, `lists` were read whole, `restarts` followed defects of ours.
    """

    resource: str
    state: str
    error: HomelabError | None
    since: datetime | None
    last_contact: datetime | None
    objects: int
    events: int
    lists: int
    skipped: int
    restarts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """An application was deployed."""

    namespace: str
    application: str
    deployment: Deployment


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatChanged:
    """What happened in a cluster or several, oldest first: to its findings, and what was deployed."""

    findings: tuple[Entry, ...] = ()
    deployed: tuple[Deployed, ...] = ()

    @classmethod
    def merged(cls, several: Iterable[Self]) -> Self:
        """What happened in several clusters."""
        told = tuple(several)
        findings = (entry for each in told for entry in each.findings)
        deployed = (each for some in told for each in some.deployed)
        return cls(
            findings=tuple(sorted(findings, key=lambda entry: entry.at)),
            deployed=tuple(sorted(deployed, key=lambda each: each.deployment.at)),
        )

    @property
    def came(self) -> tuple[Finding, ...]:
        """What was not there and is now."""
        return self._of(before=False, after=True)

    @property
    def solved(self) -> tuple[Finding, ...]:
        """What was there and is no more."""
        return self._of(before=True, after=False)

    @property
    def passed(self) -> tuple[Finding, ...]:
        """What came and went again."""
        return self._of(before=False, after=False)

    def _of(self, *, before: bool, after: bool) -> tuple[Finding, ...]:
        """The findings that were there at the begin and are there at the end, or not; as they were last."""
        first = {entry.finding.id: entry.event for entry in reversed(self.findings)}
        last = {entry.finding.id: entry for entry in self.findings}
        return tuple(
            entry.finding
            for key, entry in last.items()
            if (first[key] is not FindingEvent.OPENED) is before and (entry.event is not FindingEvent.CLEARED) is after
        )
