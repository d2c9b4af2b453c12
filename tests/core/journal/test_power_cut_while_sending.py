"""kill -9 at every write to a real forge's protocol: afterwards exactly one branch, one commit and one pull request."""

import asyncio
from pathlib import Path
import signal
from subprocess import PIPE
import sys

import pytest

from demo.faults import Fault, FaultKind
from demo.github import REPOSITORY, GitHubSimulator
from demo.repository import create_bare_repository
from demo.serving import serving

PROGRAM = Path(__file__).with_name("sending.py")
WRITES = ("git/blobs", "git/trees", "git/commits", "git/refs", "pulls", "issues/1/labels")


async def _start(directory: Path, url: str) -> asyncio.subprocess.Process:
    root = str(PROGRAM.parents[3])
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", str(PROGRAM), str(directory), url),
        cwd=root,
        env={"PYTHONPATH": root},
        stdout=PIPE,
        stderr=PIPE,
    )


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("after", [0, 1], ids=["before the server heard of it", "after the server did it"])
async def test_a_process_killed_while_it_writes_ends_in_one_pull_request(
    tmp_path: Path, write: str, after: int
) -> None:
    bare = tmp_path / "homelab.git"
    await create_bare_repository(bare)
    github = GitHubSimulator(bare)
    async with serving(github) as proxy:
        path = f"/repos/{REPOSITORY}/{write}"
        await proxy.inject(Fault(kind=FaultKind.HANG, after=after, method="POST", path=path, times=1))
        program = await _start(tmp_path, proxy.url)
        await proxy.asked(path)
        program.kill()
        output, errors = await program.communicate()
        assert (program.returncode, output, errors) == (-signal.SIGKILL, b"", b"")

        output, errors = await (await _start(tmp_path, proxy.url)).communicate()

        assert (output, errors) == (b"open\n", b"")
        (pull,) = github.hub.pulls
        assert await github.hub.store.refs() == {
            "refs/heads/main": pull.base_sha,
            f"refs/heads/{pull.head}": pull.head_sha,
        }
        assert await github.hub.store.between(pull.base_sha, pull.head_sha) == [pull.head_sha]
