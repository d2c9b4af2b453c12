"""What the rooms need of the outside world; the network rooms provide it, tests may too."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from .models.application import Application
from .models.change import ChangePlan, Happened, Proposal, Requester
from .models.chat import ChatDelta, ChatRequest, ToolCall, ToolSpec
from .models.cluster import Node
from .models.episode import Entry, Episode, Recollection, Silence, SilenceKind
from .models.finding import Finding
from .models.gpu import GpuHealth
from .models.house import Entity
from .models.hub import HubStatus
from .models.observation import Observation
from .models.repository import Capabilities, Draft, PullRequest, PullRequestStatus, Snapshot
from .models.watching import WhatChanged
from .models.wish import Wish


class ChatModel(Protocol):
    """Something that answers a chat request piece by piece."""

    def chat(self, request: ChatRequest) -> AsyncGenerator[ChatDelta]:
        """Stream the answer; closing the generator stops the model. Raises HomelabError."""


class ToolBox(Protocol):
    """Tools a model may use in a turn; none of them approves anything."""

    def specs(self) -> tuple[ToolSpec, ...]:
        """The tools, always in the same order: a model's cache begins with them."""

    async def call(self, call: ToolCall) -> str | Mapping[str, Any]:
        """Use a tool with arguments that fit its schema. Raises HomelabError with the sentence the model is told."""


class Homelab(Protocol):
    """What the household's services last said; None where no such service is set up."""

    def hub(self) -> Observation[HubStatus] | None:
        """The AI hub."""

    def gpus(self) -> Observation[tuple[GpuHealth, ...]] | None:
        """The hub's graphics cards."""

    def findings(self) -> Observation[tuple[Finding, ...]] | None:
        """The open findings of every cluster, oldest first."""

    def applications(self) -> Observation[tuple[Application, ...]] | None:
        """What Argo CD and Flux deploy in every cluster."""

    def nodes(self) -> Observation[tuple[Node, ...]] | None:
        """The nodes of every cluster."""

    async def what_changed(self, since: datetime) -> WhatChanged | None:
        """What happened in every cluster since then (aware); None: no cluster is set up. Raises HomelabError."""


class House(Protocol):
    """What is in the house and how it is."""

    def entities(self) -> tuple[Entity, ...]:
        """What is exposed to us: the same tuple until something is added, renamed or moved."""

    def state(self, entity_id: str) -> str | None:
        """How it is now, with its unit ("on", "21.5 °C"); None when it is gone."""


class Forge(Protocol):
    """Where the GitOps repository lives. Never merges, never pushes to the default branch, never forces."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do beyond branches and commits."""

    async def snapshot(self) -> Snapshot:
        """The default branch as it is now. Raises HomelabError."""

    async def open(self, draft: Draft) -> PullRequest:
        """Ask for a change: one branch, one commit, one pull request, however often called. Raises HomelabError."""

    async def follow(self, pull_request: PullRequest, seen: PullRequestStatus | None = None) -> PullRequestStatus:
        """What became of a pull request, given as it was opened; `seen` is what the last look told.

        Raises HomelabError; RateLimited says when to ask again.
        """

    async def descends(self, commit: str, ancestor: str) -> bool:
        """Whether a commit is the other one or has it in its history; one that is not there does not.

        Raises HomelabError.
        """


class Applications(Protocol):
    """What a cluster's Argo CD or Flux says of what it deploys."""

    async def deploying(self, repository: str, paths: Sequence[str]) -> tuple[Application, ...]:
        """The Applications that deploy these files of a repository, as they are now. Raises HomelabError."""


class Rights(Protocol):
    """What the host knows of its people and devices, asked anew each time it matters."""

    async def is_admin(self, requester: Requester) -> bool:
        """Whether it is still somebody who may log in and administer."""

    def is_trusted(self, device_id: str) -> bool:
        """Whether the household lets this satellite approve what is of low risk, by its spoken code."""

    def closed_by(self, repository: str) -> str | None:
        """What is going on in the house during which nothing of a repository is approved; None: nothing is."""


class Journal(Protocol):
    """Remembers proposals over restarts; what `record` returned from is on the disk."""

    async def record(self, proposal: Proposal) -> None:
        """Save the proposal's new state before its effect.

        Raises Conflict when another program moved it since `news`, or let another proposal with its hash be approved;
        JournalFailed.
        """

    async def news(self) -> tuple[Proposal, ...]:
        """What other programs recorded since this or `proposals` was last called. Raises JournalFailed."""

    async def proposals(self) -> tuple[Proposal, ...]:
        """Every proposal remembered, oldest first. Raises JournalFailed."""

    async def history(self, proposal_id: str) -> tuple[Happened, ...]:
        """What happened to a proposal, oldest first. Raises JournalFailed."""

    async def forget(self, proposal_ids: Sequence[str]) -> None:
        """Drop proposals with their history. Raises JournalFailed."""


class Ledger(Protocol):
    """Remembers what was wrong in each cluster, and what people do not want to hear of."""

    async def recall(self, cluster: str) -> Recollection:
        """What is known of a cluster's findings. Raises JournalFailed."""

    async def remember(self, cluster: str, episodes: Sequence[Episode], history: Sequence[Entry]) -> None:
        """Save the new state of episodes, and what happened. Raises JournalFailed."""

    async def silence(self, silence: Silence) -> None:
        """Save a wish; it replaces one of the same kind about the same. Raises JournalFailed."""

    async def end_silence(self, cluster: str, kind: SilenceKind, about: str) -> None:
        """Forget a wish. Raises JournalFailed."""

    async def history(self, cluster: str, since: datetime) -> tuple[Entry, ...]:
        """What happened to a cluster's findings since then (UTC), oldest first. Raises JournalFailed."""


class Desk(Protocol):
    """Where changes are proposed and decided; whatever it returns is remembered already.

    A decision names its proposal by `hash` or by spoken `code`, or by neither when exactly one awaits it. Every method
    raises HomelabError, ApprovalRefused for a decision that moves nothing.
    """

    @property
    def awaiting(self) -> tuple[Proposal, ...]:
        """The proposals that wait for a yes, oldest first."""

    @property
    def proposals(self) -> tuple[Proposal, ...]:
        """Every proposal remembered, oldest first."""

    async def propose(
        self,
        plan: ChangePlan | Wish,
        requester: Requester,
        *,
        words: str,
        repository: str | None = None,
        model: str | None = None,
    ) -> Proposal:
        """Work out the change that `words` asked for; it moves nothing until somebody says yes.

        A wish is looked up in the repository first: Incomplete asks for what it leaves open.
        `model` is what made the plan, when no person did.
        """

    async def approve(
        self,
        *,
        requester: Requester,
        hash: str | None = None,  # noqa: A002 - what people call it
        code: str | None = None,
    ) -> Proposal:
        """Open the pull request of a proposal; only an admin may."""

    async def reject(
        self,
        *,
        requester: Requester,
        hash: str | None = None,  # noqa: A002 - what people call it
        code: str | None = None,
    ) -> Proposal:
        """Drop a proposal."""

    async def propose_revert(
        self,
        requester: Requester,
        *,
        words: str,
        hash: str | None = None,  # noqa: A002 - what people call it
        code: str | None = None,
        name: str | None = None,
    ) -> Proposal:
        """Work out how to undo a merged proposal in today's repository; it waits for a yes like any other.

        Named by neither hash nor code, it is the one that was merged last, of the workload `name` if that is given.
        """

    async def history(self, proposal: Proposal) -> tuple[Happened, ...]:
        """What happened to a proposal, oldest first."""
