"""The one workload that a sentence names, when no word of it is left over."""

from collections.abc import Sequence
import re

from ...models.wish import Wish
from .grammar import ALWAYS
from .names import POSSESSIVE
from .tokens import Token, with_label

_LONGEST_UNKNOWN = 4  # words
_ANY_NAME = frozenset({"generic", "kind"})  # a container may well be called "server" or "cron"
_SIDECAR = "sidecar"  # a word for a container, and for one beside the one of the app
_UNKNOWN = re.compile(r"[^\W_][\w./-]*")  # what could be a name that is not known


def wish_of(sentence: Sequence[Token], operation: str, allowed: frozenset[str]) -> Wish | None:
    """The wish for the named workload, when no other word is left over."""
    if any(not each.used for each in with_label(sentence, "hindrance")) or any(
        _stray(each, allowed) for each in sentence
    ):
        return None
    container = _container(sentence)
    named = {each.names[0] if len(each.names) == 1 else each.text for each in with_label(sentence, "name")}
    left = [at for at, each in enumerate(sentence) if not each.used and not each.labels and each.text != container]
    together = bool(left) and left[-1] - left[0] < min(_LONGEST_UNKNOWN, len(left))
    if not named and together and all(_UNKNOWN.fullmatch(sentence[at].text) for at in left):
        named = {" ".join(sentence[at].text for at in left)}
        left = []
    if left or len(named) != 1:
        return None
    named = {POSSESSIVE.sub("", each) for each in named}
    namespaces = {each.names[0] for each in with_label(sentence, "namespace name") if not each.used}
    kinds = [each.text for each in with_label(sentence, "kind") if each.text != container]
    spaces = [each for each in with_label(sentence, "namespace") if not each.has("variable")]
    if len(namespaces) > 1 or len(kinds) > 1 or (spaces and not namespaces):
        return None
    return Wish(
        operation=operation,
        name=named.pop(),
        namespace=next(iter(namespaces), None),
        kind=kinds[0] if kinds else None,
        container=container or None,
    )


def _stray(token: Token, allowed: frozenset[str]) -> bool:
    """Whether it is a word of ours that has no place in such a wish."""
    return bool(token.labels) and not token.used and not token.has(*ALWAYS, *allowed)


def _container(sentence: Sequence[Token]) -> str:
    for at, each in enumerate(sentence):
        if each.has("container"):
            for near in (*sentence[max(0, at - 1) : at], *sentence[at + 1 : at + 2]):
                if near.labels <= _ANY_NAME and not near.used:
                    return near.text
    return next((each.text for each in with_label(sentence, "container") if each.key == _SIDECAR), "")
