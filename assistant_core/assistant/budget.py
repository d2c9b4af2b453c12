"""How much of a model's context a conversation takes, and which of its rounds still fit.

Ollama drops what does not fit without a word, the household's instructions with it. So the oldest rounds are left out
here, whole and with a note: a tool's result never loses its call.
"""

from collections.abc import Sequence
from dataclasses import replace

import orjson

from ..models.chat import ChatRequest, Message, Role, ToolSpec

BYTES_PER_TOKEN = 3.5  # before a model has counted; English has about four, German three
MOST, LEAST = 8.0, 1.5  # what a count may plausibly say; one that Ollama cut says more
TOLERANCE = 0.05  # a change smaller than this is none, so that what is cut stays the same
MESSAGE_BYTES = 24  # what a template writes around a message
NOTE = "(Earlier parts of this conversation are left out.)\n"


class TokenGauge:
    """Estimates the tokens of one model, and learns from what it counted."""

    def __init__(self) -> None:
        self._bytes_per_token = BYTES_PER_TOKEN

    def tokens(self, size: int) -> int:
        """The tokens of so many bytes."""
        return int(size / self._bytes_per_token) + 1

    def bytes(self, tokens: int) -> int:
        """How many bytes fill so many tokens."""
        return max(0, int(tokens * self._bytes_per_token))

    def learn(self, size: int, tokens: int) -> None:
        """Take in that a prompt of `size` bytes had so many tokens."""
        seen = size / tokens if tokens > 0 else 0.0
        if LEAST <= seen <= MOST and abs(seen / self._bytes_per_token - 1) > TOLERANCE:
            self._bytes_per_token = seen


def request_bytes(request: ChatRequest) -> int:
    """About the size of the prompt that a template makes of a request."""
    return messages_bytes(request.messages) + tools_bytes(request.tools)


def messages_bytes(messages: Sequence[Message]) -> int:
    """About the size of messages in a prompt."""
    return sum(
        MESSAGE_BYTES
        + len(message.content.encode())
        + sum(len(call.name) + len(orjson.dumps(call.arguments, default=str)) for call in message.tool_calls)
        for message in messages
    )


def tools_bytes(tools: Sequence[ToolSpec]) -> int:
    """The size of tools in a prompt."""
    return sum(map(tool_bytes, tools))


def tool_bytes(tool: ToolSpec) -> int:
    """The size of one tool as Ollama writes it."""
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return len(orjson.dumps({"type": "function", "function": function}))


def latest_rounds(history: Sequence[Message], size: int) -> tuple[tuple[Message, ...], int]:
    """The latest rounds of `history` that fit into `size` bytes, and how many older ones do not.

    Once something must go, half of the room is made: so the same beginning serves the model's cache for several turns.
    """
    rounds: list[list[Message]] = []
    for message in history:
        if message.role is Role.USER or not rounds:
            rounds.append([])
        rounds[-1].append(message)
    sizes = [messages_bytes(each) for each in rounds]
    first = taken = 0
    for at, each in enumerate(sizes):
        taken += each
        if taken > size:
            while first <= at and taken > size // 2:
                taken -= sizes[first]
                first += 1
    kept = [message for each in rounds[first:] for message in each]
    if first and kept:
        kept[0] = replace(kept[0], content=NOTE + kept[0].content)
    return tuple(kept), first
