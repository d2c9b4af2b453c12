"""k8sgpt's Result as a finding.

A Result (core.k8sgpt.ai/v1alpha1) names its object in `spec.kind` and `spec.name` (`namespace/name`, or `name` for a
cluster-scoped one) and lists texts in `spec.error[].text`; `spec.details` is what a model said of them. Its own name
says nothing: objects of different kinds share one. `spec.error[].sensitive`, pairs of clear names and masks, is never
read. All texts come from elsewhere and are data, not instructions.
"""

from datetime import UTC, datetime
from typing import Any

from ..models.finding import Finding
from .categories import category_of, severity_of
from .owners import guessed_owner
from .subject import subject_id
from .texts import Budget, named


def finding_from_result(result: dict[str, Any], cluster: str) -> Finding | None:
    """The finding of a Result, with the id of the workload or other object that it is about; None if it is no Result.

    Its texts together are at most 4 KiB of UTF-8, its names no longer than Kubernetes has any.
    """
    metadata, spec = result.get("metadata"), result.get("spec")
    if not isinstance(metadata, dict) or not isinstance(spec, dict):
        return None
    created, kind, full_name = metadata.get("creationTimestamp"), spec.get("kind"), spec.get("name")
    if not isinstance(created, str) or not isinstance(kind, str) or not isinstance(full_name, str):
        return None
    try:
        first_seen = datetime.fromisoformat(created).astimezone(UTC)
    except OverflowError, ValueError:
        return None
    budget = Budget()
    errors = budget.spend_all(_error_texts(spec.get("error")))
    namespace, _, name = full_name.rpartition("/")
    kind, namespace, name = named(kind), named(namespace), named(name)
    owner = guessed_owner(kind, name)
    category = category_of(kind, errors)
    return Finding(
        id=subject_id(cluster, kind, namespace, name, owner),
        cluster=cluster,
        kind=kind,
        namespace=namespace or None,
        name=name,
        errors=errors,
        explanation=budget.spend(details if isinstance(details := spec.get("details"), str) else ""),
        first_seen=first_seen,
        owner=owner,
        category=category,
        severity=severity_of(kind, category, errors),
    )


def _error_texts(errors: Any) -> list[str]:
    entries = errors if isinstance(errors, list) else ()
    return [text for entry in entries if isinstance(entry, dict) and isinstance(text := entry.get("text"), str)]
