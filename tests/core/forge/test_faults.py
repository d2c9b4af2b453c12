import asyncio
from datetime import UTC, datetime
import logging
import time

import pytest

from assistant_core.errors import (
    AuthenticationFailed,
    Conflict,
    ConnectionFailed,
    DeadlineExceeded,
    HomelabError,
    NotFound,
    PermissionDenied,
    RateLimited,
    ResponseInvalid,
    RuleViolated,
    ServiceFailed,
)
from assistant_core.forge import GitHubForge
from assistant_core.models.repository import Draft, PullRequest
from demo.faults import Fault, FaultKind
from demo.github import TOKEN

from .conftest import GitHub
from .refusals import refused

WRITES = ["git/blobs", "git/trees", "git/commits", "git/refs", "pulls"]
RULES = '{"message": "Repository rule violations found\\n\\nCannot create ref due to creations being restricted."}'
SECONDARY = '{"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}'


async def assert_exactly_one(github: GitHub, draft: Draft, pull: PullRequest) -> None:
    state = await github.state()
    assert state["branches"] == {"main": draft.base_commit, draft.branch: pull.head_commit}
    assert await github.store.between(draft.base_commit, draft.branch) == [pull.head_commit]
    assert [shown["number"] for shown in state["pulls"]] == [pull.number]


@pytest.mark.parametrize("write", WRITES)
async def test_silence_after_the_server_did_the_work_and_a_retry_end_in_one_pull_request(
    github: GitHub, forge: GitHubForge, draft: Draft, write: str
) -> None:
    await github.proxy.inject(
        Fault(kind=FaultKind.HANG, method="POST", path=f"/repos/demo/homelab/{write}", after=1, times=1)
    )
    with pytest.raises(DeadlineExceeded, match="GitHub was silent for more than 1 seconds"):
        await github.forge(timeout=1).open(draft)

    await assert_exactly_one(github, draft, await forge.open(draft))


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("after", [0, 40])
async def test_a_cut_after_the_server_did_the_work_and_a_retry_end_in_one_pull_request(
    github: GitHub, forge: GitHubForge, draft: Draft, write: str, after: int
) -> None:
    await github.proxy.inject(
        Fault(kind=FaultKind.CUT, method="POST", path=f"/repos/demo/homelab/{write}", after=after, times=1)
    )
    with pytest.raises(ConnectionFailed):
        await forge.open(draft)

    await assert_exactly_one(github, draft, await forge.open(draft))


@pytest.mark.parametrize("write", WRITES)
async def test_a_failing_write_is_not_repeated_by_itself(
    github: GitHub, forge: GitHubForge, draft: Draft, write: str
) -> None:
    await github.proxy.inject(
        Fault(kind=FaultKind.STATUS, method="POST", path=f"/repos/demo/homelab/{write}", status=502, body="<html>")
    )
    github.proxy.seen.clear()

    with pytest.raises(ServiceFailed, match="status 502; try again in a few minutes"):
        await forge.open(draft)

    posts = [seen for seen in github.proxy.seen if (seen.method, seen.path) == ("POST", f"/repos/demo/homelab/{write}")]
    assert len(posts) == 1
    await github.proxy.clear()
    await assert_exactly_one(github, draft, await forge.open(draft))


async def test_a_read_that_fails_once_is_repeated(github: GitHub, forge: GitHubForge) -> None:
    await github.proxy.inject(Fault(kind=FaultKind.STATUS, method="GET", status=503, times=2))

    assert (await forge.snapshot()).files


