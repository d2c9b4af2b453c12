"""Jobs that gave up."""

from collections.abc import Iterator

from ...models.cluster import Contents
from ...models.finding import Category, Finding, Severity
from .found import Object, found


def check(contents: Contents) -> Iterator[Finding]:
    """A finding per failed job; those of one CronJob count as its."""
    for job in contents.jobs:
        if job.failure:
            yield found(
                contents.cluster,
                Object("Job", job.namespace, job.name),
                [f"failed: {job.failure.reason}. {job.failure.message}".rstrip()],
                since=job.failure.since,
                owner=job.owner,
                category=Category.CRASH,
                severity=Severity.WARNING,
            )
