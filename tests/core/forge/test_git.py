import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
import logging
from pathlib import Path
import stat
from typing import Any

import aiohttp
import pytest

from assistant_core.errors import (
    AuthenticationFailed,
    Conflict,
    ConnectionFailed,
    DeadlineExceeded,
    HomelabError,
    InputInvalid,
    NotFound,
    PermissionDenied,
    RateLimited,
    ResponseInvalid,
    RuleViolated,
    ServiceFailed,
)
from assistant_core.forge import DirectoryForge, GitForge
from assistant_core.models.repository import Draft, FileChange, PullRequestState
from demo.faults import Fault, FaultKind, FaultProxy
from demo.git_remote import PATH, GitRemoteSimulator
from demo.github_git import NOTHING, GitStore, Person
from demo.repository import FILES, create_bare_repository
from demo.serving import controlling, serving

from .conftest import JELLYFIN

ANNA = Person(name="Anna", email="anna@home.arpa", date=1_794_000_000)


@dataclass
class Server:
    """A git server with the household's repository, and the hands of the people who use it."""

    proxy: FaultProxy
    store: GitStore
    control: str

    def forge(self, token: str | None = None, *, timeout: int = 10, **options: Any) -> GitForge:
        return GitForge(f"{self.proxy.url}{PATH}", token, timeout=timeout, **options)

    async def login(self, **data: Any) -> None:
        async with aiohttp.ClientSession() as session, session.post(f"{self.control}/git/login", json=data) as response:
            assert response.status == 204

    async def commit(self, branch: str, path: str, content: str, *, message: str = "Change it\n") -> str:
        parent = await self.store.head(branch) or await self.store.head("main")
        tree = await self.store.write_tree(parent, [(path, "100644", await self.store.write_blob(content.encode()))])
        commit = await self.store.write_commit(tree, (parent,), message, ANNA, ANNA)
        await self.store.update_ref(f"refs/heads/{branch}", commit, await self.store.head(branch) or NOTHING)
        return commit

    async def branches(self) -> dict[str, str]:
        return {ref.removeprefix("refs/heads/"): sha for ref, sha in (await self.store.refs()).items()}


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
    snapshot = await forge.snapshot()
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


async def assert_exactly_one(server: Server, draft: Draft, commit: str) -> None:
    assert await server.branches() == {"main": draft.base_commit, draft.branch: commit}
    assert await server.store.between(draft.base_commit, commit) == [commit]


async def test_a_snapshot_has_the_configuration_files_of_the_default_branch(server: Server, forge: GitForge) -> None:
    snapshot = await forge.snapshot()

    on_disk = {file.relative_to(FILES).as_posix(): file.read_bytes() for file in FILES.rglob("*.*") if file.is_file()}
    assert dict(snapshot.files) == {
        path: data for path, data in on_disk.items() if path.endswith((".yaml", ".tf", ".tfvars"))
    }
    assert snapshot.commit == await server.store.head("main")


async def test_an_unchanged_branch_is_not_fetched_again_and_a_changed_one_is(server: Server, forge: GitForge) -> None:
    first = await forge.snapshot()
    server.proxy.seen.clear()
    assert await forge.snapshot() is first
    assert len(server.proxy.seen) == 2  # the greeting, and the branches' names

    commit = await server.commit("main", "apps/new.yaml", "kind: New\n")
    again, twin = await asyncio.gather(forge.snapshot(), forge.snapshot())
    assert again is twin
    assert (again.commit, again.files["apps/new.yaml"]) == (commit, b"kind: New\n")


async def test_a_draft_becomes_one_branch_with_one_commit_that_says_what_it_is(
    server: Server, forge: GitForge, draft: Draft
) -> None:
    pull = await forge.open(draft)

    await assert_exactly_one(server, draft, pull.head_commit)
    assert (pull.number, pull.url) == (0, f"{server.proxy.url}{PATH}#{draft.branch}")
    commit = await server.store.commit(pull.head_commit)
    assert commit.message == (
        "Set replicas of media/jellyfin from 1 to 3\n\nAsked for by `Anna`.\n\nHomelab-Assistant: 1a2b3c4d5e6f\n"
    )
    (file,) = await server.store.diff(draft.base_commit, pull.head_commit)
    assert (file.path, file.additions, file.deletions) == (JELLYFIN, 1, 1)
    await server.store.run("fsck", "--strict")


