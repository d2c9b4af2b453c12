"""Findings and applications as attributes, small enough for the recorder; what they say is text from elsewhere."""

from typing import Any

from .assistant_core.models.application import Application
from .assistant_core.models.finding import Finding, Severity

LONGEST_TEXT = 255
SEVERITIES = tuple(Severity)


def finding_data(finding: Finding) -> dict[str, Any]:
    """What automations and dashboards can use of a finding; no explanation, which is long and a model's."""
    return {
        "finding_id": finding.id,
        "kind": finding.kind,
        "namespace": finding.namespace,
        "name": finding.name,
        "category": finding.category.value,
        "severity": finding.severity.value,
        "error": finding.errors[0][:LONGEST_TEXT] if finding.errors else None,
        "since": finding.first_seen.isoformat(),
    }


def application_data(application: Application) -> dict[str, Any]:
    """What automations and dashboards can use of an application."""
    return {
        "kind": application.kind,
        "namespace": application.namespace,
        "name": application.name,
        "sync": application.sync.value,
        "health": application.health.value,
        "revisions": list(application.compared),
    }
