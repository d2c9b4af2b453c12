"""What happened between two looks at the findings."""

from collections.abc import Iterator, Mapping

from ..models.finding import Finding, FindingChange, FindingEvent


def changes(before: Mapping[str, Finding], after: Mapping[str, Finding]) -> Iterator[FindingChange]:
    """What was cleared, opened or changed, by id; what cleared comes first."""
    for key, finding in before.items():
        if key not in after:
            yield FindingChange(event=FindingEvent.CLEARED, finding=finding)
    for key, finding in after.items():
        if key not in before:
            yield FindingChange(event=FindingEvent.OPENED, finding=finding)
        elif finding != before[key]:
            yield FindingChange(event=FindingEvent.CHANGED, finding=finding)
