from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant_core.forge import GitForge
from assistant_core.models.repository import Draft
from demo.git_remote import GitRemoteSimulator
from demo.repository import create_bare_repository
from demo.serving import controlling, serving
from tests.core.forge.conftest import draft_of

from .server import Server


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    path = tmp_path / "homelab.git"
    await create_bare_repository(path)
    simulator = GitRemoteSimulator(path)
    async with serving(simulator) as proxy, controlling([(simulator, proxy)]) as control:
        yield Server(proxy, simulator.store, control)


@pytest.fixture
def forge(server: Server) -> GitForge:
    return server.forge()


@pytest.fixture
async def draft(forge: GitForge) -> Draft:
    return draft_of(await forge.snapshot())
