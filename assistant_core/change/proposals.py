"""What a plan comes to in today's repository, and what a yes to it is bound to."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256

import orjson

from ..errors import PolicyRefused, Unchanged
from ..gitops import Edit, unified_diff
from ..guard import Policy, Severity, Trust, Verdict, Violation, judge_change
from ..models.change import Target
from ..models.reasons import Reason
from ..models.repository import Snapshot
from ..redaction import redact, shown

_MAX_SENTENCE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a plan comes to on one base commit, and what the guard said of it."""

    base_commit: str
    edit: Edit
    diff: str
    verdict: Verdict

    @property
    def hash(self) -> str:
        """What a yes is bound to: sha256 (hex) over the canonical diff, the base commit and the target."""
        return sha256(orjson.dumps([self.diff, self.base_commit, asdict(self.edit.target)])).hexdigest()

    @property
    def checks(self) -> tuple[Reason, ...]:
        """The warnings that a person accepts with a yes, and what no rule could judge."""
        told = (each for each in self.verdict.violations if each.severity is not Severity.ERROR)
        return tuple(dict.fromkeys(_check(each) for each in told))


def _check(found: Violation) -> Reason:
    """A violation by its rule."""
    sentence, *texts = (redact(each)[:_MAX_SENTENCE] for each in (found.message, *found.values.values()))
    return Reason(sentence=sentence, key=found.rule, values=dict(zip(found.values, texts, strict=True)))


def judged(edit: Edit, snapshot: Snapshot, policy: Policy | None, stood: Mapping[str, bytes] | None = None) -> Planned:
    """An edit that the guard accepts; `stood` are the files that it brings back. Raises Unchanged, PolicyRefused."""
    found = weighed(edit, snapshot, policy, stood)
    if not found.verdict.accepted:
        raise refused(found.verdict)
    return found


def weighed(edit: Edit, snapshot: Snapshot, policy: Policy | None, stood: Mapping[str, bytes] | None = None) -> Planned:
    """An edit with what the guard says of it, be it accepted or not. Raises Unchanged."""
    target = _shown(edit.target)
    if not edit.files and not target.after:
        raise Unchanged(
            f"There is nothing to change: {target.name} has no {target.field}.",
            name=target.name,
            field=target.field,
            reason="not_set",
        )
    if not edit.files:
        raise Unchanged(
            f"There is nothing to change: {target.field} of {target.name} is {target.after} already.",
            name=target.name,
            field=target.field,
            value=target.after,
        )
    trust = Trust.of(snapshot.files)
    verdict = judge_change(edit.files, policy=policy, trust=trust, stood=stood, namespace=target.namespace)
    told = replace(edit, target=target)
    return Planned(base_commit=snapshot.commit, edit=told, diff=unified_diff(edit.files), verdict=verdict)


def _shown(target: Target) -> Target:
    """The target without secrets, which a change may take away: states, events and sentences tell of it."""
    name = target.field.rpartition(".")[2]
    return replace(target, before=shown(name, target.before), after=shown(name, target.after))


def refused(verdict: Verdict) -> PolicyRefused:
    """Why the guard does not let a change through, in one sentence."""
    errors = [each for each in verdict.violations if each.severity is Severity.ERROR]
    first = errors[0]
    where = f" ({first.where[:_MAX_SENTENCE]})" if first.where else ""
    more = f" And {len(errors) - 1} more." if len(errors) > 1 else ""
    return PolicyRefused(
        f"The rule '{first.rule}' forbids this change{where}: {redact(first.message)[:_MAX_SENTENCE]}{more}",
        rule=first.rule,
        rules=", ".join(sorted({each.rule for each in errors})),
    )
