"""Changes of the repository that may mend a finding. A person fills in the value; the change desk only gets a draft."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from homeassistant.helpers.selector import NumberSelector, NumberSelectorConfig, NumberSelectorMode, TextSelector
import probatio

from .assistant_core.models.change import ChangePlan, Restart, SetImage, SetReplicas, SetResources
from .assistant_core.models.cluster import Workload
from .assistant_core.models.finding import Category, Finding, Owner

KINDS = ("Deployment", "StatefulSet", "DaemonSet")
SCALABLE = ("Deployment", "StatefulSet")
OUT_OF_MEMORY = ("oomkilled", "out of memory", "insufficient memory", "memorypressure")
MOST_REPLICAS = 1000


class Fix(StrEnum):
    """What can be changed; the value is the step of the fix flow that asks for it."""

    IMAGE = "image"
    MEMORY = "memory"
    REPLICAS = "replicas"
    RESTART = "restart"


def subject(finding: Finding) -> Owner:
    """The workload that a finding is about, or else its object."""
    return finding.owner or Owner(finding.kind, finding.name)


def fixes(finding: Finding) -> tuple[Fix, ...]:
    """What may mend a finding, most likely first; nothing for what is no workload."""
    kind = subject(finding).kind
    return tuple(dict.fromkeys(_likely(finding, kind))) if kind in KINDS else ()


def _likely(finding: Finding, kind: str) -> Iterator[Fix]:
    text = "\n".join(finding.errors).lower()
    if any(word in text for word in OUT_OF_MEMORY):
        yield Fix.MEMORY
    match finding.category:
        case Category.IMAGE:
            yield Fix.IMAGE
        case Category.CRASH | Category.CONFIG:
            yield from (Fix.RESTART, Fix.IMAGE, Fix.MEMORY)
        case Category.SCHEDULING | Category.OTHER if kind in SCALABLE:
            yield Fix.REPLICAS
            if finding.category is Category.OTHER:
                yield from (Fix.RESTART, Fix.IMAGE)
            else:
                yield Fix.MEMORY


def form(fix: Fix, workload: Workload | None) -> probatio.Schema:
    """What a fix needs to know, filled in with how it is now where that is known."""
    match fix:
        case Fix.IMAGE:
            return _asking("tag", TextSelector(), _tag(workload))
        case Fix.MEMORY:
            return _asking("memory", TextSelector(), None)
        case Fix.REPLICAS:
            number = NumberSelectorConfig(min=0, max=MOST_REPLICAS, step=1, mode=NumberSelectorMode.BOX)
            return _asking("replicas", NumberSelector(number), workload.wanted if workload else None)
        case Fix.RESTART:
            return probatio.Schema({})


def _asking(field: str, selector: Any, now: object) -> probatio.Schema:
    suggestion = {"suggested_value": now} if now is not None else None
    return probatio.Schema({probatio.Required(field, description=suggestion): selector})


def _tag(workload: Workload | None) -> str | None:
    image = workload.images[0] if workload and workload.images else ""
    _, colon, tag = image.partition("@")[0].rpartition(":")
    return tag if colon and "/" not in tag else None


def plan(fix: Fix, finding: Finding, answer: dict[str, Any]) -> ChangePlan:
    """The draft of a fix."""
    workload = subject(finding)
    about: dict[str, Any] = {"name": workload.name, "namespace": finding.namespace, "kind": workload.kind}
    match fix:
        case Fix.IMAGE:
            return SetImage(tag=answer["tag"], **about)
        case Fix.MEMORY:
            return SetResources(memory_limit=answer["memory"], **about)
        case Fix.REPLICAS:
            return SetReplicas(replicas=int(answer["replicas"]), **about)
        case Fix.RESTART:
            return Restart(**about)
