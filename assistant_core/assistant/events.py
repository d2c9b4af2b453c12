"""What goes into a turn and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..models.change import Requester
from ..models.chat import ChatStats, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What somebody said, in which language ("en", "en-GB") and after which messages of the same conversation."""

    text: str
    requester: Requester
    language: str = "en"
    history: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer, fit to be spoken and to be shown."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUsed:
    """The model used a tool, or tried to; `result` is what it was told."""

    name: str
    arguments: Mapping[str, Any]
    result: str | Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The last event of every turn.

    `continue_conversation`: the answer asks for something, so keep listening. `messages` continue the history. `stats`
    are of the last model request.
    """

    answered_by: Literal["sentence", "model"]
    continue_conversation: bool
    messages: tuple[Message, ...]
    stats: ChatStats | None = None


type TurnEvent = TextDelta | ToolUsed | Finished
