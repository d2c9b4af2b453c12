"""The expressions in an ApplicationSet's template, filled with the parameters that its generators make."""

from collections.abc import Mapping
import re
from typing import Any

EXPRESSION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}")
_INDEX = re.compile(r"index\s+\.?path\.segments\s+([0-9]+)")
_WORD = r'"[^"]*"|[^\s"]+'
_DIG = re.compile(rf'dig((?:\s+"[^"]*")+)\s+({_WORD})\s+\.')
_DEFAULT = re.compile(rf"default\s+({_WORD})(?:\s+\.?([\w.-]+))?")

type Parameters = dict[str, str]


def filled(template: Any, parameters: Mapping[str, str]) -> Any:
    """A template with every expression replaced that the parameters answer; the others stay as they are."""
    if isinstance(template, dict):
        return {key: filled(value, parameters) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(each, parameters) for each in template]
    if isinstance(template, str) and "{{" in template:
        return EXPRESSION.sub(lambda match: _value(match, parameters), template)
    return template


def _value(match: re.Match[str], parameters: Mapping[str, str]) -> str:
    """`dig` and `default` as Sprig has them; any other function of a pipe is taken to change nothing."""
    expression, *pipes = (each.strip() for each in match[1].split("|"))
    fallback = next((_bare(each[1]) for each in map(_DEFAULT.fullmatch, pipes) if each), None)
    if dug := _DIG.fullmatch(expression):
        expression, fallback = ".".join(re.findall(r'"([^"]*)"', dug[1])), _bare(dug[2])
    elif (given := _DEFAULT.fullmatch(expression)) and given[2]:
        expression, fallback = given[2], _bare(given[1])
    elif index := _INDEX.match(expression):
        expression = f"path[{index[1]}]"
    return parameters.get(expression.removeprefix("."), match[0] if fallback is None else fallback)


def _bare(text: str) -> str:
    return text.strip('"')
