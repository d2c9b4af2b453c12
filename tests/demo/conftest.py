from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from demo.github import GitHubSimulator
from demo.github_git import GitStore
from demo.repository import create_bare_repository
from demo.serving import controlling, serving

from .github_client import Client


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    path = tmp_path / "homelab.git"
    await create_bare_repository(path)
    simulator = GitHubSimulator(path)
    async with (
        serving(simulator) as proxy,
        controlling([(simulator, proxy)]) as control,
        aiohttp.ClientSession() as session,
    ):
        yield Client(session, proxy, control, GitStore(path))
