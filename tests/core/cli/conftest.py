import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
import json
import os
from pathlib import Path
import sys
from typing import Any

import pytest

from demo.faults import FaultProxy
from demo.github import REPOSITORY, TOKEN, GitHubSimulator
from demo.kubernetes import KubernetesSimulator
from demo.repository import create_bare_repository
from demo.serving import serving

SECONDS = 60
ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


type Run = Callable[..., Awaitable[Ended]]


@pytest.fixture
def homelab(tmp_path: Path) -> Run:
    """Run `homelab-assistant` as a process of its own, with a home of its own."""

    async def run(*words: str, **variables: str) -> Ended:
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "from assistant_core.cli import main; main()", *words,
            cwd=ROOT,
            env={**kept, "HOME": str(tmp_path), "USER": "anna", "COLUMNS": "200", **variables},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        async with asyncio.timeout(SECONDS):
            out, err = await process.communicate()
        assert process.returncode is not None
        return Ended(process.returncode, out.decode(), err.decode())

    return run


@pytest.fixture
async def kubeconfig(tmp_path: Path) -> AsyncIterator[Path]:
    """The demo's cluster."""
    simulator = KubernetesSimulator()
    async with serving(simulator) as proxy:
        path = tmp_path / "demo.yaml"
        path.write_text(simulator.kubeconfig(proxy.url))
        yield path


@pytest.fixture
async def github(tmp_path: Path) -> AsyncIterator[FaultProxy]:
    """The demo's GitHub."""
    await create_bare_repository(tmp_path / "homelab.git")
    async with serving(GitHubSimulator(tmp_path / "homelab.git")) as proxy:
        yield proxy


@pytest.fixture
def with_github(homelab: Run, github: FaultProxy) -> Run:
    """Run a command with the demo's token, and its repository where the command takes one."""

    async def run(command: str, *words: str) -> Ended:
        takes_repository = ("--repo", REPOSITORY) if command in ("ask", "propose") else ()
        api = ("--github-api", github.url)
        return await homelab(command, *words, *takes_repository, *api, HOMELAB_GITHUB_TOKEN=TOKEN)

    return run
