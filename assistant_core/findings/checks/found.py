"""How a check says what it found."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from ...models.finding import Category, Finding, Owner, Severity, Source
from ..categories import category_of, severity_of
from ..owners import guessed_owner
from ..subject import subject_id
from ..texts import Budget

UNKNOWN_START = datetime.max.replace(tzinfo=UTC)
"""The start of what does not say when it began; whoever looks knows since when it is there."""


class Object(NamedTuple):
    """What a check looked at; `namespace` is "" for what lies in none."""

    kind: str
    namespace: str
    name: str


def found(
    cluster: str,
    about: Object,
    texts: Iterable[str],
    *,
    since: datetime | None = None,
    owner: Owner | None = None,
    category: Category | None = None,
    severity: Severity | None = None,
) -> Finding:
    """A finding of our own; what is not given follows from object and texts."""
    kind, namespace, name = about
    errors = Budget().spend_all(dict.fromkeys(texts))
    category = category or category_of(kind, errors)
    owner = _workload(owner) or guessed_owner(kind, name)
    return Finding(
        id=subject_id(cluster, kind, namespace, name, owner),
        cluster=cluster,
        kind=kind,
        namespace=namespace or None,
        name=name,
        errors=errors,
        explanation="",
        first_seen=since or UNKNOWN_START,
        owner=owner,
        category=category,
        severity=severity or severity_of(kind, category, errors),
        sources=(Source.CHECK,),
    )


def _workload(owner: Owner | None) -> Owner | None:
    """What owns the owner, as far as names tell: a Deployment rather than its ReplicaSet."""
    return (guessed_owner(owner.kind, owner.name) or owner) if owner else None
