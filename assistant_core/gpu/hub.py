"""What is known of the card without an exporter: the memory that Ollama's models take."""

from collections.abc import Iterable

from ..models.gpu import GpuHealth
from ..models.hub import LoadedModel


def card_of_models(loaded: Iterable[LoadedModel]) -> GpuHealth:
    """A card of which only the memory in use by `loaded` is known."""
    return GpuHealth(uuid="ollama", name="Ollama", memory_used=sum(model.size_vram for model in loaded))
