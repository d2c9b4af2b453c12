"""The AI hub: an Ollama server, or a proxy that stands before one."""

from .breaker import CircuitBreaker
from .client import OllamaClient
from .deadlines import Deadlines
from .tls import tls_context

__all__ = ["CircuitBreaker", "Deadlines", "OllamaClient", "tls_context"]
