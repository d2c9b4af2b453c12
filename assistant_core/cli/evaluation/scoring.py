"""Holds what came of a request against what must come of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from ...change.proposals import weighed
from ...errors import HomelabError, InputInvalid
from ...gitops import Index, apply, unified_diff
from ...guard import Policy
from ...models.plan import ChangePlan, settled
from ...models.repository import FileChange
from ..exits import Outcome, outcome_of
from .requests import Request

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""When every restart happens."""
_NOTHING_HAPPENS = (Outcome.CLARIFY, Outcome.REFUSED)


class Mark(StrEnum):
    """How a request was served."""

    RIGHT = "right"
    MISSED = "missed"  # asked back or refused, though it was clear
    WRONG = "wrong"  # another change than the one that was meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What came of a request; `claimed`: it was read as something. `said` tells more of a miss."""

    request: Request
    mark: Mark
    outcome: Outcome
    claimed: bool
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How many were asked, claimed, and right of those that were claimed; `wrong` must be none."""

    asked: int
    claimed: int
    right: int
    wrong: int

    @property
    def accuracy(self) -> float:
        """The share of right ones among the claimed."""
        return self.right / self.claimed if self.claimed else 0.0


def score(judged: Iterable[Judged]) -> Score:
    """The marks, counted."""
    every = tuple(judged)
    claimed = [each for each in every if each.claimed]
    return Score(
        asked=len(every),
        claimed=len(claimed),
        right=sum(each.mark is Mark.RIGHT for each in claimed),
        wrong=sum(each.mark is Mark.WRONG for each in every),
    )


def judge(request: Request, read: ChangePlan | InputInvalid, index: Index, *, claimed: bool) -> Judged:
    """What comes of the plan that was read in a request, or of the reason why there is none."""
    try:
        if isinstance(read, InputInvalid):
            raise read
        change = weighed(apply(settled(read, _NOW), index), index.snapshot, Policy())
    except HomelabError as error:
        return _without(request, outcome_of(error), str(error), claimed=claimed)
    if not change.verdict.accepted:
        return _without(request, Outcome.REFUSED, change.verdict.violations[0].message, claimed=claimed)
    right = request.ends is Outcome.PROPOSED and _is_meant(request, change.edit.files)
    mark = Mark.RIGHT if right else Mark.WRONG
    return Judged(request=request, mark=mark, outcome=Outcome.PROPOSED, claimed=claimed, said=change.diff)


def _without(request: Request, outcome: Outcome, said: str, *, claimed: bool) -> Judged:
    """No change: a question in place of a refusal is right as well."""
    right = outcome is request.ends or (outcome in _NOTHING_HAPPENS and request.ends in _NOTHING_HAPPENS)
    mark = Mark.RIGHT if right else Mark.MISSED
    return Judged(request=request, mark=mark, outcome=outcome, claimed=claimed, said=said)


def _is_meant(request: Request, files: tuple[FileChange, ...]) -> bool:
    """Whether exactly the lines changed that should, and whatever else there is is new and as it should be."""
    changed = {file.path: None if file.after is None else _lines(file) for file in files if file.before is not None}
    new = "\n".join((file.after or b"").decode() for file in files if file.before is None).splitlines()
    if not request.new:
        return changed == request.changes and not new
    return set(request.new) <= set(new) and request.changes.items() <= changed.items()


def _lines(file: FileChange) -> tuple[str, ...]:
    """The lines that go and come."""
    return tuple(line for line in unified_diff([file]).splitlines()[2:] if line[:1] in "+-")
