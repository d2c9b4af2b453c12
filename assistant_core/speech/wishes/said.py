"""What any words say of amounts and intentions, whether or not they come to a wish."""

from collections.abc import Sequence
from typing import NamedTuple

from .amounts import number_at
from .lexicon import Lexicon
from .moods import is_told
from .numbers import with_numbers
from .tokens import Token, labelled, tokenised


class Said(NamedTuple):
    """The meanings of single words, the amounts with their units, and whether nothing is wished for without more."""

    labels: frozenset[str]
    amounts: tuple[tuple[float, str], ...]
    times: tuple[str, ...]
    is_withheld: bool


def said(text: str, lexicon: Lexicon) -> Said:
    """What the words of a text say; it is withheld where they ask, report, deny, or set a condition or a time."""
    plain = tokenised(text)
    tokens = labelled(with_numbers(plain, lexicon), lexicon)
    amounts: list[tuple[float, str]] = []
    labels: set[str] = set()
    at = 0
    while at < len(tokens):
        number, unit, end = number_at(tokens, at)
        own = frozenset[str]().union(*(each.labels for each in tokens[at : max(end, at + 1)]))
        labels |= own if number is None else own - {"times"}  # "half a core"
        if number is not None:
            amounts.append((number, unit))
        at = max(end, at + 1)
    times = tuple(lexicon.times_of_day[each.key] for each in tokens if each.has("time of day"))
    rest = " ".join(each.key for each in tokens if not each.has("limit"))
    return Said(frozenset(labels), tuple(amounts), times, _is_withheld(plain, rest, lexicon))


def _is_withheld(tokens: Sequence[Token], rest: str, lexicon: Lexicon) -> bool:
    """Whether it asks, reports, denies, or sets a condition or a time; `rest` is without "not more than"."""
    words = [each.key for each in tokens]
    asks = words[:1] and words[0] in lexicon.groups["asking"] and lexicon.apart["possible"].isdisjoint(words)
    for each in lexicon.apart["polite"]:
        rest = rest.replace(each, "")
    conditional = any(f" {each} " in f" {rest} " for each in lexicon.apart["condition"])
    return bool(asks) or conditional or is_told(tokens, lexicon)
