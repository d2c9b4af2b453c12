"""Which things of a house the words speak of: found by name, alias, area and kind, without a model.

An index is built once for a house and asked in every turn, so that five hundred things cost hardly more than twenty.
Compound and inflected words are met by their beginning or end: "Küchenlicht" finds "Küche" and "Licht".
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from math import log

from ..models.house import Entity
from ..speech import Vocabulary, words
from ..speech.text import plain

SHORTEST_PART = 4  # letters that a word must share with another to be its beginning or end
NAME_LENGTH = 60  # characters
MOST_WORDS = 60  # of what was said

# How much a thing gains: by a rare word of its name, by all the words of its name, by its area, by what it is, by being
# where the words were said; and what a partial match is worth, and a word such as "light" that names a kind as well.
NAMED, WHOLLY_NAMED, IN_AREA, OF_KIND, NEARBY = 3.0, 1.0, 1.5, 2.0, 1.5
PARTLY, KIND_WORD = 0.6, 0.4
WORTH_TELLING = 0.5  # of the best one's score


class Matches:
    """What words speak of; `domains` are the kinds of things they name, by what they are or by their names."""

    def __init__(
        self, entities: Sequence[Entity], scores: Mapping[int, float], *, domains: frozenset[str], area_named: bool
    ) -> None:
        self._entities = entities
        self._scores = scores
        self._area_named = area_named
        self.domains = domains

    def best(self, limit: int, *, near: str | None = None) -> tuple[Entity, ...]:
        """The likeliest first; where no area was named, those of the area `near` the speaker before others."""
        scores = self._scores
        if near is not None and not self._area_named:
            scores = {at: score + NEARBY * (self._entities[at].area == near) for at, score in scores.items()}
        best = nsmallest(limit, scores, key=lambda at: (-scores[at], at))
        return tuple(self._entities[at] for at in best if scores[at] > WORTH_TELLING * scores[best[0]])


class Relevance:
    """An index of the things of a house, for people who speak these languages."""

    def __init__(self, entities: tuple[Entity, ...], vocabularies: Iterable[Vocabulary]) -> None:
        self.entities = entities
        self._vocabularies = tuple(vocabularies)
        self._filler = frozenset[str]().union(*(vocabulary.filler for vocabulary in self._vocabularies))
        self._by_name: dict[str, set[int]] = defaultdict(set)
        self._by_area: dict[str, set[int]] = defaultdict(set)
        self._by_kind: dict[str, set[int]] = defaultdict(set)
        self._name_lengths: list[int] = []
        for at, entity in enumerate(entities):
            names = [words(name) for name in entity.names]
            self._name_lengths.append(min(filter(None, map(len, names)), default=1))
            _file(self._by_name, (word for name in names for word in name), at)
            _file(self._by_area, words(f"{entity.area or ''} {entity.floor or ''}"), at)
            _file(self._by_kind, filter(None, (entity.domain, entity.device_class)), at)
        self.floors = len({entity.floor for entity in entities if entity.floor}) > 1
        self._known = self._by_name.keys() | self._by_area.keys()
        self._beginnings = sorted(self._known)
        self._endings = sorted(word[::-1] for word in self._known)

    def search(self, text: str) -> Matches:
        """What the words speak of."""
        scores: dict[int, float] = defaultdict(float)
        in_area: set[int] = set()
        matched: dict[int, int] = defaultdict(int)
        named: set[int] = set()
        for word in list(dict.fromkeys(words(text)))[:MOST_WORDS]:
            if word not in self._filler:
                things, areas = self._named_by(word)
                in_area |= areas
                if not areas:
                    named |= things.keys()
                for at, worth in things.items():
                    scores[at] += worth
                    matched[at] += 1
        for at, count in matched.items():
            scores[at] += WHOLLY_NAMED * min(1.0, count / self._name_lengths[at])
        for at in in_area:
            scores[at] += IN_AREA
        kinds = self.kinds(text)
        for at in set[int]().union(*(self._by_kind.get(kind, ()) for kind in kinds)):
            scores[at] += OF_KIND
        domains = kinds | {self.entities[at].domain for at in named}
        return Matches(self.entities, scores, domains=domains, area_named=bool(in_area))

    def kinds(self, text: str) -> frozenset[str]:
        """The domains and device classes that the words name."""
        return frozenset(
            kind
            for word in words(text)[:MOST_WORDS]
            for vocabulary in self._vocabularies
            for known in _parts(word, vocabulary.kinds, beginnings=False)
            for kind in vocabulary.kinds[known]
        )

    def _named_by(self, word: str) -> tuple[dict[int, float], set[int]]:
        """What the things gain that have `word` in their name, and the things whose area it names."""
        named: dict[int, float] = {}
        in_area: set[int] = set()
        for known in self._like(word):
            worth = 1.0 if known == word else PARTLY
            in_area |= self._by_area.get(known, set())
            for at in self._by_name.get(known, ()):
                named[at] = max(worth, named.get(at, 0.0))
        if named:
            rarity = log(1 + len(self.entities) / len(named)) / log(1 + len(self.entities))
            gain = NAMED * rarity * (KIND_WORD if any(word in each.kinds for each in self._vocabularies) else 1.0)
            named = {at: gain * worth for at, worth in named.items()}
        return named, in_area

    def _like(self, word: str) -> set[str]:
        """The index's words that are `word`, or begin or end it, or that it begins or ends."""
        like = set(_parts(word, self._known))
        if len(word) >= SHORTEST_PART:
            like.update(_beginning_with(self._beginnings, word))
            like.update(longer[::-1] for longer in _beginning_with(self._endings, word[::-1]))
        return like


def shown(entity: Entity, state: str | None) -> str:
    """The line that tells a model of a thing: its name, where it is and how it is."""
    name = plain(entity.names[0], NAME_LENGTH) if entity.names else entity.entity_id
    where = f" ({plain(entity.area, NAME_LENGTH)})" if entity.area else ""
    return f"{name}{where}: {plain(state or 'unknown', NAME_LENGTH)}"


def _file(index: dict[str, set[int]], keys: Iterable[str], at: int) -> None:
    for key in keys:
        index[key].add(at)


def _parts(word: str, known: Collection[str], *, beginnings: bool = True) -> Iterator[str]:
    """The known words that `word` is, ends with or begins with."""
    if word in known:
        yield word
    for length in range(SHORTEST_PART, len(word)):
        if beginnings and word[:length] in known:
            yield word[:length]
        if word[-length:] in known:
            yield word[-length:]


def _beginning_with(sorted_words: Sequence[str], beginning: str) -> Iterator[str]:
    for at in range(bisect_left(sorted_words, beginning), len(sorted_words)):
        if not sorted_words[at].startswith(beginning):
            return
        yield sorted_words[at]
