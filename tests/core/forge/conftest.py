from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from assistant_core.forge import GitHubForge
from assistant_core.models.repository import Draft, FileChange, Snapshot
from demo.faults import FaultProxy
from demo.github import REPOSITORY, TOKEN, GitHubSimulator
from demo.github_git import GitStore
from demo.repository import create_bare_repository
from demo.serving import controlling, serving

JELLYFIN = "apps/media/jellyfin/jellyfin.yaml"


@dataclass
class GitHub:
    """A GitHub with the household's repository, and the hands of the people who use it."""

    proxy: FaultProxy
    store: GitStore
    control: str
    session: aiohttp.ClientSession

    async def do(self, what: str, **data: Any) -> None:
        async with self.session.post(f"{self.control}/github/{what}", json=data) as response:
            assert response.status == 204, await response.text()

    async def state(self) -> dict[str, Any]:
        async with self.session.get(f"{self.control}/github/state") as response:
            return await response.json()

    def forge(
        self, *, repository: str = REPOSITORY, token: str = TOKEN, timeout: int = 10, retry_at: datetime | None = None
    ) -> GitHubForge:
        return GitHubForge(repository, token, base_url=self.proxy.url, timeout=timeout, retry_at=retry_at)


@pytest.fixture
async def github(tmp_path: Path) -> AsyncIterator[GitHub]:
    path = tmp_path / "homelab.git"
    await create_bare_repository(path)
    simulator = GitHubSimulator(path)
    async with (
        serving(simulator) as proxy,
        controlling([(simulator, proxy)]) as control,
        aiohttp.ClientSession() as session,
    ):
        yield GitHub(proxy, GitStore(path), control, session)


@pytest.fixture
def forge(github: GitHub) -> GitHubForge:
    return github.forge()


@pytest.fixture
async def snapshot(forge: GitHubForge) -> Snapshot:
    return await forge.snapshot()


@pytest.fixture
def draft(snapshot: Snapshot) -> Draft:
    return replace(draft_of(snapshot), authored=datetime(2026, 11, 7, 20, 15, 0, 123456, tzinfo=UTC))


@pytest.fixture
def changed(draft: Draft) -> Callable[..., Draft]:
    return lambda **fields: replace(draft, **fields)


def draft_of(snapshot: Snapshot) -> Draft:
    """Three Jellyfins."""
    before = snapshot.files[JELLYFIN]
    return Draft(
        base_commit=snapshot.commit,
        branch="homelab-assistant/set_replicas-media-jellyfin-1a2b3c4d",
        title="Set replicas of media/jellyfin from 1 to 3",
        body="Asked for by `Anna`.",
        message="Set replicas of media/jellyfin from 1 to 3\n\nHomelab-Assistant: 1a2b3c4d5e6f\n",
        authored=datetime(2026, 11, 7, 20, 15, tzinfo=UTC),
        files=(FileChange(path=JELLYFIN, before=before, after=before.replace(b"replicas: 1", b"replicas: 3")),),
    )
