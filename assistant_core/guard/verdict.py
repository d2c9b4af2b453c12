"""What the guard says of manifests and of a change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ..models.change import Risk
from ..models.reasons import Reason


class Level(StrEnum):
    """A level of the Pod Security Standards; restricted includes baseline."""

    BASELINE = "baseline"
    RESTRICTED = "restricted"

    def includes(self, other: Level) -> bool:
        """Whether the controls of the other level are judged at this one."""
        return self is Level.RESTRICTED or other is Level.BASELINE


class Severity(StrEnum):
    """How much a violation weighs: an error is not accepted, a warning is shown, a note says what was not judged."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A rule that does not hold; `where` names the object and its field, `message` is one sentence without secrets.

    `values` fill what other languages say for it; `fingerprint` tells two values at the same place apart, within this
    process.
    """

    rule: str
    severity: Severity
    where: str
    message: str
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    fingerprint: int = field(default=0, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a change may be proposed, what is wrong with it, and how risky it is, with the reasons."""

    accepted: bool
    violations: tuple[Violation, ...]
    risk: Risk
    reasons: tuple[Reason, ...]
