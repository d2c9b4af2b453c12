"""What the rooms need of the outside world; the network rooms provide it, tests may too."""

from collections.abc import AsyncGenerator
from typing import Protocol

from .models.change import Proposal
from .models.chat import ChatDelta, ChatRequest
from .models.finding import Finding
from .models.gpu import GpuHealth
from .models.hub import HubStatus
from .models.observation import Observation
from .models.repository import Draft, PullRequest, Snapshot


class ChatModel(Protocol):
    """Something that answers a chat request piece by piece."""

    def chat(self, request: ChatRequest) -> AsyncGenerator[ChatDelta]:
        """Stream the answer; closing the generator stops the model. Raises HomelabError."""


class Homelab(Protocol):
    """What the household's services last said; None where no such service is set up."""

    def hub(self) -> Observation[HubStatus] | None:
        """The AI hub."""

    def gpus(self) -> Observation[tuple[GpuHealth, ...]] | None:
        """The hub's graphics cards."""

    def findings(self) -> Observation[tuple[Finding, ...]] | None:
        """The open findings of every cluster, oldest first."""


class Forge(Protocol):
    """Where the GitOps repository lives. Never merges, never pushes to the default branch, never forces."""

    async def snapshot(self) -> Snapshot:
        """The default branch as it is now. Raises HomelabError."""

    async def open(self, draft: Draft) -> PullRequest:
        """Ask for a change: one branch, one commit, one pull request, however often called. Raises HomelabError."""


class Journal(Protocol):
    """Remembers proposals over restarts; what `record` returned from is on the disk."""

    async def record(self, proposal: Proposal) -> None:
        """Save the proposal's new state before its effect. Raises JournalFailed."""

    async def proposals(self) -> tuple[Proposal, ...]:
        """Every proposal remembered, oldest first. Raises JournalFailed."""
