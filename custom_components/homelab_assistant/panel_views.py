"""The core's models as the panel reads them: JSON with times in UTC, and errors that the browser translates."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState

from .assistant_core.errors import HomelabError
from .assistant_core.models.application import HealthStatus, SyncStatus
from .assistant_core.models.change import Happened, Proposal, Requester
from .assistant_core.models.finding import Finding
from .assistant_core.models.observation import Observation
from .assistant_core.redaction import redact
from .assistant_core.speech import Phrases
from .change_words import notes_told, why_told
from .const import CONF_KIND
from .coordinator import GpuCoordinator, HubCoordinator
from .data import ClusterData, HubData, RepositoryData

if TYPE_CHECKING:
    from .assistant_core.cluster import ClusterWatch
    from .cluster_coordinator import ClusterCoordinator
    from .repository_coordinator import RepositoryCoordinator

BROKEN = (
    ConfigEntryState.SETUP_ERROR,
    ConfigEntryState.SETUP_RETRY,
    ConfigEntryState.MIGRATION_ERROR,
    ConfigEntryState.FAILED_UNLOAD,
)
MOST_NAMED = 50  # nodes, workloads and applications that are named because they are not well


def service(entry: ConfigEntry) -> dict[str, Any]:
    """A config entry: what its service last said, and what is wrong with it."""
    shown = {"entry_id": entry.entry_id, "kind": entry.data[CONF_KIND], "title": entry.title}
    match entry.runtime_data if entry.state is ConfigEntryState.LOADED else None:
        case HubData(ollama=ollama, gpu=gpu):
            return {**shown, **_heard(ollama.observation), **_hub(ollama), "gpu": _gpu(gpu) if gpu else None}
        case ClusterData(cluster=cluster):
            return {**shown, **_heard(cluster.watch.observation), **_cluster(cluster)}
        case RepositoryData(repository=repository):
            return {**shown, **_heard(repository.observation), **_repository(repository)}
    return {**shown, "at": None, "since": None, "error": _refusal(entry) if entry.state in BROKEN else None}


def _refusal(entry: ConfigEntry) -> dict[str, Any]:
    """Why an entry could not be set up."""
    return {
        "key": entry.error_reason_translation_key,
        "message": entry.reason or entry.state.value,
        "placeholders": entry.error_reason_translation_placeholders or {},
    }


def finding(finding: Finding, until: datetime | None) -> dict[str, Any]:
    """A finding; a snooze lasts `until`."""
    return {
        "id": finding.id,
        "cluster": finding.cluster,
        "kind": finding.kind,
        "namespace": finding.namespace,
        "name": finding.name,
        "owner": finding.owner._asdict() if finding.owner else None,
        "category": finding.category.value,
        "severity": finding.severity.value,
        "errors": finding.errors,
        "explanation": finding.explanation,
        "sources": [source.value for source in finding.sources],
        "first_seen": finding.first_seen.isoformat(),
        "times_seen": finding.times_seen,
        "state": finding.state.value,
        "until": _time(until),
    }


def change(proposal: Proposal, phrases: Phrases | None) -> dict[str, Any]:
    """A proposal as the list of changes shows it, in the words of a language (None: as it was written)."""
    return {
        "id": proposal.id,
        "hash": proposal.hash,
        "code": proposal.code,
        "state": proposal.state.value,
        "step": proposal.step.value,
        "settled": proposal.settled,
        "operation": proposal.plan.operation,
        "target": asdict(proposal.target),
        "repository": proposal.repository,
        "words": proposal.words,
        "model": proposal.model,
        "risk": proposal.risk.value,
        "reasons": notes_told(proposal.reasons, phrases),
        "checks": notes_told(proposal.checks, phrases),
        "notes": notes_told(proposal.notes, phrases),
        "requested_by": _person(proposal.requested_by),
        "decided_by": _person(proposal.decided_by),
        "created": proposal.created.isoformat(),
        "updated": (proposal.updated or proposal.created).isoformat(),
        "expires": proposal.expires.isoformat(),
        "pull_request": proposal.pull_request,
        "failure": why_told(proposal.why, phrases),
        "reverts": proposal.reverts,
    }


def details(proposal: Proposal, history: Sequence[Happened], phrases: Phrases | None) -> dict[str, Any]:
    """What the list of changes leaves out: the diff and the history."""
    return {
        "diff": redact(proposal.diff),
        "history": [
            {
                "step": each.step.value,
                "at": each.at.isoformat(),
                "by": _person(each.by),
                "detail": why_told(each.why, phrases),
            }
            for each in history
        ],
    }


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _person(who: Requester | None) -> str | None:
    """Their name, else how they reached us."""
    return (who.name or who.channel.value) if who else None


def _error(error: HomelabError | None) -> dict[str, Any] | None:
    return {"key": error.exact_key, "message": str(error), "placeholders": error.placeholders} if error else None


def _heard(observation: Observation[Any]) -> dict[str, Any]:
    return {"at": _time(observation.at), "since": _time(observation.since), "error": _error(observation.error)}


def _hub(coordinator: HubCoordinator) -> dict[str, Any]:
    status = coordinator.observation.value
    return {
        "version": status.version if status else None,
        "installed": len(status.installed) if status else 0,
        "loaded": [
            {**each._asdict(), "expires_at": _time(each.expires_at)} for each in (status.loaded if status else ())
        ],
        "metrics": coordinator.hub.metrics._asdict(),
        "warnings": [each._asdict() for each in coordinator.hub.warnings],
    }


def _gpu(coordinator: GpuCoordinator) -> dict[str, Any]:
    return {
        **_heard(coordinator.observation),
        "cards": [card._asdict() for card in coordinator.observation.value or ()],
        "history": [
            {"at": at.isoformat(), "cards": {card.uuid: _moment(card.utilisation, card.temperature) for card in cards}}
            for at, cards in coordinator.history
        ],
    }


def _moment(utilisation: float | None, temperature: float | None) -> dict[str, float | None]:
    return {"utilisation": utilisation, "temperature": temperature}


def _cluster(coordinator: ClusterCoordinator) -> dict[str, Any]:
    watch = coordinator.watch
    nodes = watch.nodes.value or ()
    return {
        "version": coordinator.observation.value,
        "findings": len(watch.findings),
        "silenced": len(watch.silenced),
        "nodes": {
            "total": len(nodes),
            "well": sum(node.ready for node in nodes),
            "unwell": [{"name": node.name} for node in nodes if not node.ready][:MOST_NAMED],
        },
        "workloads": _workloads(watch),
        "applications": _applications(watch),
        "k8sgpt": {
            "installed": watch.state.value != "not_installed",
            "quiet_since": _time(watch.k8sgpt_quiet_since),
        },
        "denied": [_error(error) for error in watch.denied],
    }


def _workloads(watch: ClusterWatch) -> dict[str, Any]:
    workloads = watch.workloads.value or ()
    unwell = [each for each in workloads if each.ready < each.wanted]
    return {
        "total": len(workloads),
        "well": len(workloads) - len(unwell),
        "unwell": [
            {"name": f"{each.namespace}/{each.name}", "wanted": each.wanted, "ready": each.ready}
            for each in unwell[:MOST_NAMED]
        ],
    }


def _applications(watch: ClusterWatch) -> dict[str, Any] | None:
    """None where Argo CD is not installed or not to be seen."""
    applications = watch.applications
    if applications.error is not None and not applications.value:
        return None
    value = applications.value or ()
    unwell = [each for each in value if (each.sync, each.health) != (SyncStatus.SYNCED, HealthStatus.HEALTHY)]
    return {
        "total": len(value),
        "well": len(value) - len(unwell),
        "unwell": [
            {"name": each.name, "sync": each.sync.value, "health": each.health.value} for each in unwell[:MOST_NAMED]
        ],
    }


def _repository(coordinator: RepositoryCoordinator) -> dict[str, Any]:
    return {"repository": coordinator.repository}