@pytest.mark.parametrize(
    ("status", "body", "expected", "says"),
    [
        (401, '{"message": "Bad credentials"}', AuthenticationFailed, "does not accept the token"),
        (403, '{"message": "Resource not accessible by personal access token"}', PermissionDenied, "Contents and Pull"),
        (403, '{"message": "Resource not accessible by integration"}', PermissionDenied, "Contents and Pull requests"),
        (403, '{"message": "Repository was archived so is read-only."}', PermissionDenied, "is archived"),
        (
            403,
            '{"message": "Protected\\nby a rule"}',
            PermissionDenied,
            'allow this for "demo/homelab": Protected by a',
        ),
        (403, SECONDARY, RateLimited, "slow down; try again in 60 seconds"),
        (429, "{}", RateLimited, "slow down"),
        (422, RULES, RuleViolated, 'A rule of "demo/homelab" on GitHub forbids this: Repository rule violations'),
        (409, '{"message": "Protected branch update failed."}', RuleViolated, "forbids this: Protected branch"),
        (404, '{"message": "Not Found"}', NotFound, "shows no repository"),
        (405, '{"message": "Pull Request is not mergeable"}', Conflict, "Pull Request is not mergeable"),
        (409, '{"message": "Git Repository is empty."}', Conflict, "Git Repository is empty"),
        (422, '{"message": "Validation Failed", "errors": [{"message": "no"}, "never"]}', Conflict, "Failed no never"),
        (422, "{}", Conflict, "does not say why"),
        (410, '{"message": "Gone"}', ResponseInvalid, "status 410"),
        (500, "", ServiceFailed, "status 500"),
        (502, "<html>Bad gateway</html>", ServiceFailed, "status 502"),
        (403, "<html>proxy</html>", PermissionDenied, "does not allow this"),
        (404, "[1, 2]", ResponseInvalid, "does not speak GitHub's API"),
    ],
)
async def test_every_refusal_is_one_sentence(
    github: GitHub, forge: GitHubForge, draft: Draft, status: int, body: str, expected: type[HomelabError], says: str
) -> None:
    await github.proxy.inject(Fault(kind=FaultKind.STATUS, method="POST", status=status, body=body))

    await refused(forge.open(draft), expected, says)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>please log in to the hotel's network</html>",
        "[]",
        '"text"',
        "null",
        "{}",
        '{"full_name": 7}',
        '{"full_name": "demo/homelab"}',
        '{"full_name": "demo/homelab", "default_branch": ["main"]}',
        '{"full_name": "demo/homelab"',
    ],
)
@pytest.mark.parametrize("operation", ["check", "snapshot", "open"])
async def test_an_answer_that_is_not_githubs_is_said_to_be_none(
    github: GitHub, draft: Draft, operation: str, body: str
) -> None:
    forge = github.forge()
    await github.proxy.inject(Fault(kind=FaultKind.STATUS, method="GET", status=200, body=body))

    with pytest.raises(ResponseInvalid, match="does not speak GitHub's API; check the address"):
        await (forge.open(draft) if operation == "open" else getattr(forge, operation)())


@pytest.mark.parametrize("path", [".*/branches/.*", ".*/git/trees/.*", ".*/git/blobs/.*"])
@pytest.mark.parametrize(
    "body", ["<html>", "{}", "[7]", '{"tree": [{}]}', '{"content": "bm90IHRoaXM=", "encoding": "base64"}']
)
async def test_a_snapshot_is_never_made_of_something_else(
    github: GitHub, forge: GitHubForge, path: str, body: str
) -> None:
    await github.proxy.inject(Fault(kind=FaultKind.STATUS, path=path, status=200, body=body))
    await github.proxy.inject(Fault(kind=FaultKind.STATUS, path=".*/tarball/.*", status=404))

    with pytest.raises(ResponseInvalid):
        await forge.snapshot()


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("body", ["<html>", "{}", "[7]", '{"number": 7, "head": {"sha": "x"}, "state": "open"}'])
async def test_a_write_that_was_not_done_is_never_taken_for_done(
    github: GitHub, forge: GitHubForge, draft: Draft, write: str, body: str
) -> None:
    await github.proxy.inject(
        Fault(kind=FaultKind.STATUS, method="POST", path=f"/repos/demo/homelab/{write}", status=201, body=body)
    )

    with pytest.raises(HomelabError):
        await forge.open(draft)

    assert not (await github.state())["pulls"]


async def test_noise_instead_of_http_is_said_to_be_none(github: GitHub, forge: GitHubForge) -> None:
    await github.proxy.inject(Fault(kind=FaultKind.GARBAGE))

    with pytest.raises(ResponseInvalid, match="does not speak HTTP"):
        await forge.snapshot()


