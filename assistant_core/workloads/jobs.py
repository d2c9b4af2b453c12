"""Jobs and CronJobs."""

from typing import Any

from ..kube.fields import conditions, controller, moment, section
from ..models.cluster import CronJob, Job


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


def cron_job_from(item: dict[str, Any]) -> CronJob:
    """A CronJob of batch/v1."""
    metadata = section(item, "metadata")
    return CronJob(
        namespace=metadata["namespace"],
        name=metadata["name"],
        suspended=section(item, "spec").get("suspend") is True,
        succeeded=moment(section(item, "status"), "lastSuccessfulTime"),
    )
