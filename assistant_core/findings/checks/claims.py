"""PersistentVolumeClaims that wait for a volume, or lost theirs."""

from collections.abc import Iterator

from ...models.cluster import Claim, Contents
from ...models.finding import Category, Finding, Severity
from .events import told
from .found import Object, found


def check(contents: Contents) -> Iterator[Finding]:
    """A finding per claim that has no volume, with what the provisioner says of it."""
    events = told(contents.warnings, "PersistentVolumeClaim")
    for claim in contents.claims:
        if claim.phase in ("Pending", "Lost"):
            latest = events.get((claim.namespace, claim.name), ())[-1:]
            yield found(
                contents.cluster,
                Object("PersistentVolumeClaim", claim.namespace, claim.name),
                [_text(claim), *(f"{event.reason}: {event.message}" for event in latest)],
                since=claim.created,
                category=Category.STORAGE,
                severity=Severity.CRITICAL,
            )


def _text(claim: Claim) -> str:
    if claim.phase == "Lost":
        return "its volume is gone"
    storage = f"storage class {claim.storage_class}" if claim.storage_class else "the default storage class"
    return f"waits for a volume of {storage}"
