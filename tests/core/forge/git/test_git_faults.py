import asyncio
import logging
from pathlib import Path

import pytest

from assistant_core.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    DeadlineExceeded,
    HomelabError,
    InputInvalid,
    NotFound,
    PermissionDenied,
    RateLimited,
    ResponseInvalid,
    ServiceFailed,
)
from assistant_core.forge import GitForge
from assistant_core.models.repository import Draft
from demo.faults import Fault, FaultKind
from demo.git_remote import PATH, GitRemoteSimulator
from demo.repository import create_bare_repository
from demo.serving import controlling, serving
from tests.core.forge.refusals import refused

from .server import Server, assert_exactly_one


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

    await refused(server.forge(timeout=1).snapshot(), expected, says)
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
        with pytest.raises(RateLimited, match=r"asked us to wait; try again in (600|5\d\d) seconds"):
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

    opening = asyncio.create_task(forge.open(draft))
    await server.proxy.asked(".*git-receive-pack")
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
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
