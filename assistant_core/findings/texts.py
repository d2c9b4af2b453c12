"""Texts from elsewhere: bounded, without what deceives the eye, and compared without what changes all the time."""

from collections.abc import Iterable
import hashlib
import re

TEXT_LIMIT = 4096
NAME_LIMIT = 253  # characters; Kubernetes has no longer names
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
CONTROL = bytes([*range(9), *range(11, 32), 127])
SAFE = "bcdfghjklmnpqrstvwxz2456789"  # what Kubernetes makes the random parts of names of
VOLATILE = re.compile(
    rf"-(?:[{SAFE}]{{6,10}}-)?(?=[a-z]*\d)[{SAFE}]{{5}}\b|\b(?=[a-f]*\d)[0-9a-f]{{8,}}\b|\d+(?:\.\d+)?"
)


class Budget:
    """Bytes of text that a finding may still have."""

    def __init__(self, left: int = TEXT_LIMIT) -> None:
        self._left = left

    def spend(self, text: str) -> str:
        """As much of `text` as may be kept, without characters that only deceive the eye."""
        if text.isascii() and len(text) <= self._left and len(text.encode().translate(None, CONTROL)) == len(text):
            self._left -= len(text)  # so are nearly all, and this is much faster
            return text.strip()
        kept = UNPRINTABLE.sub("", text[: self._left]).encode(errors="ignore")[: self._left].decode(errors="ignore")
        self._left -= len(kept.encode())
        return kept.strip()

    def spend_all(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Those of the texts that may be kept, each once."""
        return tuple([kept for text in dict.fromkeys(texts) if (kept := self.spend(text))])


def named(text: str) -> str:
    """A name as long as one may be, without characters that are not seen."""
    cut = text[:NAME_LIMIT]
    return cut if cut.isprintable() else "".join(filter(str.isprintable, cut))


def masked(text: str) -> str:
    """The text without its numbers, hashes and random parts of names."""
    return VOLATILE.sub("#", text)


def digest(*parts: str) -> str:
    """A name for what the parts say."""
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:32]
