"""A figure: one quantity of ours and of theirs, and the target it shall meet."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any, Literal

type Side = Callable[[], Awaitable[float]]
"""Does the work of one side once and returns what it cost."""


class BenchmarkError(Exception):
    """The comparison cannot be made; the message is one sentence for a person."""


@dataclass(frozen=True)
class Series:
    """What one side cost each time."""

    samples: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle."""
        return median(self.samples)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The spread: half of all samples lie between these two."""
        if len(self.samples) == 1:
            return self.samples[0], self.samples[0]
        low, _, high = quantiles(self.samples, n=4, method="inclusive")
        return low, high


@dataclass(frozen=True, kw_only=True)
class Target:
    """A bound, usually on the ratio of ours to theirs; "excess" is by how much ours is more than theirs."""

    value: float
    of: Literal["ratio", "ours", "excess"] = "ratio"
    bound: Literal["<=", ">="] = "<="


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A comparison's outcome; both series are in `unit`."""

    name: str
    ours: Series
    theirs: Series
    unit: str
    target: Target

    @property
    def ratio(self) -> float | None:
        """Ours to theirs, by their medians; None when theirs is nothing."""
        return self.ours.median / self.theirs.median if self.theirs.median else None

    @property
    def met(self) -> bool:
        """Whether the target is met."""
        bounded = {"ratio": self.ratio, "ours": self.ours.median, "excess": self.ours.median - self.theirs.median}
        value = bounded[self.target.of]
        if value is None:
            return False
        return value <= self.target.value if self.target.bound == "<=" else value >= self.target.value

    def as_json(self) -> dict[str, Any]:
        """The figure as `scripts/bench --json` prints it."""
        return {
            "name": self.name,
            "ours": self.ours.median,
            "theirs": self.theirs.median,
            "unit": self.unit,
            "ratio": self.ratio,
            "target": self.target.value,
            "met": self.met,
            "target_of": self.target.of,
            "target_bound": self.target.bound,
            "ours_quartiles": self.ours.quartiles,
            "theirs_quartiles": self.theirs.quartiles,
            "samples": len(self.ours.samples),
        }


type Comparison = Callable[[], AsyncIterator[Figure]]
"""Prepares what it needs and yields its figures as it gets them."""


async def interleaved(ours: Side, theirs: Side, *, pairs: int, rehearsals: int = 1) -> tuple[Series, Series]:
    """Run both sides in turns (ours theirs, theirs ours, ...), so that a busy machine hinders both alike."""
    sides = (ours, theirs)
    samples: tuple[list[float], list[float]] = ([], [])
    for _ in range(rehearsals):
        for side in sides:
            await side()
    for pair in range(pairs):
        for index in (0, 1) if pair % 2 == 0 else (1, 0):
            samples[index].append(await sides[index]())
    return Series(tuple(samples[0])), Series(tuple(samples[1]))


def counted(*samples: float) -> Series:
    """What was counted rather than timed."""
    return Series(samples)
