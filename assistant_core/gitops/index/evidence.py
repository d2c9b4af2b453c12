"""What a live cluster says about who deploys its workloads: it tells copies in a repository apart."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from ..layouts.files import word
from ..model import Workload

_TRACKED = "argocd.argoproj.io/tracking-id"
_LABELS = (
    "kustomize.toolkit.fluxcd.io/name",
    "helm.toolkit.fluxcd.io/name",
    "argocd.argoproj.io/instance",
    "app.kubernetes.io/instance",
)


class Running(NamedTuple):
    """A workload that runs; `owners` are the names of the Application, Kustomization or release behind it."""

    kind: str
    namespace: str
    name: str
    owners: tuple[str, ...] = ()


def running(data: Mapping[str, Any], kind: str) -> Running:
    """From a raw object of that kind."""
    tracked = word(data, "metadata", "annotations", _TRACKED).partition(":")[0]
    labelled = (word(data, "metadata", "labels", label) for label in _LABELS)
    owners = tuple(each for each in (tracked, *labelled) if each)
    return Running(kind, word(data, "metadata", "namespace"), word(data, "metadata", "name"), owners)


def really_run(found: Sequence[Workload], known: Collection[Running]) -> list[Workload]:
    """Those of several namesakes that the cluster runs, and for the owner that the files name."""
    return [each for each in found if any(_is(each, one) for one in known)]


def _is(workload: Workload, one: Running) -> bool:
    named = {each.name for each in (workload.owner, workload.release) if each is not None}
    same = (one.kind, one.name) == (workload.kind, workload.name)
    owned = not named.isdisjoint(one.owners)
    told = same and (owned or not one.owners or not named)
    return workload.namespace in ("", one.namespace) and (told or (owned and workload.release is not None))
