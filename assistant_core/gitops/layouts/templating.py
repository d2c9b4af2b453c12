"""The expressions in an ApplicationSet's template, filled with the parameters that its generators make."""

from collections.abc import Callable, Iterator, Mapping
import re
from typing import Any, NamedTuple

EXPRESSION = re.compile(r"\{\{-?([^{}]*?)-?\}\}")
_CHOICE = re.compile(
    r"\{\{-?\s*if\s([^{}]*?)-?\}\}((?:(?!\{\{-?\s*if\s).)*?)"
    r"(?:\{\{-?\s*else\s*-?\}\}((?:(?!\{\{-?\s*if\s).)*?))?\{\{-?\s*end\s*-?\}\}",
    re.DOTALL,
)
_TRIMMED = re.compile(r"\s{1,80}(\{\{)-\s|\s-(\}\})\s{1,80}")
_LONGEST = 4096
"""Of a text with choices, which are names and paths."""
_DEEPEST = 32
_HANDED_ON = re.compile(
    r"""\s*['"]?\{\{-?\s*(?:toYaml\s+(?P<first>[$.][\w.]*)|(?P<last>[$.][\w.]*)\s*\|\s*toYaml)\s*"""
    r"""(?:\|\s*n?indent\s+[0-9]+\s*)?-?\}\}['"]?\s*"""
)
_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`|[()|]|[^\s()|"`]+')
_SEGMENT = re.compile(r"^(.*\.)?path\.segments\.([0-9]+)$")
_LONGEST_PATTERN = 100
_LONGEST_MATCHED = 253
_ENDLESS = re.compile(r"[+*]\)?[+*]|\)[+*{]|(?:[+*{?].*){4}", re.DOTALL)
"""Patterns that a long text may keep busy for ever: what is repeated is repeated, or much is left open."""
_GROUP = re.compile(r"\$\{?([0-9]+)\}?")
_VERB = re.compile(r"%[svdt]")

type Parameters = dict[str, str]


class _Word(NamedTuple):
    """One word of an expression as it is written, and what it stands for; None for what no parameter tells."""

    text: str
    value: str | None


def handed_on(text: str) -> tuple[str, ...] | None:
    """The keys of the parameter that a text is as a whole, written with `toYaml`; None for any other text."""
    match = _HANDED_ON.fullmatch(text)
    return tuple(filter(None, (match["first"] or match["last"]).lstrip("$").split("."))) if match else None


def chosen(text: str, parameters: Mapping[str, str]) -> str:
    """A text with every choice made that the parameters tell."""
    if len(text) > _LONGEST:
        return text
    for _ in range(_DEEPEST):
        made = _CHOICE.sub(lambda match: _chosen(match, parameters), text)
        if made == text:
            break
        text = made
    return text


def filled(template: Any, parameters: Mapping[str, str]) -> Any:
    """A template with every expression replaced that the parameters answer; the others stay as they are."""
    if isinstance(template, dict):
        return {key: filled(value, parameters) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(each, parameters) for each in template]
    if isinstance(template, str) and "{{" in template:
        if len(template) <= _LONGEST:
            template = _TRIMMED.sub(lambda match: match[1] or match[2], template)
            template = chosen(template, parameters)
        return EXPRESSION.sub(lambda match: _filled(match, parameters), template)
    return template


def _chosen(match: re.Match[str], parameters: Mapping[str, str]) -> str:
    return match[2] if _holds(_value(match[1], parameters)) else match[3] or ""


def _filled(match: re.Match[str], parameters: Mapping[str, str]) -> str:
    found = _value(match[1], parameters)
    return match[0] if found is None else found


def _value(expression: str, parameters: Mapping[str, str]) -> str | None:
    deep = expression.count("(") > _DEEPEST
    return None if deep else _piped(iter(_TOKEN.findall(expression)), parameters)


def _piped(tokens: Iterator[str], parameters: Mapping[str, str]) -> str | None:
    """The value of a pipe up to the bracket that closes it; each command gets what the one before it gave last."""
    words: list[_Word] = []
    given: list[_Word] = []
    for token in tokens:
        if token == ")":  # noqa: S105 - a token of the template
            break
        if token == "|":  # noqa: S105 - a token of the template
            given, words = [_Word("", _called(words, given, parameters))], []
        elif token == "(":  # noqa: S105 - a token of the template
            words.append(_Word("", _piped(tokens, parameters)))
        else:
            words.append(_word(token, parameters))
    return _called(words, given, parameters)


