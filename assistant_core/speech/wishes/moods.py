"""Whether a sentence tells or asks how things are: the words of a wish are in it, but nothing is wished for."""

from collections.abc import Sequence
from itertools import pairwise

from .grammar import VERBS
from .lexicon import Lexicon
from .tokens import Token

_IMPERATIVE = VERBS | {"enable", "disable", "unset", "plus", "drive"}


def is_told(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether it is a report ("I restarted it", "it has 3 replicas") or a question of ability ("can it run 3")."""
    groups, words = lexicon.apart, [each.key for each in tokens]
    someone, telling = groups["someone"], groups["telling"] | groups["done"]
    first, second, *_ = *words, "", ""
    if first in groups["able"] and second not in someone:
        return groups["receiving"].isdisjoint(words)
    if first in groups["perfect"]:
        return second in someone
    if any(one in groups["perfect"] and other in groups["done"] for one, other in pairwise(words)):
        return True
    if telling.isdisjoint(words) or not groups["wishing"].isdisjoint(words):
        return False
    acting = (
        word for before, word in pairwise(["", *words]) if before not in groups["telling"] and word not in telling
    )
    return all(_IMPERATIVE.isdisjoint(lexicon.labels.get(word, ())) for word in acting)
