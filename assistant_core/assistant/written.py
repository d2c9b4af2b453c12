"""Finds the tool calls that small models write into their text, and what else that text says.

Seen in the wild: bare JSON, several objects in a list, JSON in a code fence, `<tool_call>` and `<function=name>` tags,
`name(argument="value")`, a sentence before or after.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
import re
from typing import Any

from . import lenient

type Call = tuple[str, Mapping[str, Any]]
"""A tool's name and its arguments."""

_ARGUMENTS = ("arguments", "parameters", "args")
_NAMES = ("name", "tool", "function", "tool_name")
_BROKEN_CALL = re.compile(r"""\{\s*["']|\w+\(\s*(?:\w+\s*=|["'{])|<function""")
_WRAPPING = re.compile(r"```\w*|</?(?:tool|function)[^<>]*>|<\|\w*\|>|\[/?TOOL_CALLS?\]")


@lru_cache(maxsize=64)
def call_pattern(tools: AbstractSet[str]) -> re.Pattern[str]:
    """What begins `name(`, for the names of tools."""
    names = "|".join(re.escape(name) for name in sorted(tools, key=len, reverse=True))
    return re.compile(rf"\b(?:{names})\(" if names else r"(?!)")


def calls_in(text: str, tools: AbstractSet[str]) -> tuple[str, tuple[Call, ...]]:
    """The text without its tool calls, and the calls; `tools` are the names that a bare object or `name(...)` may call.

    Nothing after a broken call is told.
    """
    calls: list[Call] = []
    told = "".join(_told(text, tools, calls))
    return _WRAPPING.sub("", told), tuple(calls)


def _told(text: str, tools: AbstractSet[str], calls: list[Call]) -> Iterator[str]:
    beginning = re.compile(rf"(?:<function=([\w.-]+)>\s*)?\{{|{call_pattern(frozenset(tools)).pattern}")
    at = 0
    while begun := beginning.search(text, at):
        before = text[at : begun.start()]
        try:
            if begun[0].endswith("{"):
                value, at = lenient.read_object(text, begun.end() - 1)
                found = [(begun[1], value)] if begun[1] else list(_calls(value, tools))
            else:
                value, at = lenient.read_arguments(text, begun.end())
                found = [(begun[0][:-1], value)]
        except ValueError:
            yield before
            if _BROKEN_CALL.match(text, begun.start()):
                return
            yield begun[0]
            at = begun.end()
        else:
            calls += found
            yield before.rstrip("[, \n")
            while at < len(text) and text[at] in "],":
                at += 1
    yield text[at:]


def _calls(value: object, tools: AbstractSet[str]) -> Iterator[Call]:
    """The calls that a JSON object stands for."""
    if not isinstance(value, dict):
        return
    if isinstance(several := value.get("tool_calls"), list):
        for call in several:
            yield from _calls(call, tools)
        return
    if isinstance(function := value.get("function"), dict):
        yield from _calls(function, tools)
        return
    names = [key for key in _NAMES if isinstance(value.get(key), str)]
    names.sort(key=lambda key: value[key] not in tools)
    arguments = next((_object(value[key]) for key in _ARGUMENTS if key in value), None)
    if names and arguments is not None:
        yield value[names[0]], arguments
    elif names and value[names[0]] in tools:
        yield value[names[0]], {key: item for key, item in value.items() if key not in (names[0], "type")}


def _object(value: object) -> Mapping[str, Any] | None:
    """Arguments, which some models write as JSON within a string."""
    if isinstance(value, str):
        try:
            value = lenient.read_value(value)
        except ValueError:
            return None
    return value if isinstance(value, dict) else None
