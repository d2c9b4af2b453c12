"""Parts what a model says from the tool calls that small models write into their text, while it streams.

Whatever could be a tool call or a thought is held back until it is known; neither is ever told. Seen in the wild: bare
JSON, JSON in a code fence, `<tool_call>` and `<think>` tags, a sentence before the JSON.
"""

from collections.abc import Container, Iterator, Mapping
import json
import re
from typing import Any

from ..models.chat import ToolCall

_SUSPECT = re.compile(r"```|\[\s*\{|\{|<think|<tool|<\|")
_ALMOST_SUSPECT = re.compile(r"(?:`{1,2}|\[\s*|<[a-z|]{0,5})$")
_THOUGHT = re.compile(r"<think.*?(?:</think(?:ing)?>|$)", re.DOTALL)
_THOUGHT_END = re.compile(r"</think(?:ing)?>")
_BROKEN_OBJECT = re.compile(r"""\{\s*["']""")
_WRAPPING = re.compile(r"```\w*|</?tool\w*>|<\|\w*\|>")
_ARGUMENTS = ("arguments", "parameters", "args")


class Content:
    """The content of one answer; `tools` are the names a bare JSON object may call."""

    def __init__(self, tools: Container[str]) -> None:
        self._tools = tools
        self._pending = ""

    def feed(self, text: str) -> str:
        """Take a piece and return what is surely no tool call."""
        self._pending += text
        told = ""
        while suspect := _SUSPECT.search(self._pending):
            told += self._pending[: suspect.start()]
            self._pending = self._pending[suspect.start() :]
            end = _THOUGHT_END.search(self._pending) if self._pending.startswith("<think") else None
            if end is None:
                return told
            self._pending = self._pending[end.end() :]
        almost = _ALMOST_SUSPECT.search(self._pending)
        cut = almost.start() if almost else len(self._pending)
        told, self._pending = told + self._pending[:cut], self._pending[cut:]
        return told

    def finish(self) -> tuple[str, tuple[ToolCall, ...]]:
        """What was held back: the text in it, and the tool calls."""
        held, self._pending = _THOUGHT.sub("", self._pending), ""
        objects: list[Any] = []
        text = "".join(_without_json(held, objects))
        calls = [call for value in objects for call in self._calls(value)]
        return _WRAPPING.sub("", text), tuple(
            ToolCall(id=f"content_{number}", name=name, arguments=arguments)
            for number, (name, arguments) in enumerate(calls)
        )

    def _calls(self, value: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
        if not isinstance(value, dict):
            return
        if isinstance(several := value.get("tool_calls"), list):
            for call in several:
                yield from self._calls(call)
            return
        if isinstance(function := value.get("function"), dict):
            yield from self._calls(function)
            return
        name = next((value[key] for key in ("name", "tool", "function") if isinstance(value.get(key), str)), None)
        arguments = next((_object(value[key]) for key in _ARGUMENTS if key in value), None)
        if name is not None and (arguments is not None or name in self._tools):
            yield name, arguments or {}


def _without_json(text: str, objects: list[Any]) -> Iterator[str]:
    """The text around the JSON objects in it, which go to `objects`; nothing after a broken one."""
    decoder = json.JSONDecoder()
    at = 0
    while (start := text.find("{", at)) >= 0:
        yield text[at:start].rstrip("[, \n")
        try:
            value, at = decoder.raw_decode(text, start)
        except ValueError, RecursionError:
            if _BROKEN_OBJECT.match(text, start):
                return
            yield text[start]
            at = start + 1
        else:
            objects.append(value)
    yield text[at:].lstrip("],") if objects else text[at:]


def _object(value: object) -> Mapping[str, Any] | None:
    """Arguments, which some models write as JSON within a string."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError, RecursionError:
            return None
    return value if isinstance(value, dict) else None
