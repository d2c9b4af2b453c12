"""Whether a plan says only what the words say: a model may choose among what was said, never add to it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
import re
import shlex
from typing import Any, NamedTuple

from ...errors import InputInvalid
from ...gitops import Index, Workload
from ...gitops.operations.quantities import amount as parsed
from ...gitops.spoken import plain
from ...models.plan import AddApp, ChangePlan
from ...speech import Speech
from ...speech.wishes import Names
from ...speech.wishes.said import Said
from ...speech.wishes.tokens import tokenised
from .direction import is_contrary
from .quantities import written

_TEXTS = ("tag", "image", "version", "variable", "path", "host", "mount", "volume", "container", "namespace",
          "storage_class")  # fmt: skip
_NAMES = ("volume", "container", "namespace", "variable", "storage_class", "path")
_COUNTS = ("replicas", "cores", "port")
_SIZES = ("cpu_request", "cpu_limit", "memory_request", "memory_limit", "size", "storage")
_MACHINE = {"memory": "Mi", "disk": "Gi"}
_MEASURES = {
    "replicas": ("replicas",),
    "cores": ("cpu",),
    "cpu_request": ("cpu",),
    "cpu_limit": ("cpu",),
    "memory_request": ("memory",),
    "memory_limit": ("memory",),
    "size": ("storage", "room"),
    "disk": ("storage", "room"),
    "memory": ("memory",),
}
"""What the words must speak of for a field, where they speak of any of it."""
_VERBS = {
    "remove_app": ("remove",),
    "suspend": ("suspend", "stop", "disable"),
    "resume": ("resume", "enable", "add"),
}
"""What the words must say for what no number or text can tell."""
_RELATIVE = ("more", "less", "another", "percent", "times")
_ON = ("true", "yes", "ja", "an", "ein")
_OFF = ("false", "no", "off", "nein", "aus")
_JOINTS = re.compile(r"[\s_.\-]+")
_SPACES = re.compile(r"[\s,]+")
_PARTS = re.compile(r"[:@=/,]+")
_LONGEST = 12  # words


class _Words(NamedTuple):
    """What was said: the meanings of the words, the amounts, and every text and name that a run of words makes."""

    labels: frozenset[str]
    amounts: tuple[tuple[float, str], ...]
    times: frozenset[str]
    texts: frozenset[str]
    names: frozenset[str]
    parts: frozenset[str]
    single: frozenset[str]

    @classmethod
    def of(cls, words: str, said: Sequence[Said]) -> _Words:
        tokens = [each.text for each in tokenised(words)]
        pieces = [part for each in tokens for part in (each, *_PARTS.split(each))]
        return cls(
            labels=frozenset[str]().union(*(each.labels for each in said)),
            amounts=tuple(amount for each in said for amount in each.amounts),
            times=frozenset(time for each in said for time in each.times),
            texts=frozenset([*map(_spaced, pieces), *_runs(tokens, _spaced)]),
            names=frozenset([*map(_joined, pieces), *_runs(tokens, _joined)]),
            parts=frozenset(plain(part) for each in pieces for part in each.split("-")),
            single=frozenset(each.lower() for each in tokens),
        )

    def has(self, *labels: str) -> bool:
        return not self.labels.isdisjoint(labels)


def withheld(words: str, speech: Sequence[Speech]) -> bool:
    """Whether the words ask, report, deny, or set a condition or a time, so that no model shall make a change of it."""
    return any(each.reader.said(words).is_withheld for each in speech)


def ungrounded(plan: ChangePlan, words: str, index: Index, speech: Sequence[Speech]) -> str:
    """What to ask, where a plan has a name, a number or a text that nobody said; "" when all of it was said."""
    said = _Words.of(words, [each.reader.said(words) for each in speech])
    slots = {key: value for key, value in asdict(plan).items() if value is not None}
    if not _is_named(plan, words, index, speech):
        return "Which workload is meant?"
    verbs = _VERBS.get(plan.operation)
    if verbs and not said.has(*verbs):
        return f"Say what shall be done with {plan.name}."
    return (
        next(_unsaid(slots, said), "")
        or (_unsaid_value(slots, said) if "value" in asdict(plan) else "")
        or (_unsaid_app(plan, said) if isinstance(plan, AddApp) else "")
        or ("Say how much it shall be in the end." if is_contrary(slots, said.labels, plan, index) else "")
    )


def _unsaid(slots: Mapping[str, Any], said: _Words) -> Iterator[str]:
    for slot in _TEXTS:
        if slot in slots and not _is_written(str(slots[slot]), said, is_name=slot in _NAMES):
            yield f"Say which {slot.replace('_', ' ')} it shall be."
    for slot in (*_COUNTS, *_SIZES, *_MACHINE):
        if slot not in slots:
            continue
        spoken = slot.replace("_", " ")
        if not _is_amount(slot, slots[slot], said):
            yield f"Say how much: what shall the {spoken} be?"
        if slot != "port" and said.has(*_RELATIVE):
            yield f"Say how much the {spoken} shall be in the end."
        measures = {each for several in _MEASURES.values() for each in several if said.has(each)}
        if measures and slot in _MEASURES and measures.isdisjoint(_MEASURES[slot]):
            yield f"Say whether the {spoken} is meant."
        bounds = {each for each in ("limit", "request") if said.has(each)}
        if bounds and slot.endswith(("_limit", "_request")) and slot.rpartition("_")[2] not in bounds:
            yield f"Say whether the {spoken} is meant."


def _is_amount(slot: str, value: object, said: _Words) -> bool:
    """Whether a number was said, with the unit that the plan has or one that comes to the same."""
    if slot in _COUNTS:
        return any(number == value and not unit for number, unit in said.amounts)
    wanted = parsed(f"{value}{_MACHINE.get(slot, '')}")
    return wanted is not None and any(wanted in _readings(slot, *each) for each in said.amounts)


def _readings(slot: str, number: float, unit: str) -> Iterator[Decimal]:
    """What an amount may come to, in cores or bytes: "500 m" of CPU are thousandths, a "GB" either of two."""
    of_cpu = slot.startswith("cpu")
    if unit and number >= 0:
        known = ("m" if unit == "Mi" else unit,) if of_cpu else (unit, unit.removesuffix("i"))
        yield from (found for each in known if (found := parsed(written(number, each, "memory"))) is not None)
    elif of_cpu:
        yield Decimal(str(number))
    elif slot in _MACHINE:
        yield Decimal(str(number)) * (parsed(f"1{_MACHINE[slot]}") or 0)


def _unsaid_value(slots: Mapping[str, Any], said: _Words) -> str:
    """What to ask about the value of a variable or of a path."""
    value = slots.get("value")
    if value is None or value == "":
        return "" if said.has("unset", "remove") else "Say which value it shall be."
    if isinstance(value, bool):
        off = said.has("disable", "stop", "switched off") or not said.single.isdisjoint(_OFF)
        on = said.has("enable") or not said.single.isdisjoint((*_ON, "on"))
        return "" if (on and not off if value else off) else "Say whether it shall be on or off."
    is_number = any(f"{number:.15g}" == str(value) and not unit for number, unit in said.amounts)
    return "" if is_number or _is_written(str(value), said) else "Say which value it shall be."


def _unsaid_app(plan: AddApp, said: _Words) -> str:
    """What to ask about a new app's schedule, command and variables."""
    texts = [*plan.env, *plan.env.values(), *plan.command]
    if not all(_is_written(each, said) for each in texts) and _spaced(shlex.join(plan.command)) not in said.texts:
        return "Say what it shall run, and with which variables."
    if plan.schedule and plan.schedule not in said.times and not _is_written(plan.schedule, said):
        return "Say when it shall run."
    return ""


