"""Parts what a model says from the tool calls that small models write into their text, while it streams.

Whatever could be a tool call or a thought is held back until it is known; neither is ever told.
"""

from collections.abc import Set as AbstractSet
import re

from .written import Call, call_pattern, calls_in

_SUSPECT = re.compile(r"```|\[\s*\{|\{|<think|<tool|<function|<\||\[TOOL_")
_ALMOST_SUSPECT = re.compile(r"(?:`{1,2}|\[[\sTOL_]*|<[a-z|]{0,8})$")
_LAST_WORD = re.compile(r"(?<!\w)\w++$")
_THOUGHT = re.compile(r"<think.*?(?:</think(?:ing)?>|$)", re.DOTALL)
_THOUGHT_END = re.compile(r"</think(?:ing)?>")


class Content:
    """The content of one answer; `tools` are the names that a bare JSON object or `name(...)` may call."""

    def __init__(self, tools: AbstractSet[str]) -> None:
        self._tools = frozenset(tools)
        self._suspect = re.compile(f"{_SUSPECT.pattern}|{call_pattern(self._tools).pattern}")
        self._pending = ""

    def feed(self, text: str) -> str:
        """Take a piece and return what is surely no tool call."""
        self._pending += text
        told = ""
        while suspect := self._suspect.search(self._pending):
            told += self._pending[: suspect.start()]
            self._pending = self._pending[suspect.start() :]
            end = _THOUGHT_END.search(self._pending) if self._pending.startswith("<think") else None
            if end is None:
                return told
            self._pending = self._pending[end.end() :]
        cut = self._surely_told()
        told, self._pending = told + self._pending[:cut], self._pending[cut:]
        return told

    def finish(self) -> tuple[str, tuple[Call, ...]]:
        """What was held back: the text in it, and the tool calls."""
        held, self._pending = _THOUGHT.sub("", self._pending), ""
        return calls_in(held, self._tools)

    def _surely_told(self) -> int:
        """How much of what is pending cannot become the beginning of a call."""
        if almost := _ALMOST_SUSPECT.search(self._pending):
            return almost.start()
        word = _LAST_WORD.search(self._pending)
        if word and any(tool.startswith(word[0]) for tool in self._tools):
            return word.start()
        return len(self._pending)
