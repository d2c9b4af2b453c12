import asyncio
from pathlib import Path

import pytest

from assistant_core.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    DeadlineExceeded,
    HomelabError,
    NotFound,
)
from assistant_core.forge import GitForge
from assistant_core.models.repository import Draft

from .server import Server, assert_exactly_one


@pytest.fixture
def ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An ssh that goes nowhere: it runs the command here, in the folder of the repositories."""
    script = tmp_path / "bin/ssh"
    script.parent.mkdir()
    script.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/ssh.log\nfor command; do :; done\ncd {tmp_path} && eval "exec $command"\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}:/usr/bin:/bin")
    return tmp_path / "ssh.log"


@pytest.mark.parametrize("absolute", [False, True])
async def test_ssh_in_both_spellings_reads_and_writes(
    server: Server, ssh: Path, tmp_path: Path, draft: Draft, *, absolute: bool
) -> None:
    url = f"ssh://git@git.home.arpa:2222{tmp_path}/homelab.git" if absolute else "git@git.home.arpa:homelab.git"
    forge = GitForge(url, key="/keys/homelab")

    assert (await forge.snapshot()).commit == draft.base_commit
    pull = await forge.open(draft)

    await assert_exactly_one(server, draft, pull.head_commit)
    assert pull.url == f"{url}#{draft.branch}"
    log = await asyncio.to_thread(ssh.read_text)
    assert "BatchMode=yes" in log
    assert "-i /keys/homelab" in log
    assert ("-p 2222" in log) is absolute


@pytest.mark.usefixtures("ssh")
@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ("git@git.home.arpa: Permission denied (publickey).", AuthenticationFailed),
        ("Host key verification failed.", ConnectionFailed),
        ("ssh: connect to host git.home.arpa port 22: Connection timed out", DeadlineExceeded),
        ("fatal: 'x' does not appear to be a git repository", NotFound),
        ("something else", ConnectionFailed),
        ("", ConnectionFailed),
    ],
)
async def test_an_ssh_that_fails_says_why_in_one_sentence(
    tmp_path: Path, says: str, expected: type[HomelabError]
) -> None:
    (tmp_path / "bin/ssh").write_text(f'#!/bin/sh\ncat <<"END" >&2\nsome banner\n{says}\nEND\nexit 255\n')

    with pytest.raises(HomelabError) as caught:
        await GitForge("git@git.home.arpa:homelab.git").snapshot()
    assert type(caught.value) is expected


async def test_a_machine_without_ssh_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConnectionFailed, match="There is no ssh on this machine; use an https address"):
        await GitForge("git@git.home.arpa:homelab.git").snapshot()
