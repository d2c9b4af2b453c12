"""What changed, in the words of one language: what happened in the clusters, and what became of changes."""

from collections.abc import Iterable, Sequence

from ..models.change import ProposalState
from ..models.finding import Finding
from ..models.watching import Deployed, WhatChanged
from .text import plain
from .wording import Wording

NAME_LENGTH = 80


def cluster_news(wording: Wording, changed: WhatChanged) -> str:
    """What happened in the clusters, as one clause; "" for nothing."""
    parts = [
        *_counted(wording, "came", _findings(wording, changed.came)),
        *_counted(wording, "solved", _findings(wording, changed.solved)),
        *_counted(wording, "passed", _findings(wording, changed.passed)),
        *_counted(wording, "deployed", _applications(changed.deployed)),
    ]
    return "; ".join(parts)


def change_news(wording: Wording, changes: Iterable[tuple[str, ProposalState, str]]) -> str:
    """What became of changes, given as change, state and pull request."""
    said = [
        wording.fill(
            "changes.change", change=change, state=wording.fill(f"changes.state.{state.value}", request=request)
        )
        for change, state, request in changes
    ]
    return wording.fill("changes.asked", changes=wording.some(said, "; "))


def _counted(wording: Wording, what: str, names: Sequence[str]) -> Iterable[str]:
    if names:
        form = "one" if len(names) == 1 else "other"
        yield wording.fill(f"changes.{what}.{form}", count=wording.number(len(names)), names=wording.some(names, ", "))


def _findings(wording: Wording, findings: Iterable[Finding]) -> list[str]:
    return [
        wording.fill(
            "changes.finding" if finding.namespace else "changes.finding_without_namespace",
            kind=plain(finding.kind, NAME_LENGTH),
            name=plain(finding.name, NAME_LENGTH),
            namespace=plain(finding.namespace or "", NAME_LENGTH),
        )
        for finding in findings
    ]


def _applications(deployed: Iterable[Deployed]) -> list[str]:
    """Each once, the latest first."""
    return list(dict.fromkeys(plain(each.application, NAME_LENGTH) for each in reversed(tuple(deployed))))
