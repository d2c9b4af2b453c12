"""How well a cluster is watched, and what happened in it. Times are UTC."""

from dataclasses import dataclass
from datetime import datetime

from ..errors import HomelabError
from .application import Deployment
from .episode import Entry


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
    """What happened in a cluster, oldest first: to its findings, and what was deployed."""

    findings: tuple[Entry, ...]
    deployed: tuple[Deployed, ...]
