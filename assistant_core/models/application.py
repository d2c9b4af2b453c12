"""What Argo CD or Flux says of what it deploys, in the words of Argo CD.

Its enums are not enforced by the API: what we do not know is UNKNOWN.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SyncStatus(StrEnum):
    """Whether the cluster is as the repository says."""

    SYNCED = "Synced"
    OUT_OF_SYNC = "OutOfSync"
    UNKNOWN = "Unknown"


class HealthStatus(StrEnum):
    """How what was deployed fares."""

    HEALTHY = "Healthy"
    PROGRESSING = "Progressing"
    DEGRADED = "Degraded"
    SUSPENDED = "Suspended"
    MISSING = "Missing"
    UNKNOWN = "Unknown"


class OperationPhase(StrEnum):
    """How the last synchronisation went."""

    RUNNING = "Running"
    TERMINATING = "Terminating"
    FAILED = "Failed"
    ERROR = "Error"
    SUCCEEDED = "Succeeded"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """The last synchronisation; `revisions` are what it brought, `finished` is None while it runs."""

    phase: OperationPhase
    message: str
    revisions: tuple[str, ...]
    finished: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A line of an application's history."""

    id: int
    revisions: tuple[str, ...]
    at: datetime


class Reach(StrEnum):
    """Which files of a folder count."""

    FLAT = "flat"  # those right in it
    TREE = "tree"  # all below it
    OVERLAY = "overlay"  # all below it, and the bases beside it


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSource:
    """Files of a git repository that something is deployed from.

    `repository` is its URL or, for Flux, the object that knows it, such as `GitRepository/flux-system/home`. `folder`
    ("" for the whole; None for none) and `files` are paths from its root.
    """

    repository: str
    folder: str | None
    reach: Reach = Reach.TREE
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An Argo CD Application, or a Kustomization or HelmRelease of Flux, as `kind` says.

    `compared` are the revisions it was compared with, which need not be deployed. `history` is oldest first.
    `conditions` are its complaints, as `(type, message)`: text from elsewhere.
    """

    namespace: str
    name: str
    project: str
    destination: str
    sync: SyncStatus
    health: HealthStatus
    compared: tuple[str, ...]
    operation: Operation | None
    history: tuple[Deployment, ...]
    conditions: tuple[tuple[str, str], ...]
    labels: tuple[tuple[str, str], ...] = ()
    kind: str = "Application"
    sources: tuple[FileSource, ...] = ()

    @property
    def revisions(self) -> frozenset[str]:
        """Every revision that it speaks of now."""
        return frozenset(self.compared + (self.operation.revisions if self.operation else ()))


class ApplicationEvent(StrEnum):
    """What happened to an application."""

    APPEARED = "appeared"
    REMOVED = "removed"
    SYNCED = "synced"
    OUT_OF_SYNC = "out_of_sync"
    SYNC_FAILED = "sync_failed"
    DEPLOYED = "deployed"
    HEALTHY = "healthy"
    PROGRESSING = "progressing"
    DEGRADED = "degraded"
    SUSPENDED = "suspended"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationChange:
    """Something that happened to an application, which is shown as it is after it."""

    event: ApplicationEvent
    application: Application
