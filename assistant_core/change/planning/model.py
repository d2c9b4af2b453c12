"""The write model fills in a plan under a schema; whatever it says is checked like anybody's input.

It is given the person's words and the repository's names, nothing else: no finding and no file can speak to it. It can
only pick names that are there, and a number or text that nobody said is not taken.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from difflib import get_close_matches
import re
from typing import Any

import orjson

from ...errors import Incomplete, InputInvalid, NotUnderstood
from ...gitops import Index, Workload, plan_from, plan_schema
from ...models.chat import ChatRequest, Message, Priority, Purpose, Role
from ...models.plan import ChangePlan, Restart
from ...ports import ChatModel
from ...speech import Speech
from .grounding import ungrounded, withheld

TRIES = 2
MOST_NAMES = 150
MOST_ANSWER = 4_000  # characters
MOST_WORDS = 600  # characters
_NONE = "none"
_PART = re.compile(r"[^\W_]{2,}")
_ALIKE, _MOST_ALIKE = 0.75, 8
_SYSTEM = (
    "Turn the request into one change of a Kubernetes homelab, as JSON. Copy names, numbers and texts from the "
    "request; leave out whatever it does not say. Quantities are written like 500m, 512Mi or 2Gi. When it asks for "
    f'something else, for several changes, or leaves the value open, answer {{"operation": "{_NONE}"}}.'
)


async def plan_by_model(words: str, index: Index, model: ChatModel, speech: Sequence[Speech]) -> ChangePlan:
    """The plan that a model reads in the words.

    Raises Incomplete when it reads none, AmbiguousWorkload, InputInvalid, and whatever the model raises.
    """
    if len(words) > MOST_WORDS:
        raise InputInvalid("That is too long for one change.", reason="too_long")
    if withheld(words, speech):
        raise NotUnderstood(words)
    offered = await asyncio.to_thread(near, words, index)
    schema = _schema(offered)
    messages = [
        Message(role=Role.SYSTEM, content=_SYSTEM),
        Message(role=Role.USER, content=f"{_names(offered or index.workloads)}\n\nRequest: {words}"),
    ]
    for _ in range(TRIES):
        answer = await _answer(model, messages, schema)
        try:
            plan = _read(answer)
            question = ungrounded(plan, words, index, speech) if plan else ""
        except InputInvalid as error:
            plan, question, wrong = None, "", str(error)
        else:
            wrong = question
        if plan is not None and not question:
            return plan
        if not wrong:
            break
        messages += [
            Message(role=Role.ASSISTANT, content=answer),
            Message(role=Role.USER, content=f"That cannot be: {wrong} Answer again."),
        ]
    raise Incomplete(question) if question else NotUnderstood(words)


def near(words: str, index: Index) -> tuple[Workload, ...]:
    """The workloads that a model may choose from: all, or of too many for a fast grammar those that sound alike.

    None of them when no name is near: the names are free then.
    """
    if len(index.workloads) <= MOST_NAMES:
        return index.workloads
    parts = {each: set(_PART.findall(" ".join((each.name, *each.aliases)).casefold())) for each in index.workloads}
    known = sorted(set[str]().union(*parts.values()))
    said = dict.fromkeys(_PART.findall(words.casefold()))
    alike = {part for word in said for part in get_close_matches(word, known, n=_MOST_ALIKE, cutoff=_ALIKE)}
    score = {each: len(alike & own) for each, own in parts.items()}
    best = sorted((each for each in index.workloads if score[each]), key=lambda each: -score[each])
    return tuple(best[:MOST_NAMES])


def _schema(offered: Sequence[Workload]) -> dict[str, Any]:
    """The plans as the model may write them, with the names on offer."""
    schema = plan_schema(offered)
    none = {
        "type": "object",
        "properties": {"operation": {"const": _NONE}},
        "required": ["operation"],
        "additionalProperties": False,
    }
    return {"anyOf": [*schema["anyOf"], none]}


def _names(workloads: Sequence[Workload]) -> str:
    names = sorted({f"{each.name} ({each.kind} in {each.namespace or 'no namespace'})" for each in workloads})
    return f"Workloads: {', '.join(names[:MOST_NAMES])}."


async def _answer(model: ChatModel, messages: list[Message], schema: Mapping[str, Any]) -> str:
    request = ChatRequest(
        messages=tuple(messages), purpose=Purpose.WRITE, priority=Priority.CHAT, format=schema, temperature=0.0
    )
    text = ""
    async with aclosing(model.chat(request)) as deltas:
        async for delta in deltas:
            text += delta.content
            if len(text) > MOST_ANSWER:
                break
    return text[:MOST_ANSWER]


def _read(answer: str) -> ChangePlan | None:
    """The plan in an answer, None when it is that there is none. Raises InputInvalid."""
    try:
        data = orjson.loads(answer)
    except orjson.JSONDecodeError as error:
        raise InputInvalid("That is no JSON.") from error
    if isinstance(data, dict) and data.get("operation") == _NONE:
        return None
    plan = plan_from(data)
    return replace(plan, at=None) if isinstance(plan, Restart) else plan  # a model does not know the time
