"""How a model is asked."""

from typing import NamedTuple


class ModelSettings(NamedTuple):
    """Which model and how; lengths in tokens, `keep_alive` in seconds. The same ones every time: others reload it."""

    model: str = "llama3.1:8b"
    context_length: int = 8192
    keep_alive: int = 1800
    max_tokens: int = 512
    temperature: float | None = None
    instructions: str = ""
