"""Nodes that are not ready, or that say they are short of something."""

from collections.abc import Iterator

from ...models.cluster import Complaint, Contents
from ...models.finding import Category, Finding, Severity
from .found import Object, found


def check(contents: Contents) -> Iterator[Finding]:
    """A finding per node in trouble."""
    for node in contents.nodes:
        if node.complaints:
            yield found(
                contents.cluster,
                Object("Node", "", node.name),
                [_text(node.name, complaint) for complaint in node.complaints],
                since=min((each.since for each in node.complaints if each.since), default=None),
                category=Category.NODE,
                severity=Severity.WARNING if node.ready else Severity.CRITICAL,
            )


def _text(node: str, complaint: Complaint) -> str:
    if complaint.type == "Ready":
        return f"{node} is not ready: {complaint.reason}. {complaint.message}".rstrip()
    return f"{node} has {complaint.type}: {complaint.reason}. {complaint.message}".rstrip()
