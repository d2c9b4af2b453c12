"""Whether a plan says only what the words say: a model may choose among what was said, never add to it."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
import re

from ...errors import InputInvalid
from ...gitops import Index
from ...models.plan import ChangePlan
from ...speech import Speech
from ...speech.wishes import Names
from ...speech.wishes.tokens import tokenised

_TEXTS = ("tag", "image", "version", "variable", "value", "path", "host", "mount", "volume", "container", "namespace",
          "storage_class")  # fmt: skip
_NUMBERS = ("replicas", "cores", "memory", "disk", "port", "cpu_request", "cpu_limit", "memory_request", "memory_limit",
            "size", "storage")  # fmt: skip
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_FACTORS = (1, 1000, 1024, 1 / 1000, 1 / 1024)
_JOINTS = re.compile(r"[\s_.\-]+")
_TOLERANCE = 1e-6


def ungrounded(plan: ChangePlan, words: str, index: Index, speech: Sequence[Speech]) -> str:
    """What to ask, where a plan has a name, a number or a text that nobody said; "" when all of it was said."""
    slots = asdict(plan)
    if not _is_named(plan, words, index, speech):
        return "Which workload is meant?"
    said = _joined(words)
    for slot in _TEXTS:
        value = slots.get(slot)
        if value not in (None, "", True, False) and _joined(str(value)) not in said:
            return f"Say which {slot.replace('_', ' ')} it shall be."
    numbers = list(_said(words, speech))
    for slot in _NUMBERS:
        if slots.get(slot) is not None and not _is_said(str(slots[slot]), numbers):
            return f"Say how much: what shall the {slot.replace('_', ' ')} be?"
    return ""


def _is_named(plan: ChangePlan, words: str, index: Index, speech: Sequence[Speech]) -> bool:
    """Whether the words speak of the workload, by any of its names."""
    if plan.operation in ("add_app", "set_vm"):
        return _joined(plan.name) in _joined(words)
    try:
        found = index.candidates(plan.name, plan.namespace, plan.kind)
    except InputInvalid:
        found = []
    names = Names([plan.name, *(name for each in found for name in (each.name, each.label, *each.aliases))])
    return any(names.find(tokenised(words), each.reader.lexicon) for each in speech)


def _said(words: str, speech: Sequence[Speech]) -> Iterator[float]:
    yield from (float(each.replace(",", ".")) for each in _NUMBER.findall(words))
    for each in speech:
        yield from each.reader.numbers(words)


def _is_said(text: str, numbers: list[float]) -> bool:
    match = _NUMBER.search(text)
    value = float(match[0]) if match else 0.0
    return any(abs(value - number * factor) < _TOLERANCE for number in numbers for factor in _FACTORS)


def _joined(text: str) -> str:
    return _JOINTS.sub("", text.casefold())
