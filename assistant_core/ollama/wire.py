"""Ollama's wire format to and from our models; pure, and distrustful of every field.

Sources: https://docs.ollama.com/api and the answers of Ollama 0.32. Every parser raises ValueError for what is not the
protocol.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
import secrets
from typing import Any, NamedTuple

import orjson

from ..models.chat import ChatDelta, ChatRequest, ChatStats, Message, ToolCall, ToolSpec
from ..models.hub import InstalledModel, LoadedModel, ModelDetails
from ..web import VERSION

NANOSECONDS = 1_000_000_000


class Malformed(ValueError):
    """What came is JSON, but not the protocol."""


class PullLine(NamedTuple):
    """A line of `/api/pull`; sizes in bytes, `layer` is a digest, empty between layers."""

    status: str
    layer: str
    completed: int
    total: int


def parse_object(data: bytes) -> dict[str, Any]:
    """The JSON object that a body or a line holds."""
    return _object(orjson.loads(data))


def parse_version(answer: Mapping[str, Any]) -> str:
    """The version from `/api/version`."""
    version = _text(answer.get("version"))
    if not VERSION.fullmatch(version):
        raise Malformed("no version")
    return version


def parse_installed(answer: Mapping[str, Any]) -> tuple[InstalledModel, ...]:
    """The models of `/api/tags`."""
    return tuple(
        InstalledModel(
            name=_text(model.get("name")), size=_count(model.get("size")), digest=_text(model.get("digest", ""))
        )
        for model in map(_object, _list(answer.get("models")))
    )


def parse_loaded(answer: Mapping[str, Any]) -> tuple[LoadedModel, ...]:
    """The models of `/api/ps`."""
    return tuple(
        LoadedModel(
            name=_text(model.get("name")),
            size=_count(model.get("size")),
            size_vram=_count(model.get("size_vram")),
            context_length=_count(model.get("context_length")) or None,
            expires_at=_time(model.get("expires_at")),
        )
        for model in map(_object, _list(answer.get("models")))
    )


def parse_details(name: str, answer: Mapping[str, Any]) -> ModelDetails:
    """What `/api/show` says of the model `name`."""
    return ModelDetails(
        name=name,
        capabilities=frozenset(map(_text, _list(answer.get("capabilities")))),
        template=_text(answer.get("template") or ""),
        context_length=_context_length(_object(answer.get("model_info") or {})),
    )


def parse_pull(line: Mapping[str, Any]) -> PullLine:
    """One line of `/api/pull`: its status, and of which layer how many bytes of how many have come."""
    return PullLine(
        status=_text(line.get("status") or ""),
        layer=_text(line.get("digest") or ""),
        completed=_count(line.get("completed")),
        total=_count(line.get("total")),
    )


def parse_delta(line: Mapping[str, Any]) -> ChatDelta:
    """One line of a streamed `/api/chat` answer; tool calls arrive whole and get an id where the server gave none."""
    message = _object(line.get("message") or {})
    content = _text(message.get("content") or "")
    done = bool(line.get("done", False))
    if not done and "thinking" not in message and "tool_calls" not in message:  # a token, as a rule
        return ChatDelta(content=content)
    return ChatDelta(
        content=content,
        thinking=_text(message.get("thinking") or ""),
        tool_calls=tuple(map(_tool_call, _list(message.get("tool_calls")))),
        done_reason=_text(line.get("done_reason") or "stop") if done else None,
        stats=_stats(line) if done else None,
    )


def chat_body(request: ChatRequest) -> dict[str, Any]:
    """The body of `/api/chat`; what the request leaves open is not sent, so that the server's own setting holds."""
    options = {
        "num_ctx": request.context_length,
        "temperature": request.temperature,
        "num_predict": request.max_tokens,
    }
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [_message(message) for message in request.messages],
        "tools": [_tool(tool) for tool in request.tools] or None,
        "format": request.format,
        "keep_alive": request.keep_alive,
        "think": request.think,
        "options": {name: value for name, value in options.items() if value is not None} or None,
        "stream": True,
    }
    return {name: value for name, value in body.items() if value is not None}


def _message(message: Message) -> dict[str, Any]:
    wire: dict[str, Any] = {"role": message.role.value, "content": message.content}
    if message.images:
        wire["images"] = [b64encode(image).decode() for image in message.images]
    if message.tool_calls:
        wire["tool_calls"] = [
            {"id": call.id, "function": {"name": call.name, "arguments": call.arguments}} for call in message.tool_calls
        ]
    if message.tool_name is not None:
        wire["tool_name"] = message.tool_name
    if message.tool_call_id is not None:
        wire["tool_call_id"] = message.tool_call_id
    return wire


def _tool(tool: ToolSpec) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def _tool_call(value: object) -> ToolCall:
    call = _object(value)
    function = _object(call.get("function"))
    return ToolCall(
        id=_text(call.get("id") or f"call_{secrets.token_hex(4)}"),
        name=_text(function.get("name")),
        arguments=_object(function.get("arguments") or {}),
    )


def _stats(line: Mapping[str, Any]) -> ChatStats:
    return ChatStats(
        prompt_tokens=_count(line.get("prompt_eval_count")),
        answer_tokens=_count(line.get("eval_count")),
        load_seconds=_count(line.get("load_duration")) / NANOSECONDS,
        prompt_seconds=_count(line.get("prompt_eval_duration")) / NANOSECONDS,
        answer_seconds=_count(line.get("eval_duration")) / NANOSECONDS,
    )


def _context_length(info: Mapping[str, Any]) -> int | None:
    """From the entry `ARCHITECTURE.context_length`."""
    return _count(info.get(f"{info.get('general.architecture')}.context_length")) or None


def _expect[T](value: object, wanted: type[T]) -> T:
    if not isinstance(value, wanted):
        raise Malformed(f"{wanted.__name__} expected, not {type(value).__name__}")
    return value


def _object(value: object) -> dict[str, Any]:
    return _expect(value, dict)


def _list(value: object) -> list[Any]:
    return [] if value is None else _expect(value, list)  # Go writes an empty list as null or leaves it out


def _text(value: object) -> str:
    return _expect(value, str)


def _count(value: object) -> int:
    count = 0 if value is None else _expect(value, int)  # zero fields are left out
    if count < 0:
        raise Malformed("a negative count")
    return count


def _time(value: object) -> datetime | None:
    """RFC 3339 with nanoseconds, in the server's time zone."""
    try:
        return datetime.fromisoformat(_text(value)).astimezone(UTC) if value else None
    except OverflowError as error:
        raise Malformed("a time out of range") from error
