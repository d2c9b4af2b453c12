"""Words that tell what a person speaks of: things of a house and what is to be done with them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
import re
from typing import Any, Self
import unicodedata

import yaml

from .wording import data_file

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """The words of a text, without case and accents: "Küche 2" and "KUCHE_2" have the same ones."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(char for char in folded if not unicodedata.combining(char)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words of one language, as `words` gives them.

    `filler` tell nothing, `pointing` ones no more than that something is chosen. `places` are positions in a list of
    candidates. `kinds` leads from a word to the domains and device classes it names, `tools` from a word to the parts
    of tool names it calls for.
    """

    filler: frozenset[str] = frozenset()
    pointing: frozenset[str] = frozenset()
    places: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tools: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def load(cls, language: str) -> Self:
        """Read the words of a language, English where there is none. Reads the disk: run it in an executor."""
        data: Mapping[str, Any] = yaml.safe_load(data_file("words", language).read_text(encoding="utf-8"))
        return cls(
            filler=frozenset(_folded(data["filler"])),
            pointing=frozenset(_folded(data["pointing"])),
            places=data["places"],
            kinds=_turned(data["kinds"]),
            tools=_turned(data["tools"]),
        )


def _turned(groups: Mapping[str, Iterable[str]]) -> Mapping[str, frozenset[str]]:
    """From {meaning: words} to {word: meanings}."""
    meanings: dict[str, set[str]] = {}
    for meaning, group in groups.items():
        for word in _folded(group):
            meanings.setdefault(word, set()).add(meaning)
    return {word: frozenset(found) for word, found in meanings.items()}


def _folded(group: Iterable[str]) -> list[str]:
    return [word for each in group for word in words(each)]
