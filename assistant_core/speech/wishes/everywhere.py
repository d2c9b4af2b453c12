"""Wishes for several places at once: "in both clusters", "everywhere", "in staging and production"."""

from collections.abc import Iterable
import re
from typing import NamedTuple

from .lexicon import Lexicon


class Places(NamedTuple):
    """The places in a text, and what stands around them; no `named` ones: all there are."""

    before: str
    named: tuple[str, ...]
    after: str

    def only(self, place: str) -> str:
        """The text with this place alone."""
        return f"{self.before} in {place}{self.after}"


def several_places(text: str, names: Iterable[str], lexicon: Lexicon) -> Places | None:
    """The places where a text speaks of more than one, of those `names` or of all; None where it does not."""
    of, joints = (_either(lexicon.groups[group]) for group in ("of", "joint"))
    every, places, alone = (_either(lexicon.apart[group]) for group in ("each of", "places", "everywhere"))
    name = _either(names) or "(?!)"
    listed = rf"{name}(?:\s*,\s*{name})*\s*,?\s+{joints}\s+{name}"
    pattern = rf"\s+(?:(?:{of}\s+)?{every}\s+{places}|{alone}|{of}\s+(?P<listed>{listed}))(?!\w)"
    if (found := re.search(pattern, text, re.IGNORECASE)) is None:
        return None
    named = re.split(rf"\s*,?\s+{joints}\s+|\s*,\s*", found["listed"], flags=re.IGNORECASE) if found["listed"] else ()
    return Places(text[: found.start()], tuple(named), text[found.end() :])


def _either(phrases: Iterable[str]) -> str:
    found = "|".join(map(re.escape, sorted(filter(None, phrases), key=len, reverse=True)))
    return f"(?:{found})" if found else ""
