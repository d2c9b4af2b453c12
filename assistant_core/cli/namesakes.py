"""Which of several workloads of one name is in a cluster: known by its own name, or by what says that it deploys it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..gitops import Workload

_TRACKING = "argocd.argoproj.io/tracking-id"  # APPLICATION:GROUP/KIND:NAMESPACE/NAME
_INSTANCES = ("argocd.argoproj.io/instance", "app.kubernetes.io/instance", "helm.toolkit.fluxcd.io/name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A workload in the cluster; `deployed_by` are the names of what says that it deploys it."""

    kind: str
    namespace: str
    name: str
    deployed_by: frozenset[str]

    def is_one(self, workload: Workload) -> bool:
        """Whether it is this workload of the files, by its own name or by that of its Application or release."""
        owners = {each.name for each in (workload.owner, workload.release) if each is not None}
        same = self.kind == workload.kind and self.name == workload.name
        return workload.namespace in ("", self.namespace) and (same or not owners.isdisjoint(self.deployed_by))


def live_from(kind: str, found: Any) -> Live:
    """What an object of the cluster is."""
    metadata = found.get("metadata") or {}
    marks = {**(metadata.get("labels") or {}), **(metadata.get("annotations") or {})}
    tracked = str(marks.get(_TRACKING) or "").partition(":")[0]
    return Live(
        kind=kind,
        namespace=str(metadata.get("namespace") or ""),
        name=str(metadata.get("name") or ""),
        deployed_by=frozenset((tracked, *(str(marks.get(each) or "") for each in _INSTANCES))) - {""},
    )


def present(workloads: Iterable[Workload], live: Sequence[Live]) -> Iterator[Workload]:
    """Of several workloads of one name those that are in the cluster, when any of them is."""
    namesakes: defaultdict[str, list[Workload]] = defaultdict(list)
    for each in workloads:
        namesakes[each.name].append(each)
    for group in namesakes.values():
        there = [each for each in group if any(one.is_one(each) for one in live)] if len(group) > 1 else []
        yield from there or group
