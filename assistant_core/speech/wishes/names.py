"""Known names in a sentence: as they are written, as they are spoken, in the plural, or misheard by a letter."""

from collections.abc import Iterable, Sequence
import re
from typing import NamedTuple

from .lexicon import Lexicon
from .tokens import Token

_JOINTS = re.compile(r"[\s_.\-/]+")
_DOUBLED = re.compile(r"([^\W\d])\1+")
_DIGITS = re.compile(r"\d")
POSSESSIVE = re.compile(r"['\u2019]s?$")
_LONGEST = 6  # words
_NOUNS = frozenset({"generic", "replicas", "container", "kind", "machine"})
_SHORTEST_MISHEARD = 5  # letters: below it too many other words are near


def plain(name: str) -> str:
    """A name as it is spoken: without case and joints."""
    return _JOINTS.sub("", name.strip().casefold())


class Found(NamedTuple):
    """A name at the tokens from `start` to `end`; `names` are those it may stand for."""

    start: int
    end: int
    names: tuple[str, ...]


class Names:
    """Names that can be spoken of."""

    def __init__(self, names: Iterable[str]) -> None:
        self._plain: dict[str, dict[str, None]] = {}
        self._sounds: dict[str, dict[str, None]] = {}
        for name in names:
            if key := plain(name):
                self._plain.setdefault(key, {})[name] = None
                self._sounds.setdefault(_sound(key), {})[name] = None
        self._by_length: dict[int, list[str]] = {}
        for key in self._plain:
            self._by_length.setdefault(len(key), []).append(key)

    def __contains__(self, name: str) -> bool:
        return plain(name) in self._plain

    def find(self, tokens: Sequence[Token], lexicon: Lexicon) -> list[Found]:
        """The names in a sentence, those that are surest; none of them overlap."""
        for how in (self._exact, self._plural, self._misheard):
            found: list[Found] = []
            for length in range(min(_LONGEST, len(tokens)), 0, -1):
                for start in range(len(tokens) - length + 1):
                    words = tokens[start : start + length]
                    taken = any(start < each.end and each.start < start + length for each in found)
                    if taken or any(each.labels or each.quoted for each in words):
                        continue
                    if names := how(words, lexicon):
                        found.append(Found(start, start + length, names))
            if found:
                return _told(sorted(found, key=lambda each: each.start), tokens, lexicon)
        return []

    def _exact(self, words: Sequence[Token], _: Lexicon) -> tuple[str, ...]:
        return tuple(self._plain.get(_joined(words), ()))

    def _plural(self, words: Sequence[Token], lexicon: Lexicon) -> tuple[str, ...]:
        key = _joined(words)
        if all(each.key in lexicon.labels for each in words):
            return ()
        return tuple(self._plain.get(f"{key}s") or self._plain.get(key.removesuffix("s")) or ())

    def _misheard(self, words: Sequence[Token], lexicon: Lexicon) -> tuple[str, ...]:
        """One letter or the doubling of letters may differ, digits may not."""
        key = _joined(words)
        if len(key) < _SHORTEST_MISHEARD or any(each.key in lexicon.labels for each in words):
            return ()
        if same := self._sounds.get(_sound(key)):
            return tuple(same)
        lengths = range(len(key) - 1, len(key) + 2)
        near = [each for length in lengths for each in self._by_length.get(length, ()) if _near(key, each)]
        return tuple(name for each in near for name in self._plain[each])


def _joined(words: Sequence[Token]) -> str:
    return plain(" ".join(POSSESSIVE.sub("", each.text) for each in words))


def _sound(key: str) -> str:
    return _DOUBLED.sub(r"\1", key.replace("ph", "f").replace("ck", "k"))


def _near(one: str, other: str) -> bool:
    """Whether one letter was left out, added, changed, or swapped with the next."""
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < _SHORTEST_MISHEARD:
        return False
    if _DIGITS.findall(one) != _DIGITS.findall(other):
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    if start == 0:
        return False
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _is_article(found: Found, tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether it is no more than the article of the word after it: "a pod", though an app is called "a"."""
    filler, after = (
        lexicon.groups["filler"],
        lexicon.labels.get(tokens[found.end].key, ()) if found.end < len(tokens) else (),
    )
    return found.end - found.start == 1 and tokens[found.start].key in filler and not _NOUNS.isdisjoint(after)


def _told(found: list[Found], tokens: Sequence[Token], lexicon: Lexicon) -> list[Found]:
    """Words of the language are names only where there is no other, or beside one: an app may be called "web"."""
    found = [each for each in found if not _is_article(each, tokens, lexicon)]
    joints, ends = lexicon.groups["joint"], {each.end for each in found}
    starts = {each.start for each in found}
    real = [
        each
        for each in found
        if any(token.key not in lexicon.labels for token in tokens[each.start : each.end])
        or (each.start - 1 in ends and tokens[each.start - 1].key in joints)
        or (each.end + 1 in starts and tokens[each.end].key in joints)
    ]
    return real or found
