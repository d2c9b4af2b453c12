"""The samples of an exporter, found by name and card."""

from collections.abc import Iterable, Iterator, Mapping
import math
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from prometheus_client.samples import Sample


def samples(text: str, prefix: str | tuple[str, ...]) -> Iterator[Sample]:
    """The samples whose name begins with (one of) `prefix`; raises ValueError where they are malformed."""
    from prometheus_client.parser import (  # noqa: PLC0415 - a hub without an exporter does without
        text_string_to_metric_families,
    )

    ours = "".join(line for line in text.splitlines(keepends=True) if line.startswith(prefix))
    return (sample for family in text_string_to_metric_families(ours) for sample in family.samples)


class Series:
    """Samples by metric; `card` is the label that tells the cards apart."""

    def __init__(self, samples: Iterable[Sample], card: str) -> None:
        self._card = card
        self._by_name: dict[str, dict[str, Sample]] = {}
        for sample in samples:
            self._by_name.setdefault(sample.name, {})[sample.labels.get(card, "")] = sample

    @classmethod
    def read(cls, text: str, *, prefix: str | tuple[str, ...], card: str) -> Self:
        """The samples whose name begins with (one of) `prefix`; raises ValueError where they are malformed."""
        return cls(samples(text, prefix), card)

    @property
    def cards(self) -> tuple[str, ...]:
        """Every card that a sample names, in the exporter's order."""
        return tuple(dict.fromkeys(card for samples in self._by_name.values() for card in samples if card))

    def value(self, name: str, card: str = "") -> float | None:
        """A card's value, None when it is not served or not a number."""
        sample = self._by_name.get(name, {}).get(card)
        return sample.value if sample and math.isfinite(sample.value) else None

    def count(self, name: str, card: str = "") -> int | None:
        """A card's value as a whole number."""
        value = self.value(name, card)
        return None if value is None else int(value)

    def labels(self, card: str, name: str | None = None) -> Mapping[str, str]:
        """The labels of a card's sample of that name, or of any."""
        wanted = self._by_name.values() if name is None else (self._by_name.get(name, {}),)
        return next((found[card].labels for found in wanted if card in found), {})
