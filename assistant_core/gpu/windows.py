"""windows_exporter with its `gpu` collector, which is off by default: what Windows knows of any maker's card.

A card's samples are joined by `luid`, which changes with every start; its hardware id and bus do not. Windows counts
the seconds each process keeps each engine of a card busy, so a card's utilisation shows between two readings.
"""

from collections import defaultdict
from collections.abc import Mapping
from copy import replace

from ..models.gpu import GpuHealth
from .series import Series, samples

INFO = "windows_gpu_info"
SIZE = "windows_gpu_dedicated_video_memory_size_bytes"
USED = "windows_gpu_adapter_memory_dedicated_bytes"
ENGINE = "windows_gpu_engine_time_seconds"

type Engine = tuple[str, str, str]
"""A process' use of an engine: card, engine, process."""


def read(text: str) -> tuple[GpuHealth, ...] | None:
    """The cards that have memory of their own; None when the text is not this exporter's; raises ValueError."""
    series = Series.read(text, prefix=(INFO, SIZE, USED), card="luid")
    return tuple(_health(series, luid) for luid in series.cards if series.value(SIZE, luid)) or None


def _health(series: Series, luid: str) -> GpuHealth:
    return GpuHealth(
        uuid=_identity(series.labels(luid, INFO), luid),
        name=series.labels(luid, INFO).get("name") or "GPU",
        memory_used=series.count(USED, luid),
        memory_total=series.count(SIZE, luid),
    )


def _identity(info: Mapping[str, str], luid: str) -> str:
    device = info.get("device_id")
    return f"{device}@{info.get('bus_number', '')}" if device else luid


class EngineLoad:
    """Remembers the engines' counters from one reading to the next."""

    def __init__(self) -> None:
        self._at = 0.0
        self._seconds: Mapping[Engine, float] = {}

    def complete(self, cards: tuple[GpuHealth, ...], text: str, at: float) -> tuple[GpuHealth, ...]:
        """Add to each card how busy its busiest engine was since the last reading; `at` is now, in seconds."""
        identities = {
            sample.labels.get("luid", ""): _identity(sample.labels, sample.labels.get("luid", ""))
            for sample in samples(text, INFO)
        }
        seconds = {
            (
                identities.get(luid, luid),
                sample.labels.get("eng", ""),
                sample.labels.get("process_id", ""),
            ): sample.value
            for sample in samples(text, ENGINE)
            if (luid := sample.labels.get("luid", ""))
        }
        elapsed, before = at - self._at, self._seconds
        self._at, self._seconds = at, seconds
        if not before or elapsed <= 0:
            return cards
        busy: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
        for (card, engine, process), spent in seconds.items():
            busy[card][engine] += max(0.0, spent - before.get((card, engine, process), spent))
        return tuple(
            replace(card, utilisation=min(1.0, max(busy[card.uuid].values()) / elapsed)) if card.uuid in busy else card
            for card in cards
        )
