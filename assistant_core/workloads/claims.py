"""PersistentVolumeClaims."""

from typing import Any

from ..kube.fields import moment, section, text
from ..models.cluster import Claim


def claim_from(item: dict[str, Any]) -> Claim:
    """A PersistentVolumeClaim of the core API."""
    metadata = item["metadata"]
    return Claim(
        namespace=metadata["namespace"],
        name=metadata["name"],
        phase=text(section(item, "status"), "phase"),
        storage_class=text(section(item, "spec"), "storageClassName") or None,
        created=moment(metadata, "creationTimestamp"),
    )
