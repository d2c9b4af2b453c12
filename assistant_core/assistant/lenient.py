"""Reads JSON the way small models write it: single quotes, trailing commas, bare words, Python's True and None."""

import json
import re
from typing import Any

MOST_DEPTH = 12
_SPACE = re.compile(r"\s*")
_BARE = re.compile(r"[^\s,:=()\[\]{}\"']+")
_STRING = {quote: re.compile(rf"{quote}((?:[^{quote}\\]|\\.)*){quote}", re.DOTALL) for quote in "\"'"}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_WORDS = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d{1,3})?")


def read_object(text: str, start: int = 0) -> tuple[dict[str, Any], int]:
    """The object that begins at `start`, and where it ends. Raises ValueError where there is none."""
    try:
        value, end = json.JSONDecoder().raw_decode(text, start)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except ValueError:
        value, end = _value(text, start, MOST_DEPTH)
    if not isinstance(value, dict):
        raise ValueError("no object")  # noqa: TRY004 - about the text, not about a type
    return value, end


def read_value(text: str) -> Any:
    """The list or object that is all of `text`. Raises ValueError."""
    value, end = _value(text, _space(text, 0), MOST_DEPTH)
    if not isinstance(value, dict | list) or _space(text, end) != len(text):
        raise ValueError("neither a list nor an object")
    return value


def read_arguments(text: str, start: int) -> tuple[dict[str, Any], int]:
    """The arguments that follow a call's opening parenthesis, and where it is closed. Raises ValueError."""
    items: dict[str, Any] = {}
    at = _space(text, start)
    if text[at : at + 1] == "{":
        items, at = read_object(text, at)
    while (at := _space(text, at, ",")) < len(text) and text[at] != ")":
        key, at = _bare(text, at)
        at = _space(text, at)
        if text[at : at + 1] != "=":
            raise ValueError("no arguments")
        items[str(key)], at = _value(text, _space(text, at + 1), MOST_DEPTH)
    if at >= len(text):
        raise ValueError("not closed")
    return items, at + 1


def _value(text: str, at: int, depth: int) -> tuple[Any, int]:
    if depth == 0:
        raise ValueError("nested too deeply")
    match text[at : at + 1]:
        case "{":
            return _object(text, at + 1, depth)
        case "[":
            return _list(text, at + 1, depth)
        case "'" | '"':
            return _string(text, at)
        case _:
            return _bare(text, at)


def _object(text: str, at: int, depth: int) -> tuple[dict[str, Any], int]:
    items: dict[str, Any] = {}
    while (at := _space(text, at, ",")) < len(text) and text[at] != "}":
        key, at = _string(text, at) if text[at] in _STRING else _bare(text, at)
        at = _space(text, at)
        if text[at : at + 1] != ":":
            raise ValueError("no object")
        items[str(key)], at = _value(text, _space(text, at + 1), depth - 1)
    if at >= len(text):
        raise ValueError("not closed")
    return items, at + 1


def _list(text: str, at: int, depth: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    while (at := _space(text, at, ",")) < len(text) and text[at] != "]":
        item, at = _value(text, at, depth - 1)
        items.append(item)
    if at >= len(text):
        raise ValueError("not closed")
    return items, at + 1


def _string(text: str, at: int) -> tuple[str, int]:
    match = _STRING[text[at]].match(text, at)
    if match is None:
        raise ValueError("not closed")
    return _ESCAPE.sub(_unescaped, match[1]), match.end()


def _bare(text: str, at: int) -> tuple[Any, int]:
    match = _BARE.match(text, at)
    if match is None:
        raise ValueError("no value")
    word = match[0]
    if number := _NUMBER.fullmatch(word):
        return (float(word) if number[1] or number[2] else int(word)), match.end()
    return _WORDS.get(word, word), match.end()


def _unescaped(match: re.Match[str]) -> str:
    escape = match[1]
    return chr(int(escape[1:], 16)) if len(escape) > 1 else _ESCAPED.get(escape, escape)


def _space(text: str, at: int, also: str = "") -> int:
    """Where the next thing begins; `also` may be skipped once."""
    match = _SPACE.match(text, at)
    at = match.end() if match else at
    return _space(text, at + 1) if also and text.startswith(also, at) else at
