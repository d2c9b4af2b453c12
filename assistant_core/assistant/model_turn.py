"""One turn of a model: it talks and uses tools until it has answered or gone too far."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import orjson

from ..errors import HomelabError
from ..models.chat import ChatRequest, ChatStats, Message, Role, ToolCall, ToolSpec
from ..ports import ChatModel, Homelab, ToolBox
from ..speech import Phrases
from .content import Content
from .events import Finished, TextDelta, ToolUsed, TurnEvent, Utterance
from .plain import Plain
from .prompt import prompt
from .schema import mismatch
from .tools import HomelabTools

MOST_ROUNDS = 6
MOST_CALLS = 8  # in one round
LONGEST_ANSWER = 32_000  # characters received in one round, thoughts included
LONGEST_RESULT = 8_000  # characters of a tool's result that the model reads
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """Which model and how; lengths in tokens, `keep_alive` in seconds. The same ones every time: others reload it."""

    model: str = "llama3.1:8b"
    context_length: int = 8192
    keep_alive: int = 1800
    max_tokens: int = 512
    temperature: float | None = None
    instructions: str = ""


class _Stop(Exception):
    """The turn has gone too far; `key` names the sentence that ends it."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class ModelTurn:
    """A turn in progress; good for one `run`. Tools of `own` win over those of `others` of the same name."""

    def __init__(
        self,
        model: ChatModel,
        settings: ModelSettings,
        phrases: Phrases,
        homelab: Homelab,
        own: HomelabTools,
        others: Sequence[ToolBox],
    ) -> None:
        self._model = model
        self._settings = settings
        self._phrases = phrases
        self._homelab = homelab
        self._own = own
        self._tools: dict[str, tuple[ToolSpec, ToolBox]] = {}
        for box in (own, *others):
            for spec in box.specs():
                self._tools.setdefault(spec.name, (spec, box))
        self._messages: list[Message] = []
        self._told = ""
        self._last_told = ""
        self._unknown_tools = 0
        self._stats: ChatStats | None = None

    async def run(self, utterance: Utterance) -> AsyncGenerator[TurnEvent]:
        """Answer the utterance. A failure is told after what was said already."""
        spoke = False
        try:
            async with aclosing(self._rounds(utterance)) as events:
                async for event in events:
                    spoke = spoke or isinstance(event, TextDelta)
                    yield event
            ending = "" if spoke else self._phrases.say("no_answer")
        except _Stop as stop:
            ending = self._phrases.say(stop.key)
        except HomelabError as error:
            ending = self._phrases.say_model_failed(error, self._homelab, midway=spoke)
        proposal = self._own.proposal
        if proposal is not None:
            ending = self._phrases.say_proposal(proposal)
        if ending:
            yield TextDelta(self._tell(self._gap() + ending))
        self._messages.append(Message(role=Role.ASSISTANT, content=self._told))
        yield Finished(
            answered_by="model",
            continue_conversation=proposal is not None,
            messages=tuple(self._messages),
            stats=self._stats,
        )

    async def _rounds(self, utterance: Utterance) -> AsyncGenerator[TextDelta | ToolUsed]:
        asked = prompt(self._settings.instructions, utterance.history, utterance.text)
        self._messages.append(asked[-1])
        for _ in range(MOST_ROUNDS):
            calls: list[ToolCall] = []
            gap = self._gap()
            async with aclosing(self._listen((*asked, *self._messages[1:]), calls)) as pieces:
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
            if self._unknown_tools > 1:
                raise _Stop("unknown_tool")
        raise _Stop("too_many_rounds")

    async def _listen(self, messages: tuple[Message, ...], calls: list[ToolCall]) -> AsyncGenerator[str]:
        """Yield what one answer says, without leading space; add the tools it wants to `calls`."""
        content, plain = Content(self._tools), Plain()
        received, began, cut = 0, False, False
        async with aclosing(self._model.chat(self._request(messages))) as deltas:
            async for delta in deltas:
                calls += delta.tool_calls
                self._stats = delta.stats or self._stats
                piece = plain.feed(content.feed(delta.content[: LONGEST_ANSWER - received]))
                if piece := piece if began else piece.lstrip():
                    began = True
                    yield piece
                received += len(delta.content) + len(delta.thinking)
                cut = received >= LONGEST_ANSWER or delta.done_reason == "length"
                if cut or len(calls) > MOST_CALLS:
                    break
        rest, written = content.finish()
        calls += written
        del calls[MOST_CALLS:]
        rest = (plain.feed(rest) + plain.finish()).rstrip()
        if rest := rest if began else rest.lstrip():
            yield rest
        if cut and not calls:
            raise _Stop("too_long")

    def _request(self, messages: tuple[Message, ...]) -> ChatRequest:
        settings = self._settings
        return ChatRequest(
            model=settings.model,
            messages=messages,
            tools=tuple(spec for spec, _ in self._tools.values()),
            context_length=settings.context_length,
            keep_alive=settings.keep_alive,
            temperature=settings.temperature,
            max_tokens=settings.max_tokens,
        )

    async def _use(self, call: ToolCall) -> ToolUsed:
        result = await self._result(call)
        text = result if isinstance(result, str) else orjson.dumps(result, default=str).decode()
        self._messages.append(
            Message(role=Role.TOOL, content=text[:LONGEST_RESULT], tool_name=call.name, tool_call_id=call.id)
        )
        return ToolUsed(name=call.name, arguments=call.arguments, result=result)

    async def _result(self, call: ToolCall) -> str | Mapping[str, Any]:
        """What the model is told of its call: every mistake it could mend, in words."""
        if self._own.proposal is not None:
            return {"error": "Not done: a change waits for a person's yes first."}
        if call.name not in self._tools:
            self._unknown_tools += 1
            return {"error": f"There is no tool {call.name:.{LONGEST_NAME}}. There are: {', '.join(self._tools)}."}
        spec, box = self._tools[call.name]
        if wrong := mismatch(call.arguments, spec.parameters):
            return {"error": f"Wrong arguments: {wrong}."}
        try:
            return await box.call(call)
        except HomelabError as error:
            return {"error": str(error)}

    def _gap(self) -> str:
        """What keeps the next words apart from those before."""
        return " " if self._last_told.strip() else ""

    def _tell(self, text: str) -> str:
        self._told += text
        self._last_told = text[-1]
        return text
