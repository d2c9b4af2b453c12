"""How the graphics cards are doing, from the text an exporter serves for Prometheus, or from what Ollama tells."""

from .exporter import GpuExporter
from .hub import card_of_models
from .text import parse

__all__ = ["GpuExporter", "card_of_models", "parse"]
