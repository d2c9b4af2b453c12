"""The AI hub: an Ollama server, or a proxy that stands before one."""

from .client import Deadlines, OllamaClient

__all__ = ["Deadlines", "OllamaClient"]
