"""A repository in memory, and a clock that stands still."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Protocol, override

from assistant_core.change import ChangeDesk
from assistant_core.errors import HomelabError
from assistant_core.models.change import Channel, Requester, SetReplicas
from assistant_core.models.repository import (
    Capabilities,
    Draft,
    PullRequest,
    PullRequestState,
    PullRequestStatus,
    Snapshot,
)
from assistant_core.ports import Forge

REPOSITORY = "anna/homelab"
ANNA = Requester(channel=Channel.TEXT, user_id="1", name="Anna", is_admin=True)
BEN = Requester(channel=Channel.SERVICE, user_id="2", name="Ben", is_admin=True)
KITCHEN = Requester(channel=Channel.VOICE, device_id="kitchen")
"""A satellite that nobody is logged in to."""


def scale(name: str = "jellyfin", replicas: int = 3) -> SetReplicas:
    return SetReplicas(name=name, replicas=replicas)


def manifest(name: str, replicas: int = 1, *, namespace: str = "media") -> bytes:
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: {namespace}}}\n"
        f"spec:\n  replicas: {replicas}\n  selector: {{}}\n  template:\n    spec:\n      containers:\n"
        f"      - name: {name}\n        image: registry.example/{name}:1.0\n"
    ).encode()


@dataclass
class Clock:
    """Stands still until it is set."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 22, 12, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


class MemoryForge(Forge):
    """One pull request per branch; `failures` are raised one after the other, before or after the work is done.

    Whoever follows a pull request waits for its `fate`: a status, or an error. `descendants` are the commits that have
    what was merged in their history.
    """

    capabilities = Capabilities(pull_requests=True)

    def __init__(self) -> None:
        self.files = {f"{name}.yaml": manifest(name) for name in ("jellyfin", "sonarr", "radarr")}
        self.fate: asyncio.Queue[PullRequestStatus | HomelabError] = asyncio.Queue()
        self.descendants: set[str] = set()
        self.compared: list[str] = []
        self.looks: list[PullRequestStatus | None] = []
        self.opened: dict[str, Draft] = {}
        self.asked = 0
        self.was_asked = asyncio.Event()
        self.failures: list[Exception] = []
        self.failures_after: list[Exception] = []
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    @override
    async def snapshot(self) -> Snapshot:
        if self.failures:
            raise self.failures.pop(0)
        content = b"".join(path.encode() + data for path, data in sorted(self.files.items()))
        return Snapshot(commit=sha256(content).hexdigest()[:40], files=dict(self.files))

    @override
    async def open(self, draft: Draft) -> PullRequest:
        self.asked += 1
        self.was_asked.set()
        await self.may_go_on.wait()
        known = self.opened.setdefault(draft.branch, draft)
        assert known == draft, "the same branch was asked for with another commit"
        if self.failures_after:
            raise self.failures_after.pop(0)
        return PullRequest(
            number=1,
            url=f"https://forge.example/{draft.branch}",
            branch=draft.branch,
            head_commit="d" * 40,
            state=PullRequestState.OPEN,
        )

    @override
    async def follow(self, pull_request: PullRequest, seen: PullRequestStatus | None = None) -> PullRequestStatus:
        self.looks.append(seen)
        fate = await self.fate.get()
        if isinstance(fate, HomelabError):
            raise fate
        return fate

    @override
    async def descends(self, commit: str, ancestor: str) -> bool:
        self.compared.append(commit)
        if self.failures:
            raise self.failures.pop(0)
        return commit in self.descendants


class Restart(Protocol):
    """Makes the desk of the next start over the same journal: not loaded, nothing attached."""

    def __call__(self) -> ChangeDesk: ...
