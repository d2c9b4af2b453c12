"""Judges a change: what it brings, not what stood there before."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
import re

from ..models.repository import FileChange
from .control import Breach, ObjectChange
from .controls import CHANGE_CONTROLS, namespaces
from .delivery import Trust
from .judging import UNREADABLE, is_accepted, judged, violation
from .lines import changed_lines
from .objects import KubernetesObject
from .paths import breaches
from .policy import Policy
from .reading import Reading, read
from .risk import assess
from .verdict import Severity, Verdict, Violation

LIMITS = "limits"
PATHS = "paths"
_NUMBER = re.compile(r"\[[0-9]+\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A changed file, read before and after."""

    path: str
    before: Reading
    after: Reading


def judge_change(
    changes: Iterable[FileChange],
    *,
    policy: Policy | None = None,
    trust: Trust | None = None,
    stood: Mapping[str, bytes] | None = None,
    namespace: str = "",
) -> Verdict:
    """Whether a change may be proposed, and how risky it is; nothing it holds raises.

    `namespace` is where what changes is deployed: Helm values and manifests of an overlay do not say so themselves.
    `trust` is what the repository uses before the change: without it, no new Application finds its repository known.
    `stood` are files as they were before what this change undoes: what is brought back is judged like what is left.
    """
    policy, trust, stood = policy or Policy(), trust or Trust(), stood or {}
    known = tuple(change for change in changes if change.before != change.after)
    unknown = tuple(change for change in known if change.after is None or stood.get(change.path) != change.after)
    found = [*_of_size(unknown, policy), *_of_paths(known, policy)]
    if is_accepted(found):  # what is too large or out of bounds is not read
        files = tuple(
            _Judged(path=change.path, before=read(change.path, change.before), after=read(change.path, change.after))
            for change in known
        )
        pairs = _pairs(files)
        old = [*((file.path, file.before) for file in files), *((path, read(path, stood[path])) for path in stood)]
        found += [*_new(files, old, policy), *_of_objects(pairs, policy, trust)]
        if not policy.admits_namespace(namespace) and all(each.rule != namespaces.CONTROL.rule for each in found):
            found.append(violation(namespaces.CONTROL.rule, Severity.ERROR, "", namespaces.denied(namespace)))
    else:
        pairs = []
    risk, reasons = assess(known, pairs, found, namespace)
    return Verdict(accepted=is_accepted(found), violations=tuple(found), risk=risk, reasons=reasons)


def _of_size(changes: tuple[FileChange, ...], policy: Policy) -> Iterator[Violation]:
    """What a person cannot read is not proposed; a deleted file needs no reading, but is told as a high risk."""
    kept = [change for change in changes if change.after is not None]
    lines = sum(changed_lines(change.before, change.after) for change in kept)
    for count, allowed, what in (
        (len(kept), policy.max_files, "touches {} files"),
        (len(changes) - len(kept), policy.max_deleted, "deletes {} files"),
        (lines, policy.max_lines, "touches {} lines"),
    ):
        if count > allowed:
            message = f"The change {what.format(count)}; {allowed} are allowed."
            yield violation(LIMITS, Severity.ERROR, "", Breach(where="", message=message))


def _of_paths(changes: tuple[FileChange, ...], policy: Policy) -> Iterator[Violation]:
    for change in changes:
        for breach in breaches(change.path, policy):
            yield violation(PATHS, Severity.ERROR, change.path[:200], breach)


def _new(files: tuple[_Judged, ...], before: Iterable[tuple[str, Reading]], policy: Policy) -> Iterator[Violation]:
    """The violations after the change that were not there before, in whatever file."""
    old = Counter(
        _identity(each)
        for path, reading in before
        for each in judged(reading, policy, path=path, is_change=True)
        if each.rule != UNREADABLE
    )
    for file in files:
        for each in judged(file.after, policy, path=file.path, is_change=True):
            if old[_identity(each)] > 0:
                old[_identity(each)] -= 1
            else:
                yield _at(file.path, each)


def _identity(found: Violation) -> tuple[str, str, str, int]:
    """What makes two violations the same one; items without a name may have moved up or down."""
    return found.rule, _NUMBER.sub("[]", found.where), found.message, found.fingerprint


def _of_objects(pairs: list[tuple[str, ObjectChange]], policy: Policy, trust: Trust) -> Iterator[Violation]:
    for path, pair in pairs:
        found = pair.after or pair.before
        for control in CHANGE_CONTROLS if found else ():
            for breach in control.judge(pair, policy, trust):
                yield _at(path, violation(control.rule, Severity.ERROR, found.label if found else "", breach))


def _pairs(files: tuple[_Judged, ...]) -> list[tuple[str, ObjectChange]]:
    """The objects that differ, each with what it was and the path of its file; one may have moved to another file."""
    before: defaultdict[object, list[tuple[str, KubernetesObject]]] = defaultdict(list)
    for file in files:
        for found in file.before.objects:
            before[found.identity].append((file.path, found))
    after = [(file.path, found) for file in files for found in file.after.objects]
    was: dict[int, KubernetesObject] = {}
    for same_file in (True, False):
        for number, (path, found) in enumerate(after):
            known = before[found.identity]
            at = next((at for at, each in enumerate(known) if each[0] == path or not same_file), None)
            if number not in was and at is not None:
                was[number] = known.pop(at)[1]
    changed = [
        (path, ObjectChange(before=was.get(number), after=found))
        for number, (path, found) in enumerate(after)
        if number not in was or was[number].content != found.content
    ]
    gone = [each for group in before.values() for each in group]
    return [*changed, *((path, ObjectChange(before=found, after=None)) for path, found in gone)]


def _at(path: str, found: Violation) -> Violation:
    return found if path in found.where else replace(found, where=f"{path}: {found.where}")
