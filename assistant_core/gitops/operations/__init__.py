"""One operation per file: a plan and an index in, a minimal edit out."""

from collections.abc import Callable
from typing import Any

from ...errors import Incomplete, InputInvalid
from ...models.plan import (
    AddApp,
    ChangePlan,
    RemoveApp,
    Restart,
    Resume,
    SetChartVersion,
    SetEnv,
    SetImage,
    SetReplicas,
    SetResources,
    SetStorage,
    SetStorageClass,
    SetValue,
    SetVm,
    Suspend,
)
from ..index import Index, naming
from ..spoken import plain
from .add_app import add_app
from .edit import Edit
from .remove_app import remove_app
from .restart import restart
from .set_chart_version import set_chart_version
from .set_env import set_env
from .set_image import set_image
from .set_replicas import set_replicas
from .set_resources import set_resources
from .set_storage import set_storage
from .set_storage_class import set_storage_class
from .set_value import set_value
from .set_vm import set_vm
from .suspending import resume, suspend

_OPERATIONS: dict[type[Any], Callable[[Any, Index], Edit]] = {
    SetReplicas: set_replicas,
    Restart: restart,
    SetImage: set_image,
    SetResources: set_resources,
    SetEnv: set_env,
    SetChartVersion: set_chart_version,
    SetStorage: set_storage,
    SetStorageClass: set_storage_class,
    SetValue: set_value,
    SetVm: set_vm,
    Suspend: suspend,
    Resume: resume,
    AddApp: add_app,
    RemoveApp: remove_app,
}

_OF_OPERATORS = (SetReplicas, SetImage, SetResources, SetStorage, SetValue, AddApp, SetVm)
_OF_THE_WHOLE = (SetReplicas, SetChartVersion, SetStorage, SetStorageClass, Suspend, Resume, RemoveApp)


def apply(plan: ChangePlan, index: Index) -> Edit:
    """The edit a plan comes to in this commit. Raises InputInvalid (and its subclasses), EditRefused."""
    if isinstance(plan, _OF_THE_WHOLE):
        _refuse_container(plan, index)
    if not isinstance(plan, _OF_OPERATORS):
        _refuse_custom(plan, index)
    return _OPERATIONS[type(plan)](plan, index)


def _refuse_container(plan: ChangePlan, index: Index) -> None:
    """Ask where a container is named and all that runs beside it would change. Raises Incomplete."""
    name = plan.name.rpartition("/")[2]
    for each in naming.matching(index.workloads, name):
        alone = len(each.containers) + len(each.helpers) == 1
        if naming.is_container(each, name) and not (alone and not isinstance(plan, RemoveApp)):
            raise Incomplete(
                f"{name} is a container of {each.label}. Say {each.label} if all of it is meant.",
                container=name,
                workload=each.label,
                name=each.name,
                reason="of_container",
            )


def _refuse_custom(plan: ChangePlan, index: Index) -> None:
    """An operator alone restarts and removes what it runs. Raises InputInvalid."""
    if isinstance(plan, Suspend | Resume) and any(
        each.kind == "Kustomization" and plain(each.name) == plain(plan.name) for each in index.deployment.owners
    ):
        return
    found = naming.narrowed(naming.matching(index.workloads, plan.name), plan.namespace, plan.kind)
    if found and all(each.is_custom and each.release is None for each in found):
        raise InputInvalid(
            f"{found[0].label} is a {found[0].kind} that an operator runs. I can change replicas, image, resources, "
            "storage, or the value at a path of its fields.",
            name=found[0].name,
            kind=found[0].kind,
            reason="operated",
        )
