"""A turn: what a person said, what is done about it and what is said back. Fixed sentences first, then the model."""

from .assistant import Assistant
from .events import Finished, TextDelta, ToolUsed, TurnEvent, Utterance
from .model_turn import ModelSettings

__all__ = ["Assistant", "Finished", "ModelSettings", "TextDelta", "ToolUsed", "TurnEvent", "Utterance"]
