"""Repair issues of a cluster: findings that persist, and what keeps us from looking. Each goes away by itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from .assistant_core.errors import HomelabError, PermissionDenied
from .assistant_core.logs import EventLog
from .assistant_core.models.episode import SilenceKind
from .assistant_core.models.finding import Finding, FindingState, Severity
from .assistant_core.speech.text import plain
from .cluster_coordinator import ClusterCoordinator
from .cluster_words import SEVERITIES
from .const import DOMAIN

_EVENTS = EventLog(__name__)

MOST = 20
LONGEST_TEXT = 200
SEVERITY = {Severity.CRITICAL: ir.IssueSeverity.ERROR, Severity.WARNING: ir.IssueSeverity.WARNING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A repair issue to be shown; one with a `finding_id` has a fix flow."""

    key: str
    severity: ir.IssueSeverity = ir.IssueSeverity.WARNING
    placeholders: dict[str, str]
    finding_id: str | None = None


class ClusterIssues:
    """Keeps the issues of a cluster as it is."""

    def __init__(self, hass: HomeAssistant, coordinator: ClusterCoordinator) -> None:
        self._hass = hass
        self._coordinator = coordinator
        self._entry = coordinator.config_entry
        self._shown: dict[str, Issue] = {}

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Begin; returns what ends it."""
        stops = (
            self._coordinator.async_add_listener(self._compare),
            self._hass.bus.async_listen(ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, self._updated),
        )
        self._compare()

        @callback
        def end() -> None:
            for stop in stops:
                stop()
            for issue_id in self._shown:
                ir.async_delete_issue(self._hass, DOMAIN, issue_id)

        return end

    @callback
    def _compare(self) -> None:
        found = dict(self._issues())
        for issue_id in self._shown.keys() - found.keys():
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
        for issue_id, issue in found.items():
            if self._shown.get(issue_id) != issue:
                self._create(issue_id, issue)
        self._shown = found

    def _issues(self) -> Iterator[tuple[str, Issue]]:
        watch, prefix = self._coordinator.watch, self._entry.entry_id
        for finding in (*self._lasting(watch.findings), *self._ignored(watch.silenced)):
            yield f"{prefix}_{finding.id}", _about(finding)
        for verb, resources in _denied(watch.denied).items():
            placeholders = {"cluster": self._entry.title, "verb": verb, "resources": ", ".join(resources)}
            yield f"{prefix}_denied_{verb}", Issue(key="verb_denied", placeholders=placeholders)
        if watch.mutations:
            names = ", ".join(plain(name, LONGEST_TEXT) for name in watch.mutations[:MOST])
            placeholders = {"cluster": self._entry.title, "names": names}
            yield f"{prefix}_mutations", Issue(key="mutations", placeholders=placeholders)

    def _lasting(self, findings: Iterable[Finding]) -> list[Finding]:
        """The worst of those that have lasted for long enough."""
        limit = dt_util.utcnow() - self._coordinator.options.repair_after
        lasting = [
            each
            for each in findings
            if each.state is FindingState.OPEN and each.severity in SEVERITY and each.first_seen <= limit
        ]
        return nsmallest(MOST, lasting, key=lambda each: SEVERITIES.index(each.severity))

    def _ignored(self, silenced: Iterable[Finding]) -> Iterator[Finding]:
        """Those whose issue somebody ignored: it stays, so that it can be shown again."""
        for each in silenced:
            issue = ir.async_get(self._hass).async_get_issue(DOMAIN, f"{self._entry.entry_id}_{each.id}")
            if each.state is FindingState.DISMISSED and issue is not None and issue.dismissed_version is not None:
                yield each

    @callback
    def _create(self, issue_id: str, issue: Issue) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            data={"entry_id": self._entry.entry_id, "finding_id": issue.finding_id} if issue.finding_id else None,
            is_fixable=issue.finding_id is not None,
            severity=issue.severity,
            translation_key=issue.key,
            translation_placeholders=issue.placeholders,
        )

    async def _updated(self, event: Event[Any]) -> None:
        """Somebody ignores an issue: the finding is no problem; or wants to see it again."""
        issue = self._shown.get(event.data["issue_id"])
        entry = ir.async_get(self._hass).async_get_issue(DOMAIN, event.data["issue_id"])
        if event.data["action"] != "update" or issue is None or issue.finding_id is None or entry is None:
            return
        ignored = entry.dismissed_version is not None
        dismissed = {each.about for each in self._coordinator.watch.silences if each.kind is SilenceKind.DISMISSAL}
        try:
            if ignored and issue.finding_id not in dismissed:
                await self._coordinator.watch.dismiss(issue.finding_id)
            elif not ignored and issue.finding_id in dismissed:
                await self._coordinator.watch.unsilence(SilenceKind.DISMISSAL, issue.finding_id)
        except HomelabError as error:
            _EVENTS.warning(
                "silence-not-saved",
                "Whether %s is a problem could not be saved: %s",
                issue.placeholders["subject"],
                error,
            )


def _denied(errors: Iterable[PermissionDenied]) -> dict[str, list[str]]:
    """The resources by the verb that is denied."""
    denied: dict[str, list[str]] = {}
    for error in errors:
        denied.setdefault(error.placeholders["verb"], []).append(error.placeholders["resource"])
    return denied


def _about(finding: Finding) -> Issue:
    """A finding as an issue; its words come from elsewhere and are shown as plain text."""
    return Issue(
        key="finding",
        severity=SEVERITY[finding.severity],
        finding_id=finding.id,
        placeholders={
            "cluster": finding.cluster,
            "subject": plain("/".join(filter(None, (finding.namespace, finding.name))), LONGEST_TEXT),
            "kind": plain(finding.kind, LONGEST_TEXT),
            "error": plain(finding.errors[0], LONGEST_TEXT) if finding.errors else "",
        },
    )
