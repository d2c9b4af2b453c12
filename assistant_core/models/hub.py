"""The AI hub: an Ollama server, the models it has and those it holds in memory."""

from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple

type ToolPlace = Literal["system", "last_user"]


class InstalledModel(NamedTuple):
    """A model on the hub's disk; `size` in bytes."""

    name: str
    size: int
    digest: str


class LoadedModel(NamedTuple):
    """A model in memory; sizes in bytes, `context_length` in tokens, `expires_at` in UTC."""

    name: str
    size: int
    size_vram: int
    context_length: int | None
    expires_at: datetime | None


class ModelDetails(NamedTuple):
    """What `/api/show` says of a model: its capabilities, its prompt template and its longest context in tokens."""

    name: str
    capabilities: frozenset[str]
    template: str
    context_length: int | None = None


class PullProgress(NamedTuple):
    """How far a pull has come: bytes of what is known so far to be needed; `percent` never falls, None before any."""

    model: str
    status: str
    completed: int = 0
    total: int = 0
    percent: float | None = None
    done: bool = False


class HubWarningKind(StrEnum):
    """What is wrong with a hub that works."""

    OTHER_CONTEXT = "other_context"  # loaded with another context length than ours: each use by us loads it anew
    PARTLY_ON_CPU = "partly_on_cpu"  # not all of it fits on the card, so it is slow
    MODEL_MISSING = "model_missing"  # configured, but not on the disk


class HubWarning(NamedTuple):
    """A warning about `model` on a server of the hub, counted from 0.

    `expected` and `actual` are tokens for OTHER_CONTEXT, bytes for PARTLY_ON_CPU.
    """

    kind: HubWarningKind
    model: str
    server: int = 0
    expected: int = 0
    actual: int = 0


class HubMetrics(NamedTuple):
    """What the recent turns of a hub were like; None before there was any.

    Seconds, tokens and ratios from 0 to 1; `*_p50` and `*_p95` are over the last hundred turns, everything else is of
    the last one. Time to first token includes the wait in the queue. `cache_hit` is how much of the prompt the server
    had read before, estimated from its speed; `context_used` how much of the context the turn filled.
    """

    turns: int = 0
    failures: int = 0
    waiting: int = 0
    ttft: float | None = None
    ttft_p50: float | None = None
    ttft_p95: float | None = None
    queue_wait: float | None = None
    queue_wait_p50: float | None = None
    queue_wait_p95: float | None = None
    tokens_per_second: float | None = None
    prompt_tokens: int | None = None
    cache_hit: float | None = None
    context_used: float | None = None


class ModelTraits(NamedTuple):
    """How a model wants to be asked.

    Without `tools` it knows none, so that its answers are held to a JSON schema instead. `tools_in` is where its
    template writes them: into the system message, or into the last message if that is the user's. `context_length` is
    the longest it can have, in tokens.
    """

    tools: bool = True
    tools_in: ToolPlace = "last_user"
    thinking: bool = False
    vision: bool = False
    context_length: int | None = None


class HubStatus(NamedTuple):
    """The hub at one moment."""

    version: str
    installed: tuple[InstalledModel, ...]
    loaded: tuple[LoadedModel, ...]
