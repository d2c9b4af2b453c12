"""A turn: what a person said, what is done about it and what is said back. Fixed sentences first, then the model."""

from .assistant import Assistant
from .events import ContextUse, Finished, Question, TextDelta, ToolUsed, TurnEvent, Utterance
from .settings import ModelSettings

__all__ = [
    "Assistant",
    "ContextUse",
    "Finished",
    "ModelSettings",
    "Question",
    "TextDelta",
    "ToolUsed",
    "TurnEvent",
    "Utterance",
]