async def test_every_kind_of_repository_gets_the_same_commit(
    server: Server, tmp_path: Path, forge: GitForge, draft: Draft
) -> None:
    there = await forge.open(draft)
    await create_bare_repository(tmp_path / "other.git")

    assert (await DirectoryForge(tmp_path / "other.git").open(draft)).head_commit == there.head_commit


async def test_asking_again_and_many_at_once_end_in_one_branch(server: Server, forge: GitForge, draft: Draft) -> None:
    pulls = await asyncio.gather(*(server.forge().open(draft) for _ in range(5)))

    assert set(pulls) == {await forge.open(draft)}
    await assert_exactly_one(server, draft, pulls[0].head_commit)


async def test_a_base_that_moved_on_still_gets_its_branch_and_one_that_was_left_does_not(
    server: Server, forge: GitForge, draft: Draft
) -> None:
    await server.commit("main", "elsewhere.yaml", "kind: Elsewhere\n")
    pull = await forge.open(draft)
    assert (await server.store.commit(pull.head_commit)).parents == (draft.base_commit,)

    base = await server.store.commit(draft.base_commit)
    fresh = await server.store.write_commit(base.tree, (), "Start over", ANNA, ANNA)
    await server.store.update_ref("refs/heads/main", fresh, await server.store.head("main"))
    with pytest.raises(Conflict, match="plan the change again"):
        await forge.open(replace(draft, branch="homelab-assistant/other-1a2b3c4d"))


async def test_the_default_branch_a_taken_branch_and_a_changed_file_are_left_alone(
    server: Server, forge: GitForge, draft: Draft
) -> None:
    with pytest.raises(InputInvalid, match="never goes to the default branch"):
        await forge.open(replace(draft, branch="main"))
    stale = replace(draft.files[0], before=b"kind: Other\n")
    with pytest.raises(Conflict, match="not as it was when the change was planned"):
        await forge.open(replace(draft, files=(stale,)))

    mine = await server.commit(draft.branch, "mine.yaml", "kind: Mine\n")
    with pytest.raises(Conflict, match="exists already with other commits; it is left alone"):
        await forge.open(draft)
    assert await server.branches() == {"main": draft.base_commit, draft.branch: mine}


async def test_what_became_of_a_branch_is_read_from_the_branches(server: Server, forge: GitForge, draft: Draft) -> None:
    pull = await forge.open(draft)
    status = await forge.follow(pull)
    assert (status.pull_request, status.changed_by_hand) == (pull, False)
    server.proxy.seen.clear()
    assert await forge.follow(pull, status) is status
    assert len(server.proxy.seen) == 2

    mine = await server.commit(draft.branch, "more.yaml", "kind: More\n")
    status = await forge.follow(pull, status)
    assert (status.pull_request.head_commit, status.changed_by_hand) == (mine, True)

    tree = await server.store.merged_tree(draft.base_commit, mine)
    merge = await server.store.write_commit(tree, (draft.base_commit, mine), "Merge", ANNA, ANNA)
    await server.store.update_ref("refs/heads/main", merge, draft.base_commit)
    await server.store.delete_ref(f"refs/heads/{draft.branch}")
    status = await forge.follow(pull, status)
    assert (status.pull_request.state, status.merge_commit) == (PullRequestState.MERGED, merge)
    assert (await forge.open(draft)).state is PullRequestState.MERGED
    assert draft.branch not in await server.branches()


async def test_a_rebased_change_is_known_by_its_trailer_and_a_deleted_branch_is_closed(
    server: Server, forge: GitForge, draft: Draft
) -> None:
    pull = await forge.open(draft)
    await server.store.delete_ref(f"refs/heads/{draft.branch}")
    closed = await forge.follow(pull)
    assert closed.pull_request.state is PullRequestState.CLOSED

    merge = await server.commit("main", JELLYFIN, "kind: Mine\n", message=f"As squashed\n\n    {draft.message}")
    status = await forge.follow(pull, closed)
    assert (status.pull_request.state, status.merge_commit) == (PullRequestState.MERGED, merge)


async def test_a_hook_that_declines_is_told_in_its_words(server: Server, forge: GitForge, draft: Draft) -> None:
    hook = server.store.path / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho only Anna may >&2\nexit 1\n")
    hook.chmod(hook.stat().st_mode | stat.S_IXUSR)

    with pytest.raises(RuleViolated, match=r"A rule at .* forbids the branch .*: pre-receive hook declined"):
        await forge.open(draft)
    assert await server.branches() == {"main": draft.base_commit}


