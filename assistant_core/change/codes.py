"""The two words by which a proposal is confirmed aloud, such as "blue seven"."""

from collections.abc import Container
import re

from ..models.codes import COLOURS, NUMBERS

_CODES = tuple(f"{colour} {number}" for colour in COLOURS for number in NUMBERS)
_WORDS = {str(number): word for word, number in NUMBERS.items()}
_GAP = re.compile(r"[\s\-_.,!]+")


def spoken_code(proposal_hash: str, taken: Container[str]) -> str:
    """A code that is not `taken`: always the same for the same hash (hex) and the same others."""
    start = int(proposal_hash[:8], 16)
    return next(code for code in (_CODES[(start + i) % len(_CODES)] for i in range(len(_CODES))) if code not in taken)


def heard(code: str) -> str:
    """A code as people write or speech recognition hears it, in our spelling: "Blue-7" is "blue seven"."""
    return " ".join(_WORDS.get(word, word) for word in _GAP.sub(" ", code).casefold().split())
