"""The tool calls that a JSON object stands for, in the many shapes that small models write them."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from . import lenient

type Call = tuple[str, Mapping[str, Any]]
"""A tool's name and its arguments."""

_ARGUMENTS = ("arguments", "parameters", "args", "input", "action_input", "tool_input", "params", "kwargs")
_NAMES = ("name", "tool", "function", "tool_name")
_OTHER_NAMES = ("action", "method", "command")  # say much else, too
_SEVERAL = ("tool_calls", "calls", "tools", "actions", "functions")
_ONE = ("tool_call", "function_call", "function", "tool", "action")
_ANSWERS = ("answer", "response", "reply", "message", "text", "content", "speech")


def calls_of(value: Mapping[str, Any], tools: AbstractSet[str]) -> Iterator[Call]:
    """The calls; `tools` are the names that an object without arguments, or with nothing but them, may call."""
    value = {key.lower() if key not in tools else key: item for key, item in value.items()}
    inner = next((value[key] for key in _SEVERAL if isinstance(value.get(key), list)), None)
    inner = inner or [value[key] for key in _ONE if isinstance(value.get(key), dict)]
    if inner:
        for call in inner:
            if isinstance(call, dict):
                yield from calls_of(call, tools)
        return
    names = [key for key in _NAMES if isinstance(value.get(key), str)]
    names += [key for key in _OTHER_NAMES if isinstance(name := value.get(key), str) and name in tools]
    names.sort(key=lambda key: value[key] not in tools)
    given = next((key for key in _ARGUMENTS if key in value and key not in names[:1]), None)
    arguments = _object(value[given]) if given else None
    if names and arguments is not None:
        yield value[names[0]], arguments
    elif names and value[names[0]] in tools:
        yield value[names[0]], {key: item for key, item in value.items() if key not in (names[0], "type")}
    elif len(value) == 1:
        name, arguments = next(iter(value.items()))
        if name in tools and isinstance(arguments, dict):
            yield name, arguments


def answer_of(value: Mapping[str, Any]) -> str:
    """The words that an object holds alone, as of a model that answers in JSON; "" for none."""
    key, words = next(iter(value.items()), ("", ""))
    return words if len(value) == 1 and key in _ANSWERS and isinstance(words, str) else ""


def _object(value: object) -> Mapping[str, Any] | None:
    """Arguments, which some models write as JSON within a string, or as a list of one."""
    if value is None:
        return {}
    if isinstance(value, str):
        try:
            value = lenient.read_value(value)
        except ValueError:
            return None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, dict) else None
