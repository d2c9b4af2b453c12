"""A conversation with a model, in the shapes every chat model shares."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class Purpose(StrEnum):
    """What an answer is for; the hub chooses the model by it."""

    TALK = "talk"
    WRITE = "write"
    EXPLAIN = "explain"


class Priority(IntEnum):
    """Who goes first at the hub's one slot."""

    VOICE = 0
    CHAT = 1
    TASK = 2
    BACKGROUND = 3

    @property
    def has_listener(self) -> bool:
        """Whether a person waits for every word."""
        return self <= Priority.CHAT


class ToolSpec(NamedTuple):
    """A tool offered to a model; `parameters` is a JSON schema of an object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


class ToolCall(NamedTuple):
    """A model's wish to use a tool; `arguments` are as the model wrote them, unchecked."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message; `tool_name` and `tool_call_id` belong to role TOOL, `tool_calls` to role ASSISTANT.

    `images` are whole files (PNG, JPEG ...), for models that can see.
    """

    role: Role
    content: str = ""
    images: tuple[bytes, ...] = field(default=(), repr=False)
    tool_calls: tuple[ToolCall, ...] = ()
    tool_name: str | None = None
    tool_call_id: str | None = None


class ChatRequest(NamedTuple):
    """A turn asked of a model.

    `format` is a JSON schema its answer must follow. `context_length` is in tokens, `keep_alive` in seconds (negative:
    for ever). `think` is for models that can (None: as the server is set). Without messages the model is only loaded.
    A hub chooses the model by `purpose` when `model` is empty; a single server needs its name.
    """

    messages: tuple[Message, ...]
    model: str = ""
    purpose: Purpose = Purpose.TALK
    priority: Priority = Priority.CHAT
    tools: tuple[ToolSpec, ...] = ()
    format: Mapping[str, Any] | None = None
    context_length: int | None = None
    keep_alive: int | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    think: bool | None = None


class ChatStats(NamedTuple):
    """What a finished turn cost; counts in tokens, durations in seconds."""

    prompt_tokens: int = 0
    answer_tokens: int = 0
    load_seconds: float = 0.0
    prompt_seconds: float = 0.0
    answer_seconds: float = 0.0


class ChatDelta(NamedTuple):
    """A piece of a streamed answer; the last one has `done_reason` and `stats`."""

    content: str = ""
    thinking: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    done_reason: str | None = None
    stats: ChatStats | None = None
