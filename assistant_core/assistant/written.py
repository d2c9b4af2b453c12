"""Finds the tool calls that small models write into their text, and what else that text says.

Seen in the wild: bare JSON, several objects in a list, JSON in a code fence, `<tool_call>`, `<function=name>` and
`<parameter=name>` tags, `name(argument="value")`, `name: {"argument": "value"}`, a sentence before or after.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import lru_cache
import re

from . import lenient
from .called import Call, answer_of, calls_of

_PARAMETER = r"""<parameter(?:=|\s+name=)["']?([\w.-]+)["']?\s*>\s*([^<]*?)\s*</parameter>"""
_TAGGED = rf"""<(?:function|invoke|tool)(?:=|\s+name=)["']?(?P<tag>[\w.-]+)["']?\s*>\s*(?:\{{|(?:{_PARAMETER}\s*)+)"""
_BETWEEN = (
    r"(?i:[\s:`*\"'>=,]|\.call\b|\[args\]|✿args✿|<\|\w+\|>|json|<\uff5c[^\uff5c\n]{1,40}\uff5c>"
    r"|action input|arguments|parameters|args|input)*+"
)
_BROKEN_CALL = re.compile(r"""\{\s*["']|\w+\s*\(\s*(?:\w+\s*=|["'{])|<(?:function|invoke)""")
_WRAPPING = re.compile(
    r"(?:```|~~~)\w*|</?(?:tool|function|invoke|parameter)[^<>]*>|<\|(?:im_start|start_header_id|start|channel)\|>\w*"
    r"|<\|[/\w]*\|>|<\uff5c[^\uff5c\n]{1,40}\uff5c>(?:function\b)?|✿\w+✿:?|\[/?(?:END_)?TOOL_\w+\]|\[ARGS\]"
    r"|^[ \t]*Action(?: Input)?:",
    re.MULTILINE,
)
_FRAGMENT = re.compile(r"(?:<[|/a-zA-Z_]*|\[[A-Z_]*|\{)\s*$")
_LEADS = ("print", "await", "functions.", "tools.", "default_api.", "to=", '"name":', '"tool":', '"function":')
_OPENING, _CLOSING = "[({\\\"'`*, \n", "])};,\\"


def looks_like_code(name: str) -> bool:
    """Whether a tool's name can be no word of a sentence: "HassTurnOn", "propose_change"."""
    return "_" in name or any(char.isupper() for char in name[1:])


@lru_cache(maxsize=64)
def call_pattern(tools: AbstractSet[str]) -> re.Pattern[str]:
    """What begins `name(` or `name {`, for the names of tools."""
    code = _any_of(name for name in tools if looks_like_code(name))
    word = _any_of(name for name in tools if not looks_like_code(name))
    return re.compile(rf"\b(?P<code>{code})(?:(?:\.call)?\s*\(|{_BETWEEN}\{{)|\b(?P<word>{word})[({{]")


def calls_in(text: str, tools: AbstractSet[str]) -> tuple[str, tuple[Call, ...]]:
    """The text without its tool calls, and the calls; `tools` are the names that a bare object or `name(...)` may call.

    Nothing after a broken call is told. A call that is written twice is meant once.
    """
    calls: list[Call] = []
    told = _WRAPPING.sub("", "".join(_told(text, frozenset(tools), calls)))
    told = _FRAGMENT.sub("", told)
    return told, tuple(call for at, call in enumerate(calls) if call not in calls[:at])


def _told(text: str, tools: frozenset[str], calls: list[Call]) -> Iterator[str]:
    named = call_pattern(tools)
    beginning = re.compile(rf"{_TAGGED}|\{{|{named.pattern}")
    at = 0
    while begun := beginning.search(text, at):
        before = text[at : begun.start()]
        try:
            found, answer, at = _read(text, begun, tools)
        except ValueError:
            if begun[0][-1] == "{" != begun[0] or _BROKEN_CALL.match(text, begun.start()):
                yield _without_lead(before)
                if (within := named.search(text, begun.start() + 1)) is None:
                    return
                at = within.start()
            else:
                yield before + begun[0]
                at = begun.end()
        else:
            calls += found
            yield _without_lead(before) if found else before.rstrip("[, \n")
            if answer:
                yield from _told(answer, tools, calls)
            while at < len(text) and text[at] in _CLOSING:
                at += 1
    yield text[at:]


def _read(text: str, begun: re.Match[str], tools: frozenset[str]) -> tuple[list[Call], str, int]:
    """The calls that begin there, or the answer that stands in their place, and where they end. Raises ValueError."""
    name = begun["tag"] or begun["code"] or begun["word"]
    match begun[0][-1]:
        case "{":
            value, end = lenient.read_object(text, begun.end() - 1)
        case "(":
            value, end = lenient.read_arguments(text, begun.end())
        case _:
            value, end = dict(re.findall(_PARAMETER, begun[0])), begun.end()
    if name:
        return [(name, value)], "", end
    found = list(calls_of(value, tools))
    return found, "" if found else answer_of(value), end


def _without_lead(text: str) -> str:
    """What stands before a call, without the code that leads to it."""
    while (shorter := _cut(text.rstrip(_OPENING))) != text:
        text = shorter
    return text


def _cut(text: str) -> str:
    lead = next((each for each in _LEADS if text.endswith(each)), "")
    return text.removesuffix(lead)


def _any_of(names: Iterator[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or r"(?!)"
