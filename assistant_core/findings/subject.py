"""What a problem is about."""

from typing import NamedTuple, Self

from ..models.finding import Finding


class Subject(NamedTuple):
    """An object, or the workload that owns it; `namespace` is "" for one that lies in none."""

    kind: str
    namespace: str
    name: str

    @classmethod
    def of(cls, finding: Finding) -> Self:
        """The owner of the finding's object where it has one."""
        kind, name = (finding.owner.kind, finding.owner.name) if finding.owner else (finding.kind, finding.name)
        return cls(kind, finding.namespace or "", name)
