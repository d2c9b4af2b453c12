"""How well the clusters are watched, for diagnostics and system health: counts and states, nothing that was said."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from homeassistant.util import dt as dt_util

from .assistant_core.errors import HomelabError
from .assistant_core.models.watching import WatchHealth

if TYPE_CHECKING:
    from .assistant_core.cluster import ClusterWatch


def watch_diagnostics(watch: ClusterWatch) -> dict[str, Any]:
    """Everything about one watch; of findings only how many there are of each sort."""
    findings = (*watch.findings, *watch.silenced)
    return {
        "watches": [{**asdict(replace(each, error=None)), "error": _sentence(each.error)} for each in watch.health],
        "events_per_minute": watch.events_per_minute,
        "findings": {
            "by_state": Counter(each.state.value for each in findings),
            "by_category": Counter(each.category.value for each in findings),
            "by_severity": Counter(each.severity.value for each in findings),
            "by_source": Counter(source.value for each in findings for source in each.sources),
        },
        "silences": Counter(each.kind.value for each in watch.silences),
        "error": _sentence(watch.observation.error),
        "ledger_error": _sentence(watch.ledger_error),
        "k8sgpt_quiet_since": watch.k8sgpt_quiet_since,
        "defect": type(watch.defect).__name__ if watch.defect else None,
    }


def watch_summary(watches: Iterable[ClusterWatch]) -> dict[str, Any]:
    """All watches of all clusters at a glance.

    `lag` is how long the most silent of those that work has said nothing, in seconds; API servers speak each minute.
    """
    clusters = list(watches)
    each = [health for watch in clusters for health in watch.health if health.state != "not_installed"]
    working = [health for health in each if health.state in {"watching", "polling"}]
    failing = [str(watch.observation.error) for watch in clusters if watch.observation.error]
    return {
        "clusters": " ".join(failing) or "ok",
        "watches": f"{len(working)}/{len(each)}",
        "events_per_minute": round(sum(watch.events_per_minute for watch in clusters), 1),
        "relists": sum(max(0, health.lists - 1) for health in each),
        "lag": _lag(working),
    }


def _lag(working: Iterable[WatchHealth]) -> float | None:
    now = dt_util.utcnow()
    silent = [(now - health.last_contact).total_seconds() for health in working if health.last_contact]
    return round(max(silent), 1) if silent else None


def _sentence(error: HomelabError | None) -> str | None:
    return str(error) if error else None
