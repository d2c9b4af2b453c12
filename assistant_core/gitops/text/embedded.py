"""Replaces lines of a text that is itself YAML: the block scalar that holds inline Helm values or a patch."""

import re

import yaml

from .scalars import Unspliceable

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def lines_replaced(text: str, node: yaml.ScalarNode, inner: str) -> str:
    """The file's text after the block scalar `node` became `inner`; its other lines stay. Raises Unspliceable."""
    if node.style != "|":
        raise Unspliceable("is in a text that is not written as a block (|)")
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    head = text.index("\n", start) + 1
    raw = _LINE.findall(text[head:end])
    was, now = _LINE.findall(node.value), _LINE.findall(inner)
    if inner == node.value:
        return text
    if "\r" in text[start:end]:
        raise Unspliceable("is in a block of text with carriage returns")
    indent = next((len(line) - len(line.lstrip(" ")) for line in raw if line.strip()), 0)
    if indent == 0 or len(raw) < len(was):
        raise Unspliceable("is in a block of text that I cannot place")
    same = next((n for n in range(min(len(was), len(now))) if was[n] != now[n]), min(len(was), len(now)))
    rest_was, rest_now = was[same:][::-1], now[same:][::-1]
    tail = next((n for n in range(min(len(rest_was), len(rest_now))) if rest_was[n] != rest_now[n]), None)
    tail = min(len(rest_was), len(rest_now)) if tail is None else tail
    new = [f"{' ' * indent}{line}" if line.strip() else line for line in now[same : len(now) - tail]]
    if new and not new[-1].endswith("\n"):
        new[-1] += "\n"
    replaced = [*raw[:same], *new, *raw[len(was) - tail :]]
    result = "".join(replaced)
    return text[:head] + (result if text[end - 1 : end] == "\n" else result.rstrip("\n")) + text[end:]
