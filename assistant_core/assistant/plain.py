"""Takes Markdown out of a text while it streams, so that no sign of it is read aloud."""

import re
import unicodedata

_LONGEST_SPAN = 300  # characters that a link or a tag may be held back for
_OPEN_SPAN = re.compile(r"\[[^\[\]\n]*(?:\]\S*)?\Z|<[a-zA-Z/!|][^<>\n]*(?:>\S*)?\Z")
_OPEN_START = re.compile(r"(?<=\n)[ \t]*(?:[-*_=#>+|][-*_=#|: \t]*)?\Z")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*\)")
_TAG = re.compile(r"</?[a-zA-Z!|][^<>\n]*>")
_LINE_START = re.compile(r"(?<=\n)[ \t]*(?:#{1,6}[ \t]+|[-*+>][ \t]+|[-*_=]{3,}[ \t]*(?=\n)|\|[-:| \t]+(?=\n))")
_MAY_BE_MARKUP = re.compile(r"[^\w\s.,;:?'\"%]|_")
_MARKS = re.compile(r"`+|~~+|(?<!\s)\*+|\*+(?!\s)|(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)|(?<=\s)\|[ \t]?|[ \t]\|(?=\s)")


class Plain:
    """One text; what `feed` and `finish` return joins up to it."""

    def __init__(self) -> None:
        self._pending = ""
        self._before = "\n"

    def feed(self, text: str) -> str:
        """Take a piece and return what can be told by now: nothing that may yet turn out to be markup."""
        self._pending += text
        begun = max(self._pending.rfind(" "), self._pending.rfind("\n")) + 1
        markup = _MAY_BE_MARKUP.search(self._pending, begun)
        cut = markup.start() if markup else len(self._pending)
        start = _OPEN_START.search(f"{self._before}{self._pending}")
        if start:
            cut = min(cut, start.start() - len(self._before))
        span = _OPEN_SPAN.search(self._pending[-_LONGEST_SPAN:])
        if span:
            cut = min(cut, len(self._pending) - len(span[0]))
        ready, self._pending = self._pending[:cut], self._pending[cut:]
        return self._stripped(ready)

    def finish(self) -> str:
        """The rest."""
        ready, self._pending = self._pending, ""
        return self._stripped(ready)

    def _stripped(self, text: str) -> str:
        if not text:
            return ""
        before, self._before = self._before, text[-1]
        text = _TAG.sub("", _LINK.sub(r"\1", f"{before}{text}"))
        text = _MARKS.sub("", _LINE_START.sub("", text))[1:]
        return "".join(char for char in text if char == "\n" or unicodedata.category(char)[0] != "C")
