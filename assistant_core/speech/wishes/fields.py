"""Readers of wishes for one field: a host, a storage class, a schedule, a switch, or a setting called by its name.

Each marks the words that it uses.
"""

from collections.abc import Sequence
from dataclasses import replace
import re

from ...models.wish import Wish
from .assignments import is_no_value
from .grammar import CLASSED, HOSTED, SCHEDULED, SETTING, SWITCHED
from .lexicon import Lexicon
from .named import wish_of
from .schedules import CRON, joined, spoken
from .tokens import Token, with_label

_HOST = re.compile(r"(?:https?://)?((?:[a-z0-9][a-z0-9-]*\.)+[a-z][a-z0-9-]+)/?")
_CLASS = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_WORD = re.compile(r"[^\W\d_][\w-]*")
_MOST_WORDS = 4
_LONGEST_VALUE = 3  # words
_COUNTED = ("replicas", "cpu", "memory", "storage", "unit", "percent", "times", "to", "more", "less")


def host(sentence: list[Token]) -> Wish | None:
    """The name under which it is reached, perhaps in place of the one that is named after "from"."""
    hosts = [(each, match[1]) for each in sentence if not each.labels and (match := _HOST.fullmatch(each.key))]
    if not hosts or not with_label(sentence, "hostname"):
        return None
    at = sentence.index(hosts[0][0])
    if len(hosts) > 1 and not (at and sentence[at - 1].has("from")):
        return None
    slots = {"host": hosts[-1][1], **({"now": hosts[0][1]} if len(hosts) > 1 else {})}
    return _filled(sentence, "set_host", HOSTED, slots, [each for each, _ in hosts])


def storage_class(sentence: list[Token]) -> Wish | None:
    """The word after "to", or the one beside "storage class"."""
    if not with_label(sentence, "storage_class"):
        return None
    marks = [at for at, each in enumerate(sentence) if each.has("to", "storage_class")]
    for at in reversed(marks):
        after = [each for each in sentence[at + 1 :] if not each.labels <= {"filler", "one"} or not each.labels]
        for each in after[:1]:
            if not each.labels and _CLASS.fullmatch(each.text):
                return _filled(sentence, "set_storage_class", CLASSED, {"storage_class": each.text}, [each])
    return None


def schedule(sentence: list[Token], *, lexicon: Lexicon) -> Wish | None:
    """When a job runs: in words, or as cron writes it."""
    words = joined(sentence)
    cron = next((each for each in words if CRON.fullmatch(each.text)), None)
    said = cron.text if cron else spoken(words, lexicon, daily=True)
    slots = {"schedule": said}
    if not cron and "/" not in said and not with_label(words, "time of day"):
        slots["days"] = "same"  # a time alone
    return _filled(words, "set_schedule", SCHEDULED, slots, [cron] if cron else []) if said else None


def setting(sentence: list[Token], *, lexicon: Lexicon) -> Wish | None:
    """A setting by its spoken name, "the log level", and the text that it shall have."""
    marks = [at for at, each in enumerate(sentence) if each.has("to") and not each.has("name")]
    named = [at for at, each in enumerate(sentence) if each.has("name")]
    if not marks or len(named) != 1 or not with_label(sentence, "set", "raise", "lower", "update"):
        return None
    if len([at for at in marks if at > named[0]]) > 1:
        return None  # "to the same as ..."
    to = marks[-1] if named[0] < marks[-1] else next((at for at in marks if at < named[0]), -1)
    end = len(sentence) if named[0] < to else _before_name(sentence, named[0])
    while end > to and sentence[end - 1].key in lexicon.groups["courtesy"]:
        end -= 1
    value = sentence[to + 1 : end]
    bare = [at for at, each in enumerate(sentence[:to]) if not each.labels or each.has("setting")]
    key = sentence[bare[0] : bare[-1] + 1] if bare else []
    joined = any(each.key in lexicon.groups["joint"] for each in sentence[:to])  # "plex and its backup to 2.0"
    if joined or any(each.has("name", "of", "filler", "to") for each in key):
        return None
    known = [each for each in key if each.has("setting")]
    fitting = all(_WORD.fullmatch(each.text) for each in key if each not in known)
    if not fitting or not 0 < len(key) <= _MOST_WORDS or not 0 < len(value) <= _LONGEST_VALUE or known not in ([], key):
        return None
    if (
        len(known) > 1
        or (len(value) > 1 and any(each.labels for each in value))
        or any(each.has("hindrance", "name", *_COUNTED) for each in value)
        or any("," in each.gap for each in value[:-1])
        or is_no_value(" ".join(each.text for each in value), sentence, lexicon)
    ):
        return None
    name = lexicon.settings[known[0].key] if known else " ".join(each.text for each in key)
    slots = {"key": name, "value": " ".join(each.text for each in value)}
    if len(value) == 1 and value[0].number is not None and not value[0].text.lstrip("+-")[:1].isdigit():
        slots["number"] = f"{value[0].number:.15g}"
    return _filled(sentence, "set_setting", SETTING, slots, [*key, *value])


def switch(sentence: list[Token], *, lexicon: Lexicon) -> Wish | None:
    """A feature that shall be on or off: "enable metrics for traefik", "turn the ingress of grafana off"."""
    feature = [at for at, each in enumerate(sentence) if not each.labels or each.has("feature")]
    if not feature:  # "disable redis of paperless"
        feature = [at for at, each in enumerate(sentence) if each.has("template") and not each.has("name")]
    said = with_label(sentence, "enable", "disable")
    if not said and with_label(sentence, "set", "drive"):
        said = with_label(sentence, "switched on", "switched off")[-1:]
    if len(said) != 1 or not feature or feature[-1] - feature[0] >= min(_LONGEST_VALUE, len(feature)):
        return None
    start = feature[0] - (feature[0] > 0 and sentence[feature[0] - 1].has("generic", "template"))  # "service monitor"
    words = sentence[start : feature[-1] + 1]
    if not all(_WORD.fullmatch(each.text) or each.has("feature") for each in words) or not with_label(sentence, "name"):
        return None
    slots = {
        "key": " ".join(lexicon.features.get(each.key, each.text) for each in words),
        "value": "true" if said[0].has("enable", "switched on") else "false",
    }
    return _filled(sentence, "set_switch", SWITCHED, slots, words)


def _before_name(sentence: list[Token], name: int) -> int:
    """Where a value ends that a name follows: before "of" or "for"."""
    at = name
    while at and sentence[at - 1].has("of", "filler", "kind", "generic"):
        at -= 1
    return at


def _filled(
    sentence: Sequence[Token], operation: str, allowed: frozenset[str], slots: dict[str, str], used: list[Token]
) -> Wish | None:
    """The wish with its slots, when nothing is left over beside the words it is made of."""
    for each in used:
        each.used = True
    wish = wish_of(sentence, operation, allowed)
    if wish is None:
        for each in used:
            each.used = False
    return replace(wish, slots=slots) if wish else None
