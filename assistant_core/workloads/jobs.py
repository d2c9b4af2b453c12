"""Jobs."""

from typing import Any

from ..kube.fields import conditions, controller, section
from ..models.cluster import Job


def job_from(item: dict[str, Any]) -> Job:
    """A Job of batch/v1."""
    metadata = section(item, "metadata")
    failures = [condition for status, condition in conditions(item) if status == "True" and condition.type == "Failed"]
    return Job(
        namespace=metadata["namespace"],
        name=metadata["name"],
        owner=controller(item),
        failure=failures[0] if failures else None,
    )
