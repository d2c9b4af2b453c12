"""The AI hub: Ollama servers, or proxies that stand before them, shared by everybody in the house.

`OllamaClient` talks to one server. `Hub` is what a household uses: it knows which model is for what, who goes first,
who stands in when something fails, and how well it all goes.
"""

from .breaker import CircuitBreaker
from .client import OllamaClient
from .config import HubConfig, ModelChoice, ServerConfig
from .deadlines import Deadlines
from .hub import Hub
from .queue import HubQueue
from .tls import tls_context
from .traits import read_traits

__all__ = [
    "CircuitBreaker",
    "Deadlines",
    "Hub",
    "HubConfig",
    "HubQueue",
    "ModelChoice",
    "OllamaClient",
    "ServerConfig",
    "read_traits",
    "tls_context",
]
