"""What planning comes to: a change, nothing to do, a question back, or a refusal with its reasons."""

from dataclasses import asdict, dataclass
from typing import Any

from ..change.proposals import Planned, refused
from ..errors import AmbiguousWorkload, HomelabError, SeveralChanges, UnknownWorkload
from ..gitops import unified_diff
from ..guard import Risk, Severity, Violation
from ..models.plan import ChangePlan
from ..models.repository import FileChange
from ..redaction import redact
from ..speech import Phrases
from .exits import Outcome, outcome_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a wish came to; `summary` is told, `question` asked, each one sentence or more."""

    outcome: Outcome
    plan: ChangePlan | None = None
    files: tuple[FileChange, ...] = ()
    summary: str = ""
    risk: Risk | None = None
    reasons: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()
    question: str | None = None
    candidates: tuple[str, ...] = ()
    hash: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The same for programs: all keys are always there."""
        return {
            "outcome": self.outcome,
            "plan": asdict(self.plan) if self.plan else None,
            "files": [
                {"path": each.path, "diff": unified_diff([each]), "after": _text(each.after)} for each in self.files
            ],
            "summary": self.summary,
            "risk": self.risk,
            "violations": [violation_data(each) for each in self.violations],
            "question": self.question,
            "candidates": self.candidates,
            "hash": self.hash,
        }


def violation_data(violation: Violation) -> dict[str, str]:
    """A violation as JSON shows it."""
    return {
        "rule": violation.rule,
        "severity": violation.severity,
        "where": violation.where,
        "message": violation.message,
    }


def of_change(plan: ChangePlan, change: Planned, phrases: Phrases) -> Result:
    """What a change that was worked out comes to: it is proposed unless the guard objects."""
    verdict = change.verdict
    said = phrases.say_change(change.edit.target, plan)
    reasons = tuple(map(phrases.say_note, verdict.reasons))
    if not verdict.accepted:
        return Result(
            outcome=Outcome.REFUSED,
            plan=plan,
            summary=f"{said} {refused(verdict)}",
            risk=verdict.risk,
            reasons=reasons,
            violations=verdict.violations,
        )
    return Result(
        outcome=Outcome.PROPOSED,
        plan=plan,
        files=change.edit.files,
        summary=" ".join([said, *map(phrases.say_note, change.edit.notes)]),
        risk=verdict.risk,
        reasons=reasons,
        violations=verdict.violations,
        hash=change.hash,
    )


def of_error(error: HomelabError, plan: ChangePlan | None = None) -> Result:
    """What an error comes to; a refusal always says by which rule."""
    outcome, sentence = outcome_of(error), redact(str(error))
    asks = outcome is Outcome.CLARIFY
    refusal = Violation(
        rule=error.key.replace("_", "-"),
        severity=Severity.ERROR,
        where=error.placeholders.get("path", error.placeholders.get("workload", "")),
        message=sentence,
    )
    return Result(
        outcome=outcome,
        plan=plan,
        summary="" if asks else sentence,
        question=sentence if asks else None,
        candidates=candidates_of(error),
        violations=(refusal,) if outcome is Outcome.REFUSED else (),
    )


def failed(error: HomelabError) -> Result:
    """What an error comes to that has nothing to do with what was asked for."""
    return Result(outcome=Outcome.FAILED, summary=redact(str(error)))


def candidates_of(error: HomelabError) -> tuple[str, ...]:
    """What a person may choose from."""
    return error.candidates if isinstance(error, AmbiguousWorkload | UnknownWorkload | SeveralChanges) else ()


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode(errors="backslashreplace")
