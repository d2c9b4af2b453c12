"""Numbers in digits and in words: "two", "twenty-five", "1,5", "2Gi", "ten point one"."""

from collections.abc import Sequence
import re

from .lexicon import Lexicon
from .tokens import Token

_DIGITS = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_GLUED = re.compile(r"([-+]?\d+(?:[.,]\d+)?)([^\W\d_]+|%)")
THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}[.,]\d{3}")
"""One and a half in one language, and fifteen hundred in another: no number that could be relied on."""
_KUBERNETES = ("Ki", "Mi", "Gi", "Ti", "m", "M", "G", "T")
_MOST_WORDS = 4


def with_numbers(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """The tokens, where every number has become one token with its value."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        token, length = _number(tokens, at, lexicon)
        found.append(token)
        at += length
    return _pointed(found, lexicon)


def _number(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> tuple[Token, int]:
    first = tokens[at]
    if first.labels or first.quoted or THOUSANDS.match(first.text):
        return first, 1
    if _DIGITS.fullmatch(first.text):
        return Token(first.text, _NUMBER, number=_value(first.text)), 1
    if glued := _GLUED.fullmatch(first.text):
        unit = glued[2] if glued[2] in _KUBERNETES else lexicon.units.get(glued[2].casefold(), "")
        if unit or glued[2] == "%":
            labels = _NUMBER if unit else _NUMBER | {"percent"}
            return Token(first.text, labels, number=_value(glued[1]), unit=unit), 1
    for length in range(min(_MOST_WORDS, len(tokens) - at), 0, -1):
        words = tokens[at : at + length]
        if any(each.labels for each in words):
            continue
        value = lexicon.numbers.get(" ".join(each.key for each in words).replace("-", " "))
        if value is not None:
            return Token(" ".join(each.text for each in words), _NUMBER, number=value), length
    return first, 1


_NUMBER = frozenset({"number"})


def _value(text: str) -> float:
    return float(text.replace(",", "."))


def _pointed(tokens: list[Token], lexicon: Lexicon) -> list[Token]:
    """Joins "one point five", and the parts of a version such as "ten point ten point one"."""
    points = lexicon.groups["point"]
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        end = at + 1
        while (
            end + 1 < len(tokens) and tokens[end].key in points and _whole(tokens[end - 1]) and _whole(tokens[end + 1])
        ):
            end += 2
        if end > at + 1:
            text = ".".join(f"{each.number:.0f}" for each in tokens[at:end:2])
            number = float(text) if text.count(".") == 1 else None
            found.append(Token(text, _NUMBER if number is not None else frozenset({"number", "dotted"}), number=number))
        else:
            found.append(tokens[at])
        at = end
    return found


def _whole(token: Token) -> bool:
    return token.number is not None and token.number == int(token.number) and not token.unit
