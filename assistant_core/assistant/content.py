"""Parts what a model says from the tool calls that small models write into their text, while it streams.

Whatever could be a tool call or a thought is held back until it is known; neither is ever told.
"""

from collections.abc import Set as AbstractSet
from functools import lru_cache
import re

from .called import Call
from .written import call_pattern, calls_in, looks_like_code

_SUSPECT = (
    r"```|~~~|\[\s*\{|\{|<(?i:think|thought|reasoning|tool|function|invoke)|<[|\uff5c]|✿|\[(?:END_)?TOOL_"
    r'|\bprint\(|\b(?:functions|default_api)\.|\b(?:Thought|Action):|"(?:name|tool|function)"\s*:'
)
_ALMOST_SUSPECT = re.compile(r"(?:`{1,2}|~{1,2}|\[[\sTOLEND_]*|<[a-zA-Z|]{0,10}|\"[a-z]{0,8}\"?\s*)\Z")
_LAST_WORD = re.compile(r"(?<!\w)\[?\w++\Z")
_LEADS = ("print", "functions", "default_api", "Thought", "Action")
_THOUGHT = re.compile(
    r"<(?i:think|thought|reasoning).*?(?:</(?i:think|thought|reasoning)\w*>|$)"
    r"|<\|channel\|>analysis.*?(?=<\|end\|>|<\|start\|>|\Z)"
    r"|\bThought:[^\n]*+",
    re.DOTALL,
)
_THOUGHT_BEGINNING = re.compile(r"<(?i:think|thought|reasoning)")
_THOUGHT_END = re.compile(r"</(?i:think|thought|reasoning)\w*>")


class Content:
    """The content of one answer; `tools` are the names that a bare JSON object or `name(...)` may call."""

    def __init__(self, tools: AbstractSet[str]) -> None:
        self._tools = frozenset(tools)
        self._suspect = _suspect(self._tools)
        self._pending = ""
        self._spoke = False

    def feed(self, text: str) -> str:
        """Take a piece and return what is surely no tool call."""
        told = self._told(text)
        self._spoke = self._spoke or bool(told.strip())
        return told

    def _told(self, text: str) -> str:
        self._pending += text
        told = ""
        while suspect := self._suspect.search(self._pending):
            told += self._pending[: suspect.start()]
            self._pending = self._pending[suspect.start() :]
            end = _THOUGHT_END.search(self._pending) if _THOUGHT_BEGINNING.match(self._pending) else None
            if end is None:
                return told
            self._pending = self._pending[end.end() :]
        cut = self._surely_told()
        told, self._pending = told + self._pending[:cut], self._pending[cut:]
        return told

    def finish(self) -> tuple[str, tuple[Call, ...]]:
        """What was held back: the text in it, and the tool calls."""
        held, self._pending = _THOUGHT.sub("", self._pending), ""
        told, calls = calls_in(held, self._tools)
        if not calls and not self._spoke and (name := told.strip("`*.:()\n ")) in self._tools:
            return "", ((name, {}),)  # all that was said
        return told, calls

    def _surely_told(self) -> int:
        """How much of what is pending cannot become the beginning of a call."""
        if almost := _ALMOST_SUSPECT.search(self._pending):
            return almost.start()
        word = _LAST_WORD.search(self._pending)
        if word and any(name.startswith(word[0].removeprefix("[")) for name in (*self._tools, *_LEADS)):
            return word.start()
        return len(self._pending)


@lru_cache(maxsize=64)
def _suspect(tools: frozenset[str]) -> re.Pattern[str]:
    """What may begin a call: also the name of a tool that no sentence would have as a word."""
    names = "|".join(re.escape(name) for name in tools if looks_like_code(name)) or r"(?!)"
    return re.compile(rf"{_SUSPECT}|\[?\b(?:{names})\b|{call_pattern(tools).pattern}")