async def test_logins_are_told_apart(server: Server) -> None:
    await server.login(user="git", password="right")
    await server.login(user="anna", password="also-right")
    await server.login(user="git", password="reader", write=False)
    await server.login(user="git", password="nobody", read=False, write=False)

    assert (await server.forge("right").check()).can_push
    assert (await server.forge("also-right", user="anna").check()).can_push
    with_login = server.proxy.url.replace("http://", "http://anna:also-right@")
    info = await GitForge(f"{with_login}{PATH}").check()
    assert (info.can_push, info.repository) == (True, f"{server.proxy.url}{PATH}")
    assert not (await server.forge("reader").check()).can_push
    with pytest.raises(AuthenticationFailed, match="does not accept the login; enter a new token"):
        await server.forge("wrong").check()
    with pytest.raises(AuthenticationFailed, match="asks for a login"):
        await server.forge().snapshot()
    with pytest.raises(PermissionDenied, match="may not do this"):
        await server.forge("nobody").snapshot()


async def test_a_check_leaves_nothing_behind(server: Server, forge: GitForge) -> None:
    before = await server.branches()
    info = await forge.check()
    assert (info.default_branch, info.can_push, info.can_open_pull_requests) == ("main", True, False)
    assert (info.private, info.protected) == (None, None)
    assert await server.branches() == before


async def test_an_empty_repository_is_said_to_be_empty(server: Server, forge: GitForge) -> None:
    await server.store.delete_ref("refs/heads/main")
    with pytest.raises(NotFound, match="has no commit yet; commit something to it first"):
        await forge.snapshot()


@pytest.mark.parametrize("kind", [FaultKind.HANG, FaultKind.CUT])
@pytest.mark.parametrize("after", [0, 1, 150])
async def test_a_push_whose_answer_was_lost_and_a_retry_end_in_one_branch(
    server: Server, forge: GitForge, draft: Draft, kind: FaultKind, after: int
) -> None:
    await server.proxy.inject(Fault(kind=kind, method="POST", path=".*/git-receive-pack", after=after, times=1))
    with pytest.raises(ConnectionFailed):
        await server.forge(timeout=1).open(draft)

    pull = await forge.open(draft)
    await assert_exactly_one(server, draft, pull.head_commit)


async def test_a_push_that_fails_is_not_repeated_by_itself(server: Server, forge: GitForge, draft: Draft) -> None:
    await server.proxy.inject(Fault(kind=FaultKind.STATUS, path=".*/git-receive-pack", status=502))
    server.proxy.seen.clear()

    with pytest.raises(ServiceFailed, match="failed with status 502; try again in a few minutes"):
        await forge.open(draft)

    assert sum(seen.path.endswith("/git-receive-pack") and seen.method == "POST" for seen in server.proxy.seen) == 1
    assert await server.branches() == {"main": draft.base_commit}


@pytest.mark.parametrize(
    ("fault", "expected", "says"),
    [
        (Fault(kind=FaultKind.REFUSE), ConnectionFailed, "Nothing answers at"),
        (Fault(kind=FaultKind.HANG), DeadlineExceeded, "was silent for more than 1 seconds; see whether it is up"),
        (Fault(kind=FaultKind.HANG, after=300), DeadlineExceeded, "was silent for more than 1 seconds"),
        (Fault(kind=FaultKind.CUT, after=0), ConnectionFailed, "broke off"),
        (Fault(kind=FaultKind.CUT, after=300), ConnectionFailed, "broke off"),
        (Fault(kind=FaultKind.CUT, method="POST", after=2000), ConnectionFailed, "broke off"),
        (Fault(kind=FaultKind.SLOW, delay=0.2), DeadlineExceeded, "took more than 4 seconds"),
        (Fault(kind=FaultKind.GARBAGE), ConnectionFailed, "broke off"),
        (Fault(kind=FaultKind.STATUS, status=404), NotFound, "There is no git repository at"),
        (Fault(kind=FaultKind.STATUS, status=403), PermissionDenied, "may not do this"),
        (Fault(kind=FaultKind.STATUS, status=429, headers={"Retry-After": "9"}), RateLimited, "slow down"),
        (Fault(kind=FaultKind.STATUS, status=503), ServiceFailed, "failed with status 503"),
        (Fault(kind=FaultKind.STATUS, status=418), ResponseInvalid, "status 418"),
        (Fault(kind=FaultKind.STATUS, status=200, body="<html>log in</html>"), ResponseInvalid, "does not speak git"),
        (Fault(kind=FaultKind.STATUS, status=200, body=""), ResponseInvalid, "does not speak git"),
        (Fault(kind=FaultKind.STATUS, method="POST", status=200, body="0000"), ResponseInvalid, "does not speak git"),
    ],
)
async def test_every_failure_is_one_sentence_and_the_next_try_works(
    server: Server, fault: Fault, expected: type[HomelabError], says: str
) -> None:
    await server.proxy.inject(fault)

    with pytest.raises(HomelabError) as caught:
        await server.forge(timeout=1).snapshot()

    assert type(caught.value) is expected
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    await server.proxy.drop_connections()
    await server.proxy.clear()
    assert (await server.forge().snapshot()).files