def _word(token: str, parameters: Mapping[str, str]) -> _Word:
    if token[0] in '"`':
        return _Word(token, token[1:-1])
    known = parameters.get(token.removeprefix("."))
    return _Word(token, token if known is None and token.isdecimal() else known)


def _called(words: list[_Word], given: list[_Word], parameters: Mapping[str, str]) -> str | None:
    """What a command gives: a function of Sprig, or a value; one that is not known changes nothing of one value."""
    if not words:
        return None
    name, rest = words[0], [*words[1:], *given]
    if name.text in ("dig", "index", "hasKey"):
        return _looked_up(name.text, rest, parameters)
    if name.text in _FUNCTIONS and rest:
        return _FUNCTIONS[name.text]([each.value for each in rest])
    if name.value is not None or not rest:
        return name.value
    return rest[-1].value if given or len(rest) == 1 else None


def _looked_up(function: str, words: list[_Word], parameters: Mapping[str, str]) -> str | None:
    """`dig` with its default, `index` of a mapping or a list, and whether there is such a key."""
    if len(words) < 2:  # noqa: PLR2004 - where to look, and for what
        return None
    *keys, last = words if function == "dig" else [*words[1:], words[0]]
    fallback = keys.pop().value if function == "dig" else None
    path = ".".join(filter(None, [last.text.strip("."), *(each.value for each in keys)]))
    path = _SEGMENT.sub(r"\1path[\2]", path)
    if function == "hasKey":
        return _truth(any(each == path or each.startswith(f"{path}.") for each in parameters))
    return parameters.get(path, fallback)


def _holds(value: str | None) -> bool:
    return value not in (None, "", "false", "0")


def _printed(given: list[str | None]) -> str | None:
    pattern, *values = given
    if pattern is None or None in values or len(_VERB.findall(pattern)) != len(values):
        return None
    rest = iter(values)
    return _VERB.sub(lambda _: next(rest) or "", pattern)


def _replaced(given: list[str | None]) -> str | None:
    """What Go's `regexReplaceAll` makes of a text; nothing for a pattern that might never end."""
    match given:
        case [str(pattern), str(text), str(new)] if _is_quick(pattern, text):
            try:
                return re.sub(pattern, _GROUP.sub(r"\\g<\1>", new), text)
            except re.error:
                return None
        case _:
            return None


def _is_quick(pattern: str, text: str) -> bool:
    short = len(pattern) <= _LONGEST_PATTERN and len(text) <= _LONGEST_MATCHED
    return short and _ENDLESS.search(pattern) is None


def _text(function: Callable[..., str]) -> Callable[[list[str | None]], str | None]:
    """A function of texts alone, which are given last as Sprig has them."""
    return lambda given: None if None in given else function(*given[::-1])


def _truth(value: bool) -> str:  # noqa: FBT001 - what is told
    return "true" if value else ""


_FUNCTIONS: dict[str, Callable[[list[str | None]], str | None]] = {
    "default": lambda given: given[-1] if _holds(given[-1]) else given[0],
    "coalesce": lambda given: next((each for each in given if each), None),
    "ternary": lambda given: given[0] if _holds(given[-1]) else given[1] if len(given) > 1 else None,
    "eq": lambda given: _truth(given[0] in given[1:]),
    "ne": lambda given: _truth(given[0] not in given[1:]),
    "and": lambda given: _truth(all(map(_holds, given))),
    "or": lambda given: next((each for each in given if _holds(each)), given[-1]),
    "not": lambda given: _truth(not _holds(given[0])),
    "empty": lambda given: _truth(not _holds(given[0])),
    "printf": _printed,
    "regexReplaceAll": _replaced,
    "lower": _text(lambda text: text.lower()),
    "upper": _text(lambda text: text.upper()),
    "trimPrefix": _text(lambda text, start: text.removeprefix(start)),
    "trimSuffix": _text(lambda text, end: text.removesuffix(end)),
    "replace": _text(lambda text, new, old: text.replace(old, new)),
}
"""Those of Sprig that paths and names are made with."""
