"""One turn of a model: it talks and uses tools until it has answered or gone too far."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
import time
from typing import Any

import orjson

from ..errors import HomelabError
from ..models.chat import ChatDelta, ChatRequest, ChatStats, Message, Priority, Role, ToolCall
from ..models.hub import ModelTraits
from ..ports import ChatModel, Homelab
from ..speech import Phrases
from .budget import TokenGauge, request_bytes
from .composing import Composed
from .content import Content
from .events import ContextUse, Finished, TextDelta, ToolUsed, TurnEvent
from .plain import Plain
from .prompt import plain_message
from .repair import repaired
from .schema import mismatch
from .settings import ModelSettings
from .structured import Structured
from .toolkit import Toolkit
from .tools import HomelabTools

MOST_ROUNDS = 6
MOST_CALLS = 8  # in one round
LONGEST_ANSWER = 32_000  # characters received in one round, thoughts included
LONGEST_RESULT = 8_000  # characters of a tool's result that the model reads
SHORTEST_RESULT = 200
LONGEST_NAME = 60
LONGEST_TURN = 180.0  # seconds
TOOL_SECONDS = 30.0
QUESTION_MARKS = ("?", "\uff1f", "\u061f", ";")  # Latin, Chinese, Arabic, Greek
SENTENCE_ENDS = (*QUESTION_MARKS, ".", "!", ":", "…", "\u3002", "\uff01")


class _Stop(Exception):
    """The turn has gone too far; `key` names the sentence that ends it."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class ModelTurn:
    """A turn in progress; good for one `run`."""

    def __init__(
        self,
        model: ChatModel,
        settings: ModelSettings,
        traits: ModelTraits,
        composed: Composed,
        toolkit: Toolkit,
        own: HomelabTools,
        gauge: TokenGauge,
        priority: Priority,
    ) -> None:
        self._model = model
        self._settings = settings
        self._traits = traits
        self._composed = composed
        self._toolkit = toolkit
        self._own = own
        self._gauge = gauge
        self._priority = priority
        self._room = composed.room
        self._messages: list[Message] = []
        self._told = ""
        self._said = ""
        self._unknown: set[str] = set()
        self._told_of_unknown = False
        self._stats: ChatStats | None = None
        self._used = 0
        self._failed = False
        self._deadline = time.monotonic() + LONGEST_TURN

    async def run(self, phrases: Phrases, homelab: Homelab) -> AsyncGenerator[TurnEvent]:
        """Answer. A failure is told after what was said already."""
        spoke = False
        try:
            async with aclosing(self._rounds()) as events:
                async for event in events:
                    spoke = spoke or isinstance(event, TextDelta)
                    yield event
            ending = "" if spoke else phrases.say("no_answer")
        except _Stop as stop:
            ending = phrases.say(stop.key)
        except HomelabError as error:
            self._failed = not spoke
            ending = phrases.say_model_failed(error, homelab, midway=spoke)
        proposal = self._own.proposal
        if proposal is not None:
            ending = phrases.say_proposal(proposal)
        if ending:
            yield TextDelta(self._tell(self._end_of_sentence() + ending))
        self._messages.append(Message(role=Role.ASSISTANT, content=self._told))
        yield self._finished()

    def _finished(self) -> Finished:
        composed = self._composed
        return Finished(
            answered_by="nobody" if self._failed else "model",
            continue_conversation=self._own.proposal is not None or self._told.rstrip().endswith(QUESTION_MARKS),
            messages=(composed.prompt.messages[-1], *self._messages),
            question=self._own.question,
            stats=self._stats,
            context=ContextUse(
                used=self._used,
                length=self._settings.context_length,
                dropped_rounds=composed.dropped_rounds,
                things_left_out=composed.things_left_out,
            ),
        )

    async def _rounds(self) -> AsyncGenerator[TextDelta | ToolUsed]:
        for _ in range(MOST_ROUNDS):
            calls: list[ToolCall] = []
            gap = self._gap()
            async with aclosing(self._listen(calls)) as pieces:
                async for piece in pieces:
                    yield TextDelta(self._tell(gap + piece))
                    gap = ""
            if not calls:
                return
            self._messages.append(Message(role=Role.ASSISTANT, content=self._told, tool_calls=tuple(calls)))
            self._told = ""
            for call in calls:
                yield await self._use(call)
            if self._own.proposal is not None:
                return
            if self._unknown and self._told_of_unknown:
                raise _Stop("unknown_tool")
            self._told_of_unknown = self._told_of_unknown or bool(self._unknown)
            self._unknown.clear()
        raise _Stop("too_many_rounds")

    async def _listen(self, calls: list[ToolCall]) -> AsyncGenerator[str]:
        """Yield what one answer says, without leading space; add the tools it wants to `calls`."""
        names = self._toolkit.names
        content, plain = Content(names) if self._traits.tools else Structured(names), Plain()
        received, began, cut = 0, False, False
        async with aclosing(self._chat()) as deltas:
            async for delta in deltas:
                calls += delta.tool_calls
                piece = plain.feed(content.feed(delta.content[: LONGEST_ANSWER - received]))
                if piece := piece if began else piece.lstrip():
                    began = True
                    yield piece
                received += len(delta.content) + len(delta.thinking)
                cut = received >= LONGEST_ANSWER or delta.done_reason == "length"
                if cut or len(calls) > MOST_CALLS:
                    break
        rest, written = content.finish()
        calls += [
            ToolCall(id=f"content_{number}", name=name, arguments=arguments)
            for number, (name, arguments) in enumerate(written)
            if not any((call.name, call.arguments) == (name, arguments) for call in calls)
        ]
        del calls[MOST_CALLS:]
        rest = (plain.feed(rest) + plain.finish()).rstrip()
        if rest := rest if began else rest.lstrip():
            yield rest
        if cut and not calls:
            raise _Stop("too_long")

    async def _chat(self) -> AsyncGenerator[ChatDelta]:
        """One request to the model; what it counted is learnt."""
        request = self._request()
        size = request_bytes(request)
        if self._gauge.tokens(size) > self._settings.context_length:
            raise _Stop("context_full")
        self._used = self._gauge.tokens(size)
        async with aclosing(self._model.chat(request)) as deltas:
            async for delta in deltas:
                if delta.stats is not None:
                    self._stats = delta.stats
                    self._count(delta.stats, size)
                yield delta
                if time.monotonic() > self._deadline:
                    raise _Stop("too_slow")

    def _count(self, stats: ChatStats, size: int) -> None:
        if stats.prompt_tokens:
            self._used = stats.prompt_tokens + stats.answer_tokens
            if not self._messages:  # later on a template may leave out the tools
                self._gauge.learn(size, stats.prompt_tokens)

    def _request(self) -> ChatRequest:
        settings, prompt = self._settings, self._composed.prompt
        added = self._messages if self._traits.tools else map(plain_message, self._messages)
        return ChatRequest(
            model=settings.model,
            priority=self._priority,
            messages=(*prompt.messages, *added),
            tools=prompt.tools,
            format=prompt.format,
            context_length=settings.context_length,
            keep_alive=settings.keep_alive,
            temperature=settings.temperature,
            max_tokens=settings.max_tokens,
        )

    async def _use(self, call: ToolCall) -> ToolUsed:
        found = self._toolkit.find(call.name)
        if found is not None:
            arguments = repaired(call.arguments, found[0].parameters)
            call = ToolCall(id=call.id, name=found[0].name, arguments=arguments)
        result = await self._result(call)
        text = result if isinstance(result, str) else orjson.dumps(result, default=str).decode()
        text = text[: max(SHORTEST_RESULT, min(LONGEST_RESULT, self._room))]
        self._room -= len(text)
        self._messages.append(Message(role=Role.TOOL, content=text, tool_name=call.name, tool_call_id=call.id))
        return ToolUsed(name=call.name, arguments=call.arguments, result=result)

    async def _result(self, call: ToolCall) -> str | Mapping[str, Any]:
        """What the model is told of its call: every mistake it could mend, in words."""
        if self._own.proposal is not None:
            return {"error": "Not done: a change waits for a person's yes first."}
        found = self._toolkit.find(call.name)
        if found is None:
            self._unknown.add(call.name)
            offered = ", ".join(tool.name for tool in self._composed.tools)
            return {"error": f"There is no tool {call.name:.{LONGEST_NAME}}. There are: {offered}."}
        spec, box = found
        if wrong := mismatch(call.arguments, spec.parameters):
            return {"error": f"Wrong arguments: {wrong}."}
        try:
            async with asyncio.timeout(TOOL_SECONDS):
                return await box.call(call)
        except HomelabError as error:
            return {"error": str(error)}
        except TimeoutError:
            return {"error": f"It was not done within {TOOL_SECONDS:g} seconds."}

    def _gap(self) -> str:
        """What keeps the next words apart from those before."""
        return " " if self._said[-1:].strip() else ""

    def _end_of_sentence(self) -> str:
        """What ends the sentence that the model was in the middle of."""
        return self._gap() if not self._said or self._said.rstrip().endswith(SENTENCE_ENDS) else "… "

    def _tell(self, text: str) -> str:
        self._told += text
        self._said += text
        return text
