"""Changes of the repository that may mend a finding. A person fills in the value; the change desk only gets a draft."""

from collections.abc import Iterator
from enum import StrEnum
import re
from typing import Any

from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import probatio

from .assistant_core.cluster import ClusterWatch
from .assistant_core.models.change import ChangePlan, Restart, SetImage, SetReplicas, SetResources, SetStorageClass
from .assistant_core.models.cluster import Workload
from .assistant_core.models.finding import Category, Finding, Owner

KINDS = ("Deployment", "StatefulSet", "DaemonSet")
SCALABLE = ("Deployment", "StatefulSet")
CLAIM = "PersistentVolumeClaim"
OUT_OF_MEMORY = ("oomkilled", "out of memory", "memorypressure")
NO_ROOM = "insufficient memory"
MOST_REPLICAS = 1000


class Fix(StrEnum):
    """What can be changed; the value is the step of the fix flow that asks for it."""

    IMAGE = "image"
    MEMORY = "memory"
    MEMORY_REQUEST = "memory_request"
    REPLICAS = "replicas"
    RESTART = "restart"
    STORAGE_CLASS = "storage_class"


def subject(finding: Finding) -> Owner:
    """The workload that a finding is about, or else its object."""
    return finding.owner or Owner(finding.kind, finding.name)


def fixes(finding: Finding) -> tuple[Fix, ...]:
    """What may mend a finding, most likely first; nothing for what is no workload."""
    kind = subject(finding).kind
    if kind == CLAIM:
        return (Fix.STORAGE_CLASS,)
    return tuple(dict.fromkeys(_likely(finding, kind))) if kind in KINDS else ()


def _likely(finding: Finding, kind: str) -> Iterator[Fix]:
    text = "\n".join(finding.errors).lower()
    if any(word in text for word in OUT_OF_MEMORY):
        yield Fix.MEMORY
    if NO_ROOM in text:
        yield Fix.MEMORY_REQUEST
    match finding.category:
        case Category.IMAGE:
            yield Fix.IMAGE
        case Category.CRASH | Category.CONFIG:
            yield from (Fix.RESTART, Fix.IMAGE, Fix.MEMORY)
        case Category.SCHEDULING | Category.OTHER if kind in SCALABLE:
            yield Fix.REPLICAS
            if finding.category is Category.OTHER:
                yield from (Fix.RESTART, Fix.IMAGE)


def form(fix: Fix, finding: Finding, watch: ClusterWatch) -> probatio.Schema:
    """What a fix needs to know, filled in with how it is now where that is known."""
    workload = _workload(finding, watch)
    match fix:
        case Fix.IMAGE:
            return _asking("tag", TextSelector(), _tag(finding, workload))
        case Fix.MEMORY | Fix.MEMORY_REQUEST:
            return _asking("memory", TextSelector(), None)
        case Fix.REPLICAS:
            number = NumberSelectorConfig(min=0, max=MOST_REPLICAS, step=1, mode=NumberSelectorMode.BOX)
            return _asking("replicas", NumberSelector(number), workload.wanted if workload else None)
        case Fix.RESTART:
            return probatio.Schema({})
        case Fix.STORAGE_CLASS:
            return _asking_for_claim(finding, watch)


def _workload(finding: Finding, watch: ClusterWatch) -> Workload | None:
    about, workloads = subject(finding), watch.workloads.value or ()
    key = (about.kind, finding.namespace, about.name)
    return next((each for each in workloads if (each.kind, each.namespace, each.name) == key), None)


def _asking_for_claim(finding: Finding, watch: ClusterWatch) -> probatio.Schema:
    """Nothing tells whose claim it is, so that is asked, too; claims mostly bear the name of their workload."""
    names = sorted({each.name for each in watch.workloads.value or () if each.namespace == finding.namespace})
    likely = max((name for name in names if name in finding.name), key=len, default=None)
    claims = watch.claims.value or ()
    classes = sorted({each.storage_class for each in claims if each.storage_class and each.phase == "Bound"})
    suggestion = {"suggested_value": likely} if likely else None
    return probatio.Schema(
        {
            probatio.Required("workload", description=suggestion): _choosing(names),
            probatio.Required("storage_class"): _choosing(classes),
        }
    )


def _choosing(options: list[str]) -> SelectSelector:
    return SelectSelector(SelectSelectorConfig(options=options, custom_value=True, mode=SelectSelectorMode.DROPDOWN))


def _asking(field: str, selector: Any, now: object) -> probatio.Schema:
    suggestion = {"suggested_value": now} if now is not None else None
    return probatio.Schema({probatio.Required(field, description=suggestion): selector})


def _container(finding: Finding, workload: Workload | None) -> str | None:
    """The only one of several containers that a finding names; our own checks begin with it, k8sgpt says container=."""
    named = [
        name
        for name in (workload.containers if workload else ())
        if any(text.startswith(f"{name}: ") or f"container={name}" in text.split() for text in finding.errors)
    ]
    return named[0] if workload and len(named) == 1 < len(workload.containers) else None


def _tag(finding: Finding, workload: Workload | None) -> str | None:
    images = dict(zip(workload.containers, workload.images, strict=True)) if workload else {}
    image = images.get(_container(finding, workload) or next(iter(images), ""), "")
    _, colon, tag = image.partition("@")[0].rpartition(":")
    return tag if colon and "/" not in tag else None


def plan(fix: Fix, finding: Finding, answer: dict[str, Any], watch: ClusterWatch) -> ChangePlan:
    """The draft of a fix."""
    workload, container = subject(finding), _container(finding, _workload(finding, watch))
    about: dict[str, Any] = {"name": workload.name, "namespace": finding.namespace, "kind": workload.kind}
    match fix:
        case Fix.IMAGE:
            return SetImage(tag=answer["tag"], container=container, **about)
        case Fix.MEMORY:
            return SetResources(memory_limit=answer["memory"], container=container, **about)
        case Fix.MEMORY_REQUEST:
            return SetResources(memory_request=answer["memory"], **about)
        case Fix.REPLICAS:
            return SetReplicas(replicas=int(answer["replicas"]), **about)
        case Fix.RESTART:
            return Restart(**about)
        case Fix.STORAGE_CLASS:
            name = answer["workload"]
            volume = re.sub(rf"-{re.escape(name)}-\d+$", "", finding.name)  # a StatefulSet numbers its claims
            return SetStorageClass(
                name=name, namespace=finding.namespace, volume=volume, storage_class=answer["storage_class"]
            )
