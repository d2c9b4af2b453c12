"""What shall be, in small typed slots: never how a file is written.

Every plan has an `operation`, by which it is known again after it was saved. `name` is any name by which the workload
is known; `namespace` and `kind` narrow it when given.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfApp:
    """What every plan is about."""

    name: str
    namespace: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetReplicas(_OfApp):
    """Run a workload with `replicas` pods."""

    replicas: int
    operation: Literal["set_replicas"] = "set_replicas"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart(_OfApp):
    """Replace a workload's pods, one after the other; `at` is the time (RFC 3339) that marks it, now when left out."""

    at: str | None = None
    operation: Literal["restart"] = "restart"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetImage(_OfApp):
    """Run another image: a new `tag` of the same, or a whole `image`."""

    tag: str | None = None
    image: str | None = None
    container: str | None = None
    operation: Literal["set_image"] = "set_image"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetResources(_OfApp):
    """What a container asks for and may use at most, as Kubernetes quantities ("500m", "2Gi")."""

    cpu_request: str | None = None
    memory_request: str | None = None
    cpu_limit: str | None = None
    memory_limit: str | None = None
    container: str | None = None
    operation: Literal["set_resources"] = "set_resources"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetEnv(_OfApp):
    """Give an environment variable a value; None takes it away."""

    variable: str
    value: str | None
    container: str | None = None
    operation: Literal["set_env"] = "set_env"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetChartVersion(_OfApp):
    """Take another version of a Helm chart."""

    version: str
    operation: Literal["set_chart_version"] = "set_chart_version"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStorage(_OfApp):
    """Ask for a larger volume; `volume` names it where there are several."""

    size: str
    volume: str | None = None
    operation: Literal["set_storage"] = "set_storage"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStorageClass(_OfApp):
    """Take a volume from another storage class; `volume` names it where there are several."""

    storage_class: str
    volume: str | None = None
    operation: Literal["set_storage_class"] = "set_storage_class"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetValue(_OfApp):
    """Set whatever stands at a path of keys ("ingress.hosts[0].host").

    The path begins at the Helm values for a chart, at the document otherwise.
    """

    path: str
    value: str | int | float | bool | None
    operation: Literal["set_value"] = "set_value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspend(_OfApp):
    """Let a CronJob, a HelmRelease or a Flux Kustomization rest."""

    operation: Literal["suspend"] = "suspend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(_OfApp):
    """Wake what was suspended."""

    operation: Literal["resume"] = "resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddApp(_OfApp):
    """Run something new from one of our templates.

    `port` is where a web app listens, `host` the name of its Ingress, `storage` the size of its volume, `mount` where
    that is mounted, `schedule` when a CronJob runs, and `command` what that or a web app runs.
    """

    template: Literal["web", "redis", "postgresql", "cronjob"]
    image: str | None = None
    port: int | None = None
    host: str | None = None
    storage: str | None = None
    mount: str | None = None
    schedule: str | None = None
    command: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    operation: Literal["add_app"] = "add_app"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveApp(_OfApp):
    """Take an app out, with everything that belongs to it alone."""

    operation: Literal["remove_app"] = "remove_app"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVm(_OfApp):
    """Give a virtual machine other hardware: `cores`, `memory` in MiB, `disk` in GiB."""

    cores: int | None = None
    memory: int | None = None
    disk: int | None = None
    operation: Literal["set_vm"] = "set_vm"


type ChangePlan = (
    SetReplicas
    | Restart
    | SetImage
    | SetResources
    | SetEnv
    | SetChartVersion
    | SetStorage
    | SetStorageClass
    | SetValue
    | Suspend
    | Resume
    | AddApp
    | RemoveApp
    | SetVm
)

PLANS: dict[str, type[Any]] = {
    "set_replicas": SetReplicas,
    "restart": Restart,
    "set_image": SetImage,
    "set_resources": SetResources,
    "set_env": SetEnv,
    "set_chart_version": SetChartVersion,
    "set_storage": SetStorage,
    "set_storage_class": SetStorageClass,
    "set_value": SetValue,
    "suspend": Suspend,
    "resume": Resume,
    "add_app": AddApp,
    "remove_app": RemoveApp,
    "set_vm": SetVm,
}
"""Every kind of plan by its operation."""


def settled(plan: ChangePlan, at: datetime) -> ChangePlan:
    """The plan with everything in it that depends on the time, so that it comes to the same edit again later."""
    if isinstance(plan, Restart) and plan.at is None:
        return replace(plan, at=at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    return plan
