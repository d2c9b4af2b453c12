"""One problem, one finding: what several analyzers say of one workload, put together.

A problem is told apart by the object it is about; pods and replica sets count as the workload that owns them. What is
said of it changes with every look and with every analyzer, so that it is no part of the identity.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from ..models.finding import Category, Finding, Owner, Severity, Source
from .subject import Subject
from .texts import Budget, digest, masked

CATEGORIES, SEVERITIES, SOURCES = tuple(Category), tuple(Severity), tuple(Source)


class Board:
    """What every analyzer says, by a key of its own, and the findings that this comes to, by their id."""

    def __init__(self, cluster: str, owner: Callable[[str, str], Owner | None] = lambda _namespace, _pod: None) -> None:
        """`owner` is asked for the workload of a pod, by namespace and name."""
        self._cluster = cluster
        self._owner = owner
        self._said: dict[str, tuple[Subject, Finding]] = {}
        self._about: dict[Subject, dict[str, Finding]] = {}
        self._changed: set[Subject] = set()

    def put(self, key: str, finding: Finding | None) -> None:
        """Somebody says this now; None: nothing any more."""
        subject = self._subject(finding) if finding else None
        if before := self._said.get(key):
            if before == (subject, finding):
                return
            self._forget(key, before[0])
        if finding and subject:
            self._said[key] = subject, finding
            self._about.setdefault(subject, {})[key] = finding
            self._changed.add(subject)

    def ids(self) -> set[str]:
        """The ids of all findings."""
        return {digest(self._cluster, *subject) for subject in self._about}

    def drain(self) -> Iterator[tuple[str, Finding | None]]:
        """The findings that changed since this was last asked, by id; None: it is gone."""
        changed, self._changed = self._changed, set()
        for subject in changed:
            identity = digest(self._cluster, *subject)
            said = self._about.get(subject)
            yield identity, together(identity, subject, tuple(said.values())) if said else None

    def _forget(self, key: str, subject: Subject) -> None:
        del self._said[key]
        del self._about[subject][key]
        if not self._about[subject]:
            del self._about[subject]
        self._changed.add(subject)

    def _subject(self, finding: Finding) -> Subject:
        if finding.kind == "Pod" and finding.namespace and (owner := self._owner(finding.namespace, finding.name)):
            return Subject(owner.kind, finding.namespace, owner.name)
        return Subject.of(finding)


def together(identity: str, subject: Subject, said: Sequence[Finding]) -> Finding:
    """One finding of all that is said about a subject; the worst and the most telling of it stand for the whole."""
    kind, namespace, name = subject
    by_rank = worst(said)
    budget = Budget()
    texts = dict.fromkeys(chain.from_iterable(each.errors for each in by_rank))
    return Finding(
        id=identity,
        cluster=said[0].cluster,
        kind=kind,
        namespace=namespace or None,
        name=name,
        errors=budget.spend_all(texts),
        explanation=budget.spend(next((each.explanation for each in by_rank if each.explanation), "")),
        first_seen=min(each.first_seen for each in said),
        owner=Owner(kind, name) if any(each.name != name for each in said) else None,
        category=min((each.category for each in said), key=CATEGORIES.index),
        severity=by_rank[0].severity,
        sources=tuple(sorted({source for each in said for source in each.sources}, key=SOURCES.index)),
    )


def worst(findings: Iterable[Finding]) -> list[Finding]:
    """The findings with the worst and most telling first."""
    return sorted(
        findings, key=lambda each: (SEVERITIES.index(each.severity), CATEGORIES.index(each.category), each.id)
    )


def error_hashes(finding: Finding) -> tuple[str, ...]:
    """What a finding's texts come to when numbers and random names do not count; sorted."""
    return tuple(sorted({digest(masked(text)) for text in finding.errors}))