async def test_the_wait_that_was_asked_for_is_kept_even_over_a_restart(
    server: Server, forge: GitForge, draft: Draft
) -> None:
    await server.proxy.inject(Fault(kind=FaultKind.STATUS, status=429, headers={"Retry-After": "600"}))
    with pytest.raises(RateLimited, match="slow down; try again in 600 seconds") as caught:
        await forge.open(draft)
    await server.proxy.clear()
    server.proxy.seen.clear()

    for each in (forge, server.forge(retry_at=caught.value.retry_at)):
        with pytest.raises(RateLimited, match=r"asked us to wait; try again in (600|59\d) seconds"):
            await each.open(draft)
    assert not server.proxy.seen


async def test_a_redirect_to_another_host_never_gets_the_login(server: Server, tmp_path: Path) -> None:
    await create_bare_repository(tmp_path / "elsewhere.git")
    other = GitRemoteSimulator(tmp_path / "elsewhere.git")
    async with serving(other) as elsewhere, controlling([(other, elsewhere)]) as control:
        server_there = Server(elsewhere, other.store, control)
        await server_there.login(user="git", password="secret")
        location = f"{elsewhere.url}{PATH}/info/refs?service=git-upload-pack"
        await server.proxy.inject(Fault(kind=FaultKind.STATUS, status=302, headers={"Location": location}))

        with pytest.raises(AuthenticationFailed):
            await server.forge("secret").snapshot()
        assert elsewhere.seen


async def test_a_call_that_nobody_waits_for_any_more_makes_no_branch(
    server: Server, forge: GitForge, draft: Draft
) -> None:
    await server.proxy.inject(
        Fault(kind=FaultKind.SLOW, method="GET", path=".*git-receive-pack", delay=0.9, size=65536)
    )

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.7):
            await forge.open(draft)
    await asyncio.get_running_loop().shutdown_default_executor()

    assert await server.branches() == {"main": draft.base_commit}


async def test_the_password_stands_in_no_log_and_no_message(
    server: Server, draft: Draft, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await server.login(user="git", password="very-secret-indeed")
    forge = server.forge("very-secret-indeed")
    pull = await forge.open(draft)
    told = [repr(vars(forge)), pull.url]
    for kind in (FaultKind.STATUS, FaultKind.CUT, FaultKind.GARBAGE, FaultKind.REFUSE):
        await server.proxy.inject(Fault(kind=kind))
        with pytest.raises(HomelabError) as caught:
            await forge.snapshot()
        told.append(f"{caught.value!r} {caught.value.__cause__!r}")
        await server.proxy.clear()

    assert "very-secret-indeed" not in caplog.text + "".join(told)


@pytest.mark.parametrize(
    ("url", "token", "says"),
    [
        ("http://git.home.arpa/anna/homelab.git", "secret", "unencrypted; use the https address"),
        ("http://anna:secret@git.home.arpa/anna/homelab.git", None, "unencrypted; use the https address"),
        ("ftp://git.home.arpa/homelab.git", None, "looks like https://git.home.arpa/anna/homelab.git"),
        ("https://git.home.arpa/homelab.git?x=secret", None, "looks like https"),
        ("https://[git", None, "cannot be read"),
        ("https://git.home.arpa:port/x", None, "cannot be read"),
        ("ssh://git:secret@git.home.arpa/x", None, "An ssh address looks like"),
        ("ssh://-oProxyCommand=secret/x", None, "An ssh address looks like"),
        ("-oProxyCommand=secret:x", None, "looks like https"),
        ("", None, "looks like https"),
    ],
)
def test_an_address_that_would_leak_or_is_none_is_refused(url: str, token: str | None, says: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        GitForge(url, token)
    assert says in str(caught.value)
    assert "secret" not in str(caught.value)


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
