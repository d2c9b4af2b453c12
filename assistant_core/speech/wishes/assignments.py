"""Environment variables and values of charts: a name, and a text that is taken as it was written."""

from collections.abc import Sequence
from itertools import pairwise
import re
from typing import NamedTuple

from .grammar import VERBS
from .lexicon import Lexicon
from .names import Names
from .tokens import Token, as_written

_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_+[A-Z0-9]+)*_?")
_ANY_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SET = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*)=(.*)")
_PATH = re.compile(r"[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\[\d+\])+")
_KEY = re.compile(r"[A-Za-z_][\w-]*(?:(?:\.[\w-]+)|\[\d+\])*")
_SHORTEST = 2
_SPOKEN_ALIKE = {"add", "port", "host", "hostname", "mount", "command", "schedule", "courtesy"}


class Assignment(NamedTuple):
    """`key` shall be `value`, None to take it away; `rest` are the other words."""

    operation: str
    key: str
    value: str | None
    rest: list[Token]


def assignment(
    tokens: Sequence[Token], lexicon: Lexicon, names: Names, variables: frozenset[str] = frozenset()
) -> Assignment | None:
    """The assignment in a sentence, if it is one; one of the `variables` may be a word of ours."""
    for at, token in enumerate(tokens):
        if token.key in lexicon.groups["to"]:
            break  # what follows is a value, which may be "a=b"
        if match := _SET.fullmatch(token.text):
            operation = "set_value" if _PATH.fullmatch(match[1]) else "set_env"
            end = next(n for n in range(at, len(tokens)) if tokens[n].gap != ",") + 1
            value = as_written(tokens[at:end]).partition("=")[2]
            return Assignment(operation, match[1], value, [*tokens[:at], *tokens[end:]])
    for at, token in enumerate(tokens):
        if token.text in variables:
            return assigned("set_env", token.text, tokens, at, lexicon, names)
    for at, token in enumerate(tokens):
        if (what := _operation(tokens, at, lexicon, names)) is not None:
            return assigned(what, token.text, tokens, at, lexicon, names)
    return None


def _operation(tokens: Sequence[Token], at: int, lexicon: Lexicon, names: Names) -> str | None:
    """What setting this token would be; None when it is no key."""
    text, key = tokens[at].text, tokens[at].key
    before = tokens[at - 1].key if at else ""
    if (not at and "_" not in text) or not _may_be_key(tokens, at, lexicon):
        return None
    if before in lexicon.groups["variable"] and _ANY_VARIABLE.fullmatch(text) and not names.find([tokens[at]], lexicon):
        return "set_env"
    if before in lexicon.groups["value"] and _KEY.fullmatch(text) and not names.find([tokens[at]], lexicon):
        return "set_value"
    if len(text) >= _SHORTEST and _VARIABLE.fullmatch(text) and not lexicon.units.get(key):
        return None if names.find([tokens[at]], lexicon) and "_" not in text else "set_env"
    is_path = _PATH.fullmatch(text) and before not in lexicon.groups["from"]  # "from" leads to what it is now
    return "set_value" if is_path and not names.find([tokens[at]], lexicon) else None


def _may_be_key(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> bool:
    """Whether it is no word of ours; PORT and HOST in capitals, amid small letters, are meant as they are written."""
    labels = lexicon.labels.get(tokens[at].key, frozenset())
    written = _VARIABLE.fullmatch(tokens[at].text) and any(each.text.islower() for each in tokens)
    return not labels or bool(written and labels <= _SPOKEN_ALIKE)


def assigned(
    operation: str, key: str, tokens: Sequence[Token], at: int, lexicon: Lexicon, names: Names
) -> Assignment | None:
    """The assignment to the key at a token; None when nothing is said that it shall be."""
    to = _to(tokens, at, lexicon)
    if to is None:
        if operation == "set_env" and any(each.key in lexicon.groups["unset"] for each in tokens[:at]):
            return Assignment(operation, key, None, [*tokens[:at], *tokens[at + 1 :]])
        return None
    head = [*tokens[:at], *_without_old(tokens[at + 1 : to], lexicon, names)]
    value, tail = list(tokens[to + 1 :]), list[Token]()
    if not names.find(head, lexicon):
        ends = [n for n in range(1, len(value)) if value[n].key in lexicon.groups["of"]]
        end = next((n for n in ends if names.find(value[n + 1 :], lexicon)), ends[-1] if ends else None)
        if end is not None:
            value, tail = value[:end], value[end + 1 :]
    value = _bare(value, lexicon)
    if (
        is_no_value(as_written(value), tokens, lexicon)
        or _goes_on(value, lexicon)
        or _is_more_than_a_value(value, lexicon)
    ):
        return None
    return Assignment(operation, key, as_written(value), [*head, *tail])


def is_no_value(said: str, tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether it only tells that there shall be none, or the one that was before: "back to default"."""
    undoes = any(each.key in lexicon.apart["back"] for each in tokens)
    return said.lower() in {"", *lexicon.apart["nothing"], *(lexicon.apart["usual"] if undoes else ())}


def _to(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> int | None:
    """The word before the value: "to", or "value" in "with the value"."""
    words = [each.key for each in tokens]
    rest = range(at + 1, len(tokens))
    plain = next((n for n in rest if words[n] in lexicon.groups["to"]), None)
    given = (
        n
        for n in rest
        if words[n] in lexicon.groups["value"] and not lexicon.groups["with"].isdisjoint(words[max(at + 1, n - 2) : n])
    )
    found = [each for each in (plain, next(given, None)) if each is not None]
    return min(found, default=None)


def _bare(value: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """The value without "the value" before it, and without courtesy or the end of a verb behind it."""
    found = list(value)
    start = next((n for n, each in enumerate(found[:2]) if each.key in lexicon.groups["value"]), None)
    if start is not None and len(found) > start + 1 and (not start or found[0].key in lexicon.groups["filler"]):
        found = found[start + 1 :]
    ends = lexicon.groups["courtesy"] | lexicon.groups["plus"]
    while found and found[-1].key in ends:
        found.pop()
        ends |= lexicon.groups["about"]  # "for now"
    return found


def _is_more_than_a_value(value: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether several words say when or how much besides, and not only what: "debug if possible", "2 gigs"."""
    if len(value) == 1:
        return False
    said = f" {' '.join(each.key for each in value)} "
    ending = value[-1].key
    return (
        any(f" {phrase} " in said for phrase in lexicon.groups["hindrance"])
        or ending in lexicon.groups["filler"] | lexicon.groups["of"]
        or (ending in lexicon.units and value[0].key.isdecimal())
    )


def _goes_on(value: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether another wish follows: "debug and restart it"; what is meant as a text can be put in quotes."""
    verbs = frozenset[str]().union(*(lexicon.groups[verb] for verb in VERBS))
    return any(one.key in lexicon.groups["joint"] and other.key in verbs for one, other in pairwise(value))


def _without_old(tokens: Sequence[Token], lexicon: Lexicon, names: Names) -> list[Token]:
    """Without the value that it has now: "from debug"."""
    start = next((n for n, each in enumerate(tokens) if each.key in lexicon.groups["from"]), None)
    if start is None or len(tokens) - start > _SHORTEST or names.find(tokens[start + 1 :], lexicon):
        return list(tokens)
    return list(tokens[:start])
