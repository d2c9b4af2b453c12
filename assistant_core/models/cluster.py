"""What runs in a cluster, as much of it as we speak of. Times are UTC; messages are text from elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from .application import Application
from .finding import Owner


@dataclass(frozen=True, slots=True)
class Complaint:
    """What an object says is wrong with it; `since` is None where it does not say."""

    type: str
    reason: str
    message: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A machine of the cluster; `complaints` are its conditions that are not as they should be."""

    name: str
    ready: bool
    schedulable: bool
    version: str
    complaints: tuple[Complaint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A Deployment, StatefulSet or DaemonSet: how many pods it wants and how many are ready.

    `images` are those of its `containers`, in their order. `application` is the Argo CD Application that owns it, if it
    says so.
    """

    kind: str
    namespace: str
    name: str
    wanted: int
    ready: int
    images: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]
    application: str | None
    created: datetime | None
    containers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A pod; `complaints` are what its containers and conditions say is wrong, `type` names the container or step."""

    namespace: str
    name: str
    owner: Owner | None
    phase: str
    ready: bool
    node: str | None
    restarts: int
    complaints: tuple[Complaint, ...]
    created: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A PersistentVolumeClaim."""

    namespace: str
    name: str
    phase: str
    storage_class: str | None
    created: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A Job; `failure` is why it gave up, None if it did not."""

    namespace: str
    name: str
    owner: Owner | None
    failure: Complaint | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CronJob:
    """A CronJob; `succeeded` is when a job of it last did."""

    namespace: str
    name: str
    suspended: bool
    succeeded: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningEvent:
    """An Event of type Warning about an object."""

    kind: str
    namespace: str
    name: str
    reason: str
    message: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Everything our own checks look at."""

    cluster: str
    nodes: Iterable[Node] = ()
    workloads: Iterable[Workload] = ()
    pods: Iterable[Pod] = ()
    claims: Iterable[Claim] = ()
    jobs: Iterable[Job] = ()
    cron_jobs: Iterable[CronJob] = ()
    applications: Iterable[Application] = ()
    warnings: Iterable[WarningEvent] = field(default=(), repr=False)
