"""One answer of a simulated Ollama on its way to the client: prompt, tokens, statistics."""

import asyncio
from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, cycle
import secrets
import time
from typing import Any

from aiohttp import web

from .ollama_memory import Loaded
from .ollama_rules import Turn, answer
from .ollama_wire import Refusal, context_exceeded, encode, now, streaming, whole

PREFILL_BASE = 0.05
PREFILL_PER_BYTE = 62.5e-6

type Wire = Callable[[str, dict[str, Any], dict[str, Any]], dict[str, Any]]
"""Puts model, message and the remaining fields into a line of one endpoint."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How the machine behaves: delays in seconds, `context` is the default num_ctx in tokens, `most_context` its limit.

    `on_gpu` is the share of a model that fits on the card.

    `prefill` charges 50 ms and 62.5 us for each byte of a prompt that the previous one did not begin with. `token` is
    what a reverse proxy before it would ask for.
    """

    load_delay: float = 0.0
    token_delay: float = 0.0
    prefill: bool = False
    context: int = 4096
    most_context: int = 1_000_000
    on_gpu: float = 1.0
    token: str | None = None


def said(content: str = "") -> dict[str, Any]:
    """A message of the model."""
    return {"role": "assistant", "content": content}


def chat_line(model: str, message: dict[str, Any], rest: dict[str, Any]) -> dict[str, Any]:
    """A line of `/api/chat`."""
    return {"model": model, "created_at": now(), "message": message, **rest}


def generate_line(model: str, message: dict[str, Any], rest: dict[str, Any]) -> dict[str, Any]:
    """A line of `/api/generate`."""
    return {"model": model, "created_at": now(), "response": message["content"], **rest}


class Answer:
    """The answer to one request, which came at `begun` (of time.perf_counter) and found its model `loaded`."""

    def __init__(self, settings: Settings, loaded: Loaded, body: dict[str, Any], wire: Wire, begun: float) -> None:
        self._settings = settings
        self._loaded = loaded
        self._body = body
        self._wire = wire
        self._begun = begun
        self._ready = time.perf_counter()
        self._read = self._ready
        self._prompt_tokens = 0
        self._tokens = 0

    async def read_prompt(self) -> None:
        """Make a prompt that fits, and charge for what the model has not just read."""
        model, context = self._loaded.model, self._loaded.context
        prompt, self._prompt_tokens = model.fit(self._body["messages"], self._body.get("tools") or [], context)
        if self._prompt_tokens > context:
            raise context_exceeded(self._prompt_tokens, context)
        if self._settings.prefill:
            shared = _shared(prompt, self._loaded.prompt)
            await asyncio.sleep(PREFILL_BASE + PREFILL_PER_BYTE * (len(prompt) - shared))
        self._loaded.prompt = prompt
        self._read = time.perf_counter()

    def turn(self) -> Turn:
        """What the rules say."""
        return answer(self._body["messages"], self._body.get("tools") or [], self._body.get("format"))

    async def stream(self, request: web.Request, turn: Turn) -> web.StreamResponse:
        """Send a line for each token; nothing, not even a status, goes out before the first."""
        response: web.StreamResponse | None = None
        for message in self._messages(turn):
            await asyncio.sleep(self._settings.token_delay)
            response = response or await streaming(request)
            await response.write(self._encoded(message, {"done": False}))
        if turn.stall:
            await asyncio.Event().wait()
        if turn.error and response is None:
            raise Refusal(500, turn.error)
        response = response or await streaming(request)
        if turn.error:
            await response.write(encode({"error": turn.error}) + b"\n")
        elif turn.done:
            await response.write(self._encoded(said(), self._done(turn)))
        return response

    async def whole(self, turn: Turn) -> web.Response:
        """Send the whole turn at once."""
        messages = []
        for message in self._messages(turn):
            await asyncio.sleep(self._settings.token_delay)
            messages.append(message)
        if turn.error:
            raise Refusal(500, turn.error)
        message = said("".join(message["content"] for message in messages))
        if thinking := "".join(message.get("thinking", "") for message in messages):
            message["thinking"] = thinking
        if calls := [call for message in messages for call in message.get("tool_calls", [])]:
            message["tool_calls"] = calls
        return whole(self._wire(self._body["model"], message, self._done(turn)))

    def _messages(self, turn: Turn) -> Iterator[dict[str, Any]]:
        limit = int((self._body.get("options") or {}).get("num_predict", -1))
        thoughts = [said() | {"thinking": thought} for thought in turn.thinking]
        words = cycle(turn.content) if turn.endless else turn.content
        for message in chain(thoughts, map(said, words)):
            if self._tokens == limit:
                return
            self._tokens += 1
            yield message
        for index, call in enumerate(turn.tool_calls):
            self._tokens += 1
            function = {"index": index, "name": call["name"], "arguments": call["arguments"]}
            identity = call.get("id", f"call_{secrets.token_hex(4)}")
            yield said() | {"tool_calls": [{"id": identity, "function": function}]}

    def _done(self, turn: Turn) -> dict[str, Any]:
        end = time.perf_counter()
        cut = self._tokens < len(turn.thinking) + len(turn.content) + len(turn.tool_calls)
        fields: dict[str, Any] = {
            "done": True,
            "done_reason": "length" if cut else turn.done_reason,
            "total_duration": _nanoseconds(end - self._begun),
            "load_duration": _nanoseconds(self._ready - self._begun),
            "prompt_eval_count": self._prompt_tokens,
            "prompt_eval_duration": _nanoseconds(self._read - self._ready),
            "eval_count": self._tokens,
            "eval_duration": _nanoseconds(end - self._read),
        }
        return {name: value for name, value in fields.items() if value}

    def _encoded(self, message: dict[str, Any], rest: dict[str, Any]) -> bytes:
        return encode(self._wire(self._body["model"], message, rest)) + b"\n"


def _shared(prompt: bytes, previous: bytes) -> int:
    """How many bytes both begin with."""
    lengths = range(min(len(prompt), len(previous)))
    return bisect(lengths, False, key=lambda at: prompt[: at + 1] != previous[: at + 1])


def _nanoseconds(seconds: float) -> int:
    return round(seconds * 1e9)
