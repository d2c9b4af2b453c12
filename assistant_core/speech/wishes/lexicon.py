"""The words of a language that make up a wish for a change, by what they tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from hassil.numbers import get_rbnf_engine
import yaml

from ..wording import data_file

_NUMBERS = (*range(200), *range(200, 1000, 10), 128, 256, 512, 768, 1024, 1536, 2048, 3072, 4096, 8192, 16384)


@dataclass(frozen=True)
class Lexicon:
    """`groups` lead from a meaning to its phrases, `apart` do so too, but are no meanings of the words in a wish.

    The others lead from a phrase to what it stands for.

    Phrases are small letters with single spaces.
    """

    groups: Mapping[str, frozenset[str]]
    apart: Mapping[str, frozenset[str]]
    kinds: Mapping[str, str]
    units: Mapping[str, str]
    templates: Mapping[str, str]
    settings: Mapping[str, str]
    features: Mapping[str, str]
    times: Mapping[str, float]
    times_of_day: Mapping[str, str]
    numbers: Mapping[str, int]

    @classmethod
    def load(cls, language: str) -> Self:
        """Read the words of a language, English where there is none. Reads the disk: run it in an executor."""
        path = data_file("wishes", language)
        data: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        engine = get_rbnf_engine(path.stem)
        return cls(
            groups={name: frozenset(phrases) for name, phrases in data.items() if isinstance(phrases, list)},
            apart={name: frozenset(phrases) for name, phrases in data["apart"].items()},
            kinds=_turned(data["kinds"]),
            units=_turned(data["units"]),
            templates=_turned(data["templates"]),
            settings=_turned(data["settings"]),
            features=_turned(data["features"]),
            times=data["times"],
            times_of_day=data["times_of_day"],
            numbers={engine.format_number(each).text.replace("-", " "): each for each in _NUMBERS} | data["numbers"],
        )

    @cached_property
    def labels(self) -> Mapping[str, frozenset[str]]:
        """Every phrase with all its meanings."""
        found: dict[str, set[str]] = {}
        groups: list[tuple[str, Any]] = [*self.groups.items()]
        groups += [("kind", self.kinds), ("template", self.templates), ("times", self.times)]
        groups += [("time of day", self.times_of_day), ("setting", self.settings)]
        groups += [("feature", self.features)]
        for label, phrases in groups:
            for phrase in phrases:
                found.setdefault(phrase, set()).add(label)
        return {phrase: frozenset(each) for phrase, each in found.items()}

    @cached_property
    def longest(self) -> int:
        """The words of the longest phrase."""
        return max(len(phrase.split()) for phrase in (*self.labels, *self.units))


def _turned(groups: Mapping[str, list[str]]) -> Mapping[str, str]:
    return {phrase: name for name, phrases in groups.items() for phrase in phrases}
