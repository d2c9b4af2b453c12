"""Text that is fit to be spoken, from text that anybody may have written."""

import re
import unicodedata

_TAG = re.compile(r"</?[a-zA-Z!|][^<>]*>")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_URL = re.compile(
    r"\b[a-z][a-z0-9+.-]*://(?:[^\s/@]*@)?([^\s/:?#]*[^\s/:?#.,;])[^\s]*?(?=[.,:;!?)]*(?:\s|$))", re.IGNORECASE
)
_MARKS = re.compile(r"[`*#|~<>\\]+|(?<!\w)_+|_+(?!\w)")
_SPACES = re.compile(r"\s+")


def plain(text: str, limit: int) -> str:
    """`text` on one line of at most `limit` characters: no control characters, no markup, addresses as their host."""
    line = "".join(_visible(char) for char in text[: 4 * limit])
    line = _URL.sub(r"\1", _LINK.sub(r"\1", _TAG.sub(" ", line)))
    line = _SPACES.sub(" ", _MARKS.sub("", line)).strip()
    if len(line) <= limit:
        return line
    head, _, _ = line[:limit].rpartition(" ")
    return f"{(head or line[: limit - 1]).rstrip(' ,;:.')}…"


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cf":  # zero-width characters and changes of direction
        return ""
    return " " if category[0] in "CZ" else char