def _is_named(plan: ChangePlan, words: str, index: Index, speech: Sequence[Speech]) -> bool:
    """Whether the words speak of the workload, by any of its names, and of no other."""
    if plan.operation in ("add_app", "set_vm"):
        return _joined(plan.name) in {*_runs([each.text for each in tokenised(words)], _joined)}
    try:
        found = index.candidates(plan.name, plan.namespace, plan.kind)
    except InputInvalid:
        found = []
    own = {plan.name, *(name for each in found for name in _names(each))}
    others = {name for each in index.workloads for name in _names(each)} - own - {each.namespace for each in found}
    tokens = tokenised(words)
    heard = any(Names(own).find(tokens, each.reader.lexicon) for each in speech)
    rivals = Names(others)
    return heard and not any(
        each.end - each.start and _is_exact(each.names, tokens[each.start : each.end])
        for language in speech
        for each in rivals.find(tokens, language.reader.lexicon)
        if not any(token.key in language.reader.lexicon.labels for token in tokens[each.start : each.end])
    )


def _is_exact(names: Sequence[str], tokens: Sequence[Any]) -> bool:
    return plain("".join(each.text for each in tokens)) in map(plain, names)


def _names(workload: Workload) -> tuple[str, ...]:
    return (workload.name, workload.label, *workload.aliases)


def _is_written(value: str, said: _Words, *, is_name: bool = False) -> bool:
    """Whether it was said as whole words; names may be said with other joints, and as part of a compound."""
    if is_name:
        return _joined(value) in said.names or plain(value) in said.parts
    return _spaced(value) in said.texts


def _runs(tokens: Sequence[str], form: Callable[[str], str]) -> Iterator[str]:
    for start in range(len(tokens)):
        for end in range(start + 1, min(len(tokens), start + _LONGEST) + 1):
            yield form(" ".join(tokens[start:end]))


def _spaced(text: str) -> str:
    return _SPACES.sub(" ", text.casefold())


def _joined(text: str) -> str:
    return _JOINTS.sub("", text.casefold()).removesuffix("'s")
