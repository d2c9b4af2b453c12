"""What somebody said, word by word, each with what it may tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
import re

from .lexicon import Lexicon

_PIECE = re.compile(r"\"[^\"]*\"|(?<!\S)'[^']*'(?!\S)|(?:[^\s,]|(?<=\d),(?=\d))+")
_QUOTES = "\"'`\u201c\u201d\u201e\u2018\u2019\u00bb\u00ab"
_CALL = re.compile(r"[^\s(]\(")  # a parenthesis that belongs to a word, with the one that closes it
_OBJECT = re.compile(
    r"(deployment|statefulset|daemonset|cronjob|helmrelease|kustomization)s?(?:\.apps)?/([\w.-]+)", re.IGNORECASE
)
"""As `kubectl` names an object."""
_END = ".!?;:"
_SPACES = re.compile(r"\s+")


@dataclass(slots=True, eq=False)
class Token:
    """A word or a phrase; `names` are those it may stand for, `number` and `unit` an amount, `factor` a multiple.

    `gap` is what stands between it and the next word: a space, with the marks before it, or a comma as it was written.
    """

    text: str
    labels: frozenset[str] = field(default_factory=frozenset)
    names: tuple[str, ...] = ()
    number: float | None = None
    unit: str = ""
    factor: float = 0
    used: bool = False
    quoted: bool = False
    gap: str = " "

    @property
    def key(self) -> str:
        """As phrases are looked up."""
        return self.text.lower().replace("\u2019", "'")

    def has(self, *labels: str) -> bool:
        """Whether it may tell one of these."""
        return not self.labels.isdisjoint(labels)


def tokenised(text: str) -> list[Token]:
    """The words, without the marks around them; what stands in double quotes is one."""
    found: list[Token] = []
    marks = _QUOTES if _CALL.search(text) else f"{_QUOTES}()"
    end, mark = 0, ""
    for piece in _PIECE.finditer(text):
        if found:
            found[-1].gap = mark + (_SPACES.sub(" ", text[end : piece.start()]) or " ")
        mark = ""
        end = piece.end()
        bare = piece[0].strip(marks).rstrip(_END).strip(marks)
        if match := _OBJECT.fullmatch(bare):
            found += [Token(match[1]), Token(match[2])]
        elif bare:
            found.append(Token(bare, quoted=piece[0][0] == '"' and " " in bare))
            mark = "".join(each for each in piece[0].rpartition(bare)[2] if each in _END)
    return found


def as_written(tokens: Sequence[Token]) -> str:
    """The words as they were said, with the commas between them."""
    return "".join(f"{each.text}{each.gap}" for each in tokens[:-1]) + "".join(each.text for each in tokens[-1:])


def labelled(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """The tokens with what they may tell; the words of a phrase become one. Names and numbers stay as they are."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        merged, length = _phrase(tokens, at, lexicon)
        found.append(merged)
        at += length
    return found


def _phrase(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> tuple[Token, int]:
    first = tokens[at]
    if first.labels or first.number is not None:
        return first, 1
    for length in range(min(lexicon.longest, len(tokens) - at), 0, -1):
        words = tokens[at : at + length]
        if any(each.labels or each.number is not None for each in words):
            continue
        phrase = " ".join(each.key for each in words)
        labels = lexicon.labels.get(phrase, frozenset())
        unit = lexicon.units.get(phrase, "")
        if labels or unit:
            text, factor = " ".join(each.text for each in words), lexicon.times.get(phrase, 0)
            return Token(text, labels | ({"unit"} if unit else set()), unit=unit, factor=factor), length
    return first, 1


def with_label(tokens: Iterable[Token], *labels: str) -> list[Token]:
    """The tokens that may tell one of these."""
    return [each for each in tokens if each.has(*labels)]
