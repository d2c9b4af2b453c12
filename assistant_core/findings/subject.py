"""What a problem is about: an object, or the workload that owns it.

What is said of it changes with every look and with every analyzer, so that this alone tells problems apart.
"""

from ..models.finding import Owner
from .texts import digest


def subject_id(cluster: str, kind: str, namespace: str, name: str, owner: Owner | None) -> str:
    """The id of a problem; `namespace` is "" for an object that lies in none."""
    return digest(cluster, owner.kind, namespace, owner.name) if owner else digest(cluster, kind, namespace, name)
