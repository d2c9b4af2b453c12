"""What a person says about the hub."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ..errors import InputInvalid
from ..models.chat import Purpose
from .deadlines import DEADLINES, Deadlines


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfig:
    """One Ollama server; all but the address is for a proxy before it. The files are PEM."""

    url: str
    token: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    ca_file: str | Path | None = None
    certificate_file: str | Path | None = None
    key_file: str | Path | None = None


class ModelChoice(NamedTuple):
    """A model on one of the hub's servers (counted from 0), and how every request has it loaded.

    `context_length` is in tokens, `keep_alive` in seconds (negative: for ever).
    """

    name: str
    server: int = 0
    context_length: int = 8192
    keep_alive: int = 1800


@dataclass(frozen=True, slots=True, kw_only=True)
class HubConfig:
    """The servers, and for each purpose the models in the order in which they are tried; explaining is talking, too."""

    servers: tuple[ServerConfig, ...]
    talk: tuple[ModelChoice, ...]
    write: tuple[ModelChoice, ...] = ()
    explain: tuple[ModelChoice, ...] = ()
    deadlines: Deadlines = DEADLINES

    def __post_init__(self) -> None:
        """Raise InputInvalid for choices that contradict each other or name no server."""
        lengths: dict[tuple[int, str], int] = {}
        for choice in self.choices:
            if not 0 <= choice.server < len(self.servers):
                raise InputInvalid(f"The model {choice.name} is to run on server {choice.server}, which is not set up.")
            length = lengths.setdefault((choice.server, choice.name), choice.context_length)
            if length != choice.context_length:
                raise InputInvalid(
                    f"The model {choice.name} has two context lengths, {length} and {choice.context_length}; changing"
                    " between them would load it anew each time."
                )

    def chain(self, purpose: Purpose) -> tuple[ModelChoice, ...]:
        """The models for a purpose, the preferred one first."""
        chains = {Purpose.TALK: self.talk, Purpose.WRITE: self.write, Purpose.EXPLAIN: self.explain}
        return chains[purpose] or self.talk

    @property
    def choices(self) -> Iterator[ModelChoice]:
        """Every choice of every purpose."""
        yield from (*self.talk, *self.write, *self.explain)
