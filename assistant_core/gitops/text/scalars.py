"""How a value is written so that it is read back as exactly that value."""

from collections.abc import Mapping, Sequence
import json
import re

import yaml

from .documents import NULL_TAG
from .values import plain

_ANCHOR = re.compile(r"&[^\s,\[\]{}]+[ \t]+")
_BARE = re.compile(r"[A-Za-z0-9_./+$~^(\\][^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]*|-[^\s\x00-\x1f][^\x00-\x1f\x7f]*")
_RESOLVED = re.compile(
    r"[-+]?[0-9][0-9_,]*(:[0-5]?[0-9])+(\.[0-9_]*)?|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*|[-+]?\.(inf|nan)|=|0o[0-7]+"
    r"|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?",
    re.IGNORECASE,
)
"""What some version of YAML takes for something else than text."""


class Unspliceable(Exception):
    """The text gives no safe place; the message completes "its replicas ..."."""


def written(value: object, *, flow: bool = False) -> str:
    """A value on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str():
            return value if _is_bare(value, flow=flow) else quoted(value)
        case Mapping():
            inner = ", ".join(
                f"{written(str(key), flow=True)}: {written(each, flow=True)}" for key, each in value.items()
            )
            return f"{{{inner}}}"
        case Sequence():
            return f"[{', '.join(written(each, flow=True) for each in value)}]"
    raise TypeError(f"{type(value).__name__} is not YAML")


def quoted(text: str, quote: str = '"') -> str:
    """Text in quotes; single ones only where they can hold it."""
    if quote == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    if text.isprintable() and text.isascii():
        return json.dumps(text)
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char.isprintable():
        return char
    return f"\\U{ord(char):08x}"


def _is_bare(text: str, *, flow: bool) -> bool:
    """Whether text may stand without quotes."""
    if not _BARE.fullmatch(text) or text != text.strip() or not text.isprintable():
        return False
    if plain(text) != text or _RESOLVED.fullmatch(text):
        return False
    if ": " in text or " #" in text or text.endswith(":") or text.startswith(("---", "...", "=")):
        return False
    if "{{" in text or "}}" in text:
        return False
    return not (flow and any(char in text for char in ",[]{}:?"))


def replacement(old: str, node: yaml.ScalarNode, value: object, *, flow: bool) -> str:
    """What to write where a scalar was written as `old`: its anchor and its quotes stay. Raises Unspliceable."""
    anchor = _ANCHOR.match(old)
    kept = anchor.group() if anchor else ""
    body = old[len(kept) :]
    if not body:
        if node.tag != NULL_TAG:
            raise Unspliceable("is written in a way I do not know")
        return f"{kept}{written(value, flow=flow)}"
    if body[0] in "|>":
        raise Unspliceable("is written as a text of several lines")
    if body[0] in "!*":
        raise Unspliceable(f"is written as {body[:60]!r}")
    if "\n" in body or "\r" in body:
        raise Unspliceable("is written over several lines")
    if body[0] in "\"'" and isinstance(value, str):
        return kept + quoted(value, body[0])
    if ":" in body and isinstance(value, str) and _is_bare(value.replace(":", ""), flow=flow):
        flow = False  # whoever reads it takes colons without quotes there already
    return kept + written(value, flow=flow)
