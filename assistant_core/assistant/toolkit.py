"""The tools of a turn: all that may be called, and the few of them that are offered.

A model may call any of them, under its full name or the short one it was offered. Offered are ours and those of other
boxes that the words call for: by what is to be done, by the kind of thing, or by the tool's own name.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
import re

from ..models.chat import ToolSpec
from ..ports import ToolBox
from ..speech import Vocabulary, words
from .budget import tool_bytes
from .terse import terse

MOST_TOOLS = 8
TYPICAL_BYTES = 1_200  # of all tools; beyond it only those whose deed the words name
MOST_BYTES = 2_400
SUPERSEDED = frozenset({"getlivecontext", "getdatetime"})  # of Home Assistant: what they tell stands in our prompt
# Kinds of things that cannot be turned on, opened or moved, as Home Assistant's general tools do.
_UNMOVED = frozenset({"todo", "calendar", "weather", "person", "temperature", "humidity", "battery", "motion"})
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
BY_DEED, BY_KIND, BY_NAME = 4, 2, 1


class Toolkit:
    """The tools of `own` boxes, which win over those of `others` of the same name."""

    def __init__(
        self, own: Sequence[ToolBox], others: Sequence[ToolBox], vocabularies: Iterable[Vocabulary], *, floors: bool
    ) -> None:
        self._vocabularies = tuple(vocabularies)
        self._floors = floors
        self._own: dict[str, ToolSpec] = {}
        self._others: dict[str, ToolSpec] = {}
        self._boxes: dict[str, ToolBox] = {}
        for boxes, specs in ((own, self._own), (others, self._others)):
            for box in boxes:
                for spec in box.specs():
                    if _short(spec.name) not in self._own and _bare(spec.name) not in SUPERSEDED:
                        self._boxes.setdefault(spec.name, box)
                        specs.setdefault(spec.name, spec)
        self._specs = self._own | self._others
        self._called = _callable_names(self._specs)

    @property
    def names(self) -> frozenset[str]:
        """The names that a call may have."""
        return frozenset(self._called)

    def find(self, name: str) -> tuple[ToolSpec, ToolBox] | None:
        """The tool that a model means by `name`; None when there is none, or several."""
        known = self._called.get(name) or self._called.get(_bare(name))
        return (self._specs[known], self._boxes[known]) if known else None

    def fixed(self, text: str, kinds: frozenset[str]) -> tuple[ToolSpec, ...]:
        """All of ours, then those that `text` calls for."""
        return self._offered(self._own.values(), text, kinds)

    def called_for(self, text: str, kinds: frozenset[str]) -> tuple[ToolSpec, ...]:
        """Those that `text` calls for; all of ours unless it speaks of nothing but the house."""
        home = any(score >= BY_KIND for score in self._scores(text, kinds, self._others).values())
        ours = self._scores(text, frozenset(), self._own)
        own = [spec for name, spec in self._own.items() if not home or any(ours.values()) or name == "lookup"]
        return self._offered(own, text, kinds)

    def _offered(self, ours: Iterable[ToolSpec], text: str, kinds: frozenset[str]) -> tuple[ToolSpec, ...]:
        own = tuple(terse(spec, name=spec.name, floors=False) for spec in ours)
        scores = self._scores(text, kinds, self._others)
        size = sum(map(tool_bytes, own))
        best: dict[str, int] = {}
        chosen: dict[str, ToolSpec] = {}
        for name in sorted((name for name in scores if scores[name]), key=lambda name: -scores[name]):
            if len(own) + len(chosen) >= MOST_TOOLS:
                break
            if best.setdefault(_domain(name), scores[name]) - scores[name] >= BY_DEED:
                continue  # another tool for the same things fits the words far better
            spec = terse(self._others[name], name=self._offered_name(name), floors=self._floors)
            if chosen and size + tool_bytes(spec) > (MOST_BYTES if scores[name] >= BY_DEED else TYPICAL_BYTES):
                continue
            size += tool_bytes(spec)
            chosen[name] = spec
        return (*own, *(chosen[name] for name in self._others if name in chosen))

    def _offered_name(self, name: str) -> str:
        short = _short(name)
        return short if self._called.get(short) == name else name

    def _scores(self, text: str, kinds: frozenset[str], specs: Mapping[str, ToolSpec]) -> dict[str, int]:
        said = frozenset(words(text))
        deeds = {deed for vocabulary in self._vocabularies for word in said for deed in vocabulary.tools.get(word, ())}
        if kinds and kinds <= _UNMOVED:
            specs = {name: spec for name, spec in specs.items() if _domain(name) != "intent"}
        return {
            name: BY_DEED * sum(deed in _bare(name) for deed in deeds)
            + BY_KIND * (_domain(name) in kinds)
            + BY_NAME * len(said & _own_words(name))
            for name in specs
        }


def _callable_names(specs: Iterable[str]) -> Mapping[str, str]:
    """From every name that means one tool only to its full name: as it is, short, or in other case."""
    meant: dict[str, set[str]] = {}
    for name in specs:
        for also in {_short(name), _bare(name), _bare(_short(name))}:
            meant.setdefault(also, set()).add(name)
    called = {also: next(iter(names)) for also, names in meant.items() if len(names) == 1}
    return called | {name: name for name in specs}


def _short(name: str) -> str:
    """Without the integration that Home Assistant puts before it."""
    return name.rpartition("__")[2]


def _domain(name: str) -> str:
    return name.partition("__")[0]


@lru_cache(maxsize=512)
def _bare(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


@lru_cache(maxsize=512)
def _own_words(name: str) -> frozenset[str]:
    """The longer words a name is made of: "script__movie_night" and "HassVacuumStart" have two each."""
    return frozenset(word for word in words(_HUMPS.sub(" ", _short(name))) if len(word) > len("hass"))
