"""How the hub has done lately."""

from collections import deque
from collections.abc import Sequence
from statistics import quantiles

from ..models.chat import ChatStats
from ..models.hub import HubMetrics
from .config import ModelChoice

WINDOW = 100  # turns
CACHE_PROMPT = 200  # tokens: a shorter prompt says nothing of the speed


class Meter:
    """Takes note of turns; times are in seconds."""

    def __init__(self) -> None:
        self._ttft: deque[float] = deque(maxlen=WINDOW)
        self._waits: deque[float] = deque(maxlen=WINDOW)
        self._speeds: dict[ModelChoice, deque[float]] = {}
        self._turns = 0
        self._failures = 0
        self._last: ChatStats | None = None
        self._cache_hit: float | None = None
        self._context_used: float | None = None
        self._metrics: HubMetrics | None = HubMetrics()

    def waited(self, seconds: float) -> None:
        """A turn has come to the slot."""
        self._waits.append(seconds)
        self._metrics = None

    def began(self, seconds: float) -> None:
        """Its first token came so long after the question."""
        self._ttft.append(seconds)
        self._metrics = None

    def failed(self) -> None:
        """No model answered, or one broke off."""
        self._failures += 1
        self._metrics = None

    def finished(self, choice: ModelChoice, stats: ChatStats) -> None:
        """An answer is whole."""
        self._turns += 1
        self._last = stats
        self._metrics = None
        self._cache_hit = self._estimated_hit(choice, stats)
        self._context_used = (stats.prompt_tokens + stats.answer_tokens) / choice.context_length

    def read(self, *, waiting: int) -> HubMetrics:
        """The metrics now; they are worked out once after each change."""
        if self._metrics is None or self._metrics.waiting != waiting:
            self._metrics = self._worked_out(waiting)
        return self._metrics

    def _worked_out(self, waiting: int) -> HubMetrics:
        stats = self._last
        spoke = stats is not None and stats.answer_seconds > 0
        return HubMetrics(
            turns=self._turns,
            failures=self._failures,
            waiting=waiting,
            ttft=self._ttft[-1] if self._ttft else None,
            ttft_p50=_percentile(self._ttft, 50),
            ttft_p95=_percentile(self._ttft, 95),
            queue_wait=self._waits[-1] if self._waits else None,
            queue_wait_p50=_percentile(self._waits, 50),
            queue_wait_p95=_percentile(self._waits, 95),
            tokens_per_second=stats.answer_tokens / stats.answer_seconds if stats and spoke else None,
            prompt_tokens=stats.prompt_tokens if stats else None,
            cache_hit=self._cache_hit,
            context_used=self._context_used,
        )

    def _estimated_hit(self, choice: ModelChoice, stats: ChatStats) -> float | None:
        """How much of the prompt was in the cache: what it took beside what the slowest prompt of its model took.

        `prompt_eval_count` includes what is cached, so a cached prompt seems to be read faster.
        """
        if stats.prompt_tokens < CACHE_PROMPT or stats.prompt_seconds <= 0:
            return None
        speeds = self._speeds.setdefault(choice, deque(maxlen=WINDOW))
        speeds.append(stats.prompt_tokens / stats.prompt_seconds)
        return None if len(speeds) == 1 else 1 - min(speeds) / speeds[-1]


def _percentile(samples: Sequence[float], percent: int) -> float | None:
    if len(samples) < 2:  # noqa: PLR2004 - quantiles need two
        return samples[0] if samples else None
    return quantiles(samples, n=100, method="inclusive")[percent - 1]
