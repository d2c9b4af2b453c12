"""What people do not want to hear of."""

from collections.abc import Iterable
from datetime import datetime

from ..models.episode import Silence, SilenceKind
from ..models.finding import Finding, FindingState
from .merge import error_hashes

STATES = {
    SilenceKind.SNOOZE: FindingState.SNOOZED,
    SilenceKind.DISMISSAL: FindingState.DISMISSED,
    SilenceKind.MUTE: FindingState.MUTED,
}


class Silences:
    """The wishes in force, at most one of each kind about a thing."""

    def __init__(self, silences: Iterable[Silence] = ()) -> None:
        self._silences = {(silence.kind, silence.about): silence for silence in silences}

    def __bool__(self) -> bool:
        return bool(self._silences)

    def add(self, silence: Silence) -> None:
        """Replaces one of the same kind about the same."""
        self._silences[silence.kind, silence.about] = silence

    def remove(self, kind: SilenceKind, about: str) -> None:
        """What is not there is removed too."""
        self._silences.pop((kind, about), None)

    def all(self) -> tuple[Silence, ...]:
        """Every wish, the oldest first."""
        return tuple(sorted(self._silences.values(), key=lambda silence: silence.since))

    def over(self, finding: Finding, now: datetime) -> FindingState | None:
        """The state that a finding is silenced to; None: it may be heard."""
        about = {
            SilenceKind.DISMISSAL: finding.id,
            SilenceKind.SNOOZE: finding.id,
            SilenceKind.MUTE: finding.namespace or "",
        }
        for kind, what in about.items():
            silence = self._silences.get((kind, what))
            if silence is not None and _holds(silence, finding, now):
                return STATES[kind]
        return None


def _holds(silence: Silence, finding: Finding, now: datetime) -> bool:
    match silence.kind:
        case SilenceKind.SNOOZE:
            return silence.until is not None and now < silence.until
        case SilenceKind.DISMISSAL:
            # Another analyzer may have joined in with other words; another kind of problem is another problem.
            return finding.category == silence.category and not set(silence.errors).isdisjoint(error_hashes(finding))
        case SilenceKind.MUTE:
            return True
