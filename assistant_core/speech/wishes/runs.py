"""Words and runs of words that may be one name: "the adguard backup", "the backup of adguard"."""

from collections.abc import Iterator
import re

from .lexicon import Lexicon
from .names import POSSESSIVE
from .tokens import Token, tokenised

_LONGEST = 4  # words
_BREAK = re.compile(r"[,;!?]")


def runs(text: str, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """What stands in the text, as a pattern, and the name that it may be, longest first."""
    tokens = tokenised(text)
    for length in range(min(_LONGEST + 2, len(tokens)), 0, -1):
        for start in range(len(tokens) - length + 1):
            words = tokens[start : start + length]
            if any(_BREAK.search(each.gap) for each in words[:-1]) or any(each.quoted for each in words):
                continue
            if named := _name(words, lexicon):
                yield _as_written(words), " ".join(POSSESSIVE.sub("", each.text) for each in named)


def _name(words: list[Token], lexicon: Lexicon) -> list[Token]:
    """The words in the order of a name; none where they are more than that."""
    if len(words) == 1:
        return [] if words[0].key in lexicon.labels else words
    of, filler = lexicon.groups["of"], lexicon.groups["filler"]
    at = next((at for at, each in enumerate(words) if each.key in of), None)
    if at is None:
        named = words
    else:
        tail = at + 1
        while tail < len(words) and words[tail].key in filler:
            tail += 1
        named = [*words[tail:], *words[:at]] if at and tail < len(words) else []
    return named if len(named) <= _LONGEST and not any(each.key in of | filler for each in named) else []


def _as_written(words: list[Token]) -> str:
    return r"\s+".join(re.escape(each.text) for each in words)
