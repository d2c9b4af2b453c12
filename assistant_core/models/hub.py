"""The AI hub: an Ollama server, the models it has and those it holds in memory."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledModel:
    """A model on the hub's disk; `size` in bytes."""

    name: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A model in memory; sizes in bytes, `context_length` in tokens, `expires_at` in UTC."""

    name: str
    size: int
    size_vram: int
    context_length: int | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDetails:
    """What `/api/show` says of a model: its capabilities and its prompt template."""

    name: str
    capabilities: frozenset[str]
    template: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTraits:
    """How a model wants to be asked.

    Without `tools` it knows none, so that its answers are held to a JSON schema instead. `tools_in` is where its
    template writes them: into the system message, or into the last message if that is the user's.
    """

    tools: bool = True
    tools_in: Literal["system", "last_user"] = "last_user"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubStatus:
    """The hub at one moment."""

    version: str
    installed: tuple[InstalledModel, ...]
    loaded: tuple[LoadedModel, ...]
