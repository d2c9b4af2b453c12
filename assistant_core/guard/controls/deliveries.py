"""A change leaves alone where ArgoCD and Flux get things from and bring them to; new objects use what others use."""

from collections.abc import Iterator, Mapping
import re

from ..control import Breach, ChangeControl, ObjectChange
from ..delivery import CLUSTERS, PROJECTS, REPOSITORIES, Trust, is_kustomization, is_remote, repository, routes
from ..objects import KubernetesObject
from ..policy import Policy
from ..shape import plain, shown

_BY_HAND = {
    "AppProject": "An AppProject decides what others may deploy; change it by hand.",
    "ApplicationSet": "An ApplicationSet makes Applications by itself; add it by hand.",
}
_ELEMENT = re.compile(r"spec\.generators\[[^\]]*\]\.list\.elements\[[^\]]*\]")
_POWERS = ("plugin", "kubeConfig", "postRenderers", "secretRef")


def _judge(change: ObjectChange, _policy: Policy, trust: Trust) -> Iterator[Breach]:
    if change.after is None or is_kustomization(change.after):
        return
    if change.before is None:
        yield from _new(change.after, trust)
        return
    before, after = routes(change.before), routes(change.after)
    for where in sorted(before.keys() | after.keys()):
        was, shall = before.get(where), after.get(where)
        if was != shall and not _is_taken_out(where, after) and ("valueFiles" not in where or is_remote(shall)):
            yield Breach(
                where=where,
                message=f"This decides what is deployed and where: it stays {shown(was)}; change it by hand.",
            )


def _is_taken_out(where: str, after: Mapping[str, object]) -> bool:
    """Whether it is part of an element of a list that goes as a whole, with the Application that is made of it."""
    element = _ELEMENT.match(where)
    return element is not None and not any(each.startswith(element[0]) for each in after)


def _new(found: KubernetesObject, trust: Trust) -> Iterator[Breach]:
    fields = routes(found)
    if fields and found.kind in _BY_HAND:
        yield Breach(where="", message=_BY_HAND[found.kind])
        return
    for where, leaf in fields.items():
        if where.endswith(REPOSITORIES) and repository(leaf) not in trust.repositories:
            yield Breach(where=where, message=f"Nothing here gets anything from {plain(leaf)[:200]} yet.")
        elif where.endswith(PROJECTS) and plain(leaf) not in trust.projects:
            yield Breach(where=where, message=f"Nothing here belongs to the project {shown(leaf)} yet.")
        elif where.endswith(CLUSTERS) and plain(leaf) not in trust.clusters:
            yield Breach(where=where, message=f"Nothing here is brought to the cluster {shown(leaf)} yet.")
        elif any(power in where for power in _POWERS) or ("valueFiles" in where and is_remote(leaf)):
            yield Breach(where=where, message="This reaches beyond the repository; add it by hand.")


CONTROL = ChangeControl(rule="deliveries", judge=_judge)
