"""One problem, one finding: what several analyzers say of one workload, put together."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import replace
from itertools import chain

from ..models.finding import Category, Finding, Owner, Severity, Source
from .subject import subject_id
from .texts import Budget, digest, masked

CATEGORIES, SEVERITIES, SOURCES = tuple(Category), tuple(Severity), tuple(Source)


class Board:
    """What every analyzer says, by a key of its own, and the findings that this comes to, by their id.

    What it is told has the id of what it is about; pods count as the workload that owns them.
    """

    def __init__(self, owner: Callable[[str, str], Owner | None] = lambda _namespace, _pod: None) -> None:
        """`owner` is asked for the workload of a pod, by namespace and name."""
        self._owner = owner
        self._said: dict[str, Finding] = {}
        self._about: dict[str, dict[str, Finding]] = {}
        self._changed: set[str] = set()

    def put(self, key: str, finding: Finding | None) -> None:
        """Somebody says this now; None: nothing any more."""
        if finding is not None and finding.kind == "Pod":
            finding = self._owned(finding)
        before = self._said.get(key)
        if before is not None:
            if before == finding:
                return
            self._forget(key, before)
        if finding is not None:
            self._said[key] = finding
            self._about.setdefault(finding.id, {})[key] = finding
            self._changed.add(finding.id)

    def ids(self) -> set[str]:
        """The ids of all findings."""
        return set(self._about)

    def drain(self) -> Iterator[tuple[str, Finding | None]]:
        """The findings that changed since this was last asked, by id; None: it is gone."""
        changed, self._changed = self._changed, set()
        for identity in changed:
            said = self._about.get(identity)
            yield identity, together(tuple(said.values())) if said else None

    def _forget(self, key: str, finding: Finding) -> None:
        del self._said[key]
        about = self._about[finding.id]
        del about[key]
        if not about:
            del self._about[finding.id]
        self._changed.add(finding.id)

    def _owned(self, pod: Finding) -> Finding:
        namespace = pod.namespace or ""
        owner = self._owner(namespace, pod.name)
        if owner is None or owner == pod.owner:
            return pod
        return replace(pod, id=subject_id(pod.cluster, pod.kind, namespace, pod.name, owner), owner=owner)


def together(said: Sequence[Finding]) -> Finding:
    """One finding of all that is said about one thing; the worst and the most telling of it stand for the whole."""
    first = said[0]
    if len(said) == 1:
        return replace(first, kind=first.owner.kind, name=first.owner.name) if first.owner else first
    by_rank = worst(said)
    owner = next((each.owner for each in said if each.owner), None)
    budget = Budget()
    return Finding(
        id=first.id,
        cluster=first.cluster,
        kind=owner.kind if owner else first.kind,
        namespace=first.namespace,
        name=owner.name if owner else first.name,
        errors=budget.spend_all(chain.from_iterable(each.errors for each in by_rank)),
        explanation=budget.spend(next((each.explanation for each in by_rank if each.explanation), "")),
        first_seen=min(each.first_seen for each in said),
        owner=owner,
        category=min((each.category for each in said), key=CATEGORIES.index),
        severity=by_rank[0].severity,
        sources=tuple(sorted({source for each in said for source in each.sources}, key=SOURCES.index)),
    )


def worst(findings: Iterable[Finding]) -> list[Finding]:
    """The findings with the worst and most telling first."""

    def rank(finding: Finding) -> tuple[object, ...]:
        telling = CATEGORIES.index(finding.category)
        return SEVERITIES.index(finding.severity), telling, finding.first_seen, finding.id

    return sorted(findings, key=rank)


def error_hashes(finding: Finding) -> tuple[str, ...]:
    """What a finding's texts come to when numbers and random names do not count; sorted."""
    return tuple(sorted({digest(masked(text)) for text in finding.errors}))