async def test_a_refused_connection_is_said_in_one_sentence_and_the_next_try_works(
    github: GitHub, forge: GitHubForge
) -> None:
    await github.proxy.inject(Fault(kind=FaultKind.REFUSE))
    with pytest.raises(ConnectionFailed, match=r"GitHub does not answer at http://127\.0\.0\.1"):
        await forge.check()

    await github.proxy.clear()
    assert (await forge.check()).can_push


async def test_silence_ends_at_the_timeout(github: GitHub) -> None:
    await github.proxy.inject(Fault(kind=FaultKind.HANG, method="GET"))

    with pytest.raises(DeadlineExceeded, match="silent for more than 1 seconds; see whether it is up"):
        await github.forge(timeout=1).check()


async def test_an_answer_that_comes_in_drips_ends_at_the_deadline(github: GitHub) -> None:
    await github.proxy.inject(Fault(kind=FaultKind.SLOW, method="GET", delay=0.2))

    with pytest.raises(DeadlineExceeded, match="GitHub took more than 4 seconds"):
        await github.forge(timeout=1).check()
    await github.proxy.drop_connections()


async def test_the_wait_that_github_asks_for_is_handed_on_and_not_slept_through(github: GitHub, draft: Draft) -> None:
    await github.do("limits", secondary=3600)
    with pytest.raises(RateLimited, match="slow down; try again in 3600 seconds") as caught:
        await github.forge().open(draft)
    assert caught.value.retry_after == 3600

    await github.do("limits", secondary=None, remaining=0, reset=int(time.time()) + 600)
    with pytest.raises(RateLimited, match="used up its requests to GitHub for this hour; try again in") as caught:
        await github.forge().open(draft)
    assert 500 < caught.value.retry_after <= 600


async def test_a_wait_that_github_asked_for_is_kept_even_over_a_restart(github: GitHub, draft: Draft) -> None:
    forge = github.forge()
    await github.do("limits", secondary=3600)
    with pytest.raises(RateLimited) as caught:
        await forge.open(draft)
    assert caught.value.retry_at is not None
    await github.do("limits", secondary=None)
    github.proxy.seen.clear()

    for each in (forge, github.forge(retry_at=caught.value.retry_at)):
        with pytest.raises(RateLimited, match=r"GitHub asked us to wait; try again in 3[56]") as again:
            await each.open(draft)
        assert abs((again.value.retry_at - caught.value.retry_at).total_seconds()) < 1
    assert not github.proxy.seen

    assert await github.forge(retry_at=datetime.now(UTC)).open(draft)


async def test_a_call_that_nobody_waits_for_any_more_makes_nothing_visible(
    github: GitHub, forge: GitHubForge, draft: Draft
) -> None:
    await github.proxy.inject(Fault(kind=FaultKind.SLOW, method="GET", path=".*/pulls.*", delay=0.9, size=4096))

    opening = asyncio.create_task(forge.open(draft))
    await github.proxy.asked(r".*/pulls\?.*")
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    await asyncio.get_running_loop().shutdown_default_executor()

    assert (await github.state())["branches"] == {"main": draft.base_commit}


async def test_the_token_stands_in_no_log_and_no_message(
    github: GitHub, forge: GitHubForge, draft: Draft, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await forge.check()
    caplog.set_level(logging.DEBUG, logger="github")  # importing PyGithub sets INFO
    await forge.check()
    await forge.open(draft)
    errors = []
    for kind in (FaultKind.STATUS, FaultKind.CUT, FaultKind.GARBAGE, FaultKind.REFUSE):
        await github.proxy.inject(Fault(kind=kind))
        with pytest.raises(HomelabError) as caught:
            await forge.check()
        errors.append(f"{caught.value!r} {caught.value.__cause__!r} {caught.value.placeholders}")
        await github.proxy.clear()

    assert "==> 200" in caplog.text  # PyGithub did log its requests
    assert TOKEN not in caplog.text
    assert TOKEN not in " ".join(errors)
    assert TOKEN not in repr(vars(forge))
