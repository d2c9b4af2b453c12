"""Jobs that gave up."""

from collections.abc import Iterator

from ...models.cluster import Contents, Job
from ...models.finding import Category, Finding, Severity
from .found import Object, found


def check(contents: Contents) -> Iterator[Finding]:
    """A finding per failed job; those of one CronJob count as its, until a later one succeeds."""
    succeeded = {(each.namespace, each.name): each.succeeded for each in contents.cron_jobs}
    for job in contents.jobs:
        if job.failure is None:
            continue
        since, later = job.failure.since, succeeded.get(_cron_job(job))
        if since is not None and later is not None and later > since:
            continue
        yield found(
            contents.cluster,
            Object("Job", job.namespace, job.name),
            [f"failed: {job.failure.reason}. {job.failure.message}".rstrip()],
            since=since,
            owner=job.owner,
            category=Category.CRASH,
            severity=Severity.WARNING,
        )


def _cron_job(job: Job) -> tuple[str, str]:
    return job.namespace, job.owner.name if job.owner and job.owner.kind == "CronJob" else ""
