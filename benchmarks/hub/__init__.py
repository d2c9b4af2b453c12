"""The AI hub: our client beside bare aiohttp, our agent beside Home Assistant's own Ollama integration."""

from .agent import against_core_integration
from .client import against_bare_aiohttp
from .imports import against_core_imports

COMPARISONS = (against_bare_aiohttp, against_core_imports, against_core_integration)
