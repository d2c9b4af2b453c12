"""What the sensors of a cluster count."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any

from homeassistant.components.sensor import SensorEntityDescription
from homeassistant.components.sensor.const import SensorStateClass

from .assistant_core.cluster import ClusterWatch
from .assistant_core.models.application import Application, HealthStatus, SyncStatus
from .assistant_core.models.cluster import Node, Workload
from .assistant_core.models.finding import Finding
from .assistant_core.models.observation import Observation
from .cluster_words import SEVERITIES, finding_data

SHOWN = 5
NAMED = 10

type Observe[T] = Callable[[ClusterWatch], Observation[tuple[T, ...]]]


@dataclass(frozen=True, kw_only=True)
class CountDescription[T](SensorEntityDescription):
    """How many things there are that a watch sees, or how many `counts_fn` picks; `attributes_fn` adds the details."""

    observe_fn: Observe[T]
    counts_fn: Callable[[T], bool] = lambda _: True
    attributes_fn: Callable[[ClusterWatch, tuple[T, ...]], dict[str, Any]] | None = None


def _about_findings(watch: ClusterWatch, findings: tuple[Finding, ...]) -> dict[str, Any]:
    worst = nsmallest(SHOWN, findings, key=lambda each: SEVERITIES.index(each.severity))
    return {
        "categories": dict(Counter(each.category.value for each in findings).most_common()),
        "namespaces": dict(Counter(each.namespace or "" for each in findings).most_common(NAMED)),
        "silenced": len(watch.silenced),
        "worst": [finding_data(each) for each in worst],
    }


def _total[T](key: str, observe: Observe[T]) -> CountDescription[T]:
    return CountDescription(key=key, translation_key=key, state_class=SensorStateClass.MEASUREMENT, observe_fn=observe)


def _well[T: (Node, Workload, Application)](
    key: str, observe: Observe[T], counts: Callable[[T], bool]
) -> CountDescription[T]:
    """How many of the things are as they should be; the first of the others are named."""
    return CountDescription(
        key=key,
        translation_key=key,
        state_class=SensorStateClass.MEASUREMENT,
        observe_fn=observe,
        counts_fn=counts,
        attributes_fn=lambda _, things: {"others": [_named(each) for each in things if not counts(each)][:NAMED]},
    )


def _named(thing: Node | Workload | Application) -> str:
    return thing.name if isinstance(thing, Node) else f"{thing.namespace}/{thing.name}"


def _nodes(watch: ClusterWatch) -> Observation[tuple[Node, ...]]:
    return watch.nodes


def _workloads(watch: ClusterWatch) -> Observation[tuple[Workload, ...]]:
    return watch.workloads


def _applications(watch: ClusterWatch) -> Observation[tuple[Application, ...]]:
    return watch.applications


COUNTS: tuple[CountDescription[Any], ...] = (
    CountDescription(
        key="findings",
        translation_key="findings",
        state_class=SensorStateClass.MEASUREMENT,
        observe_fn=lambda watch: watch.observation,
        attributes_fn=_about_findings,
    ),
    _total("nodes", _nodes),
    _well("nodes_ready", _nodes, lambda node: node.ready),
    _total("workloads", _workloads),
    _well("workloads_ready", _workloads, lambda workload: workload.ready >= workload.wanted),
)
APPLICATION_COUNTS = (
    _total("applications", _applications),
    _well("applications_in_sync", _applications, lambda each: each.sync is SyncStatus.SYNCED),
    _well("applications_healthy", _applications, lambda each: each.health is HealthStatus.HEALTHY),
)
