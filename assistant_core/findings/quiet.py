"""Whether k8sgpt still analyses.

A healthy cluster's Results do not change for weeks, so that their silence alone means nothing. It means something when
k8sgpt ought to speak: a problem that our own checks see and k8sgpt always reports has no Result, or a Result is about
something that is gone, and this stays so for three of its intervals in which no Result changed at all. (If its language
model fails, the operator's whole analysis fails, and nothing but this shows.)
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
import re
from typing import Any

from ..models.finding import Finding

DEFAULT_INTERVAL = timedelta(seconds=30)
PATIENCE = 3
REPORTED = frozenset({"Deployment", "Pod", "Node"})  # what it always analyses, unless filters say otherwise
_INTERVAL = re.compile(r"(\d+)([smh])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What a K8sGPT object asks for; `kinds` are what it is to look at."""

    name: str
    interval: timedelta
    kinds: frozenset[str]


def analysis_from(item: dict[str, Any]) -> Analysis:
    """A K8sGPT object (core.k8sgpt.ai/v1alpha1) as the API serves it; `spec.filters` narrows what it looks at."""
    match item:
        case {"spec": {"analysis": {"interval": str(text)}}} if match := _INTERVAL.fullmatch(text):
            interval = timedelta(**{_UNITS[match[2]]: int(match[1])})
        case _:
            interval = DEFAULT_INTERVAL
    match item:
        case {"spec": {"filters": [*filters]}} if filters:
            kinds = REPORTED & set(map(str, filters))
        case _:
            kinds = REPORTED
    return Analysis(name=item["metadata"]["name"], interval=interval, kinds=kinds)


class Quiet:
    """Told what is expected of k8sgpt, says since when it owes an answer."""

    def __init__(self) -> None:
        self._owed: dict[str, datetime] = {}
        self._changed: datetime | None = None

    def changed(self, now: datetime) -> None:
        """A Result came, changed or went."""
        self._changed = now

    def owed(self, problems: Iterable[str], now: datetime) -> None:
        """What k8sgpt should say, or should say no more, and does not."""
        self._owed = {problem: min(self._owed.get(problem, now), now) for problem in problems}
        if self._changed is not None:
            self._changed = min(self._changed, now)

    def since(self, analyses: Iterable[Analysis], now: datetime) -> datetime | None:
        """Since when k8sgpt is quiet; None: it is not, or there is none."""
        patience = max((each.interval for each in analyses), default=None)
        if patience is None or not self._owed:
            return None
        begun = min(self._owed.values())
        heard = max(begun, self._changed) if self._changed else begun
        return heard if now - heard > PATIENCE * patience else None


def owed(
    own: Iterable[Finding],
    results: Collection[Finding],
    analyses: Iterable[Analysis],
    is_gone: Callable[[Finding], bool],
) -> set[str]:
    """The ids of what our own checks and k8sgpt disagree on; `is_gone` tells whether a result's object is no more."""
    kinds = frozenset[str]().union(*(each.kinds for each in analyses))
    if not kinds:
        return set()
    missing = {each.id for each in own if each.kind in kinds}
    if missing:
        missing -= {each.id for each in results}
    return missing | {each.id for each in results if each.kind == "Pod" and is_gone(each)}
