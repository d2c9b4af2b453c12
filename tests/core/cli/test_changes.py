from typing import Any

from demo.faults import Fault, FaultKind, FaultProxy
from demo.github import REPOSITORY, TOKEN

type Run = Any


async def test_a_change_is_proposed_shown_and_approved_into_one_pull_request(with_github: Run, homelab: Run) -> None:
    proposed = await with_github("propose", "scale jellyfin to 3")
    assert proposed.code == 0
    assert "\n-  replicas: 1  # one" in proposed.out
    assert "\n+  replicas: 3  # one" in proposed.out
    (proposal,) = (await homelab("proposals", "--json")).json
    assert proposal["state"] == "awaiting"
    assert f"hash {proposal['hash']}" in proposed.out
    assert proposal["hash"][:12] in (await homelab("proposals")).out

    approved = await with_github("approve", proposal["hash"][:12])
    assert approved.code == 0
    assert approved.out.startswith("Pull request 1 is open: Jellyfin in media: replicas from 1 to 3.")
    assert "/pull/1" in approved.out
    again = await with_github("approve", proposal["hash"])
    assert (again.code, again.out) == (4, "")
    assert "already approved by anna" in again.err
    assert (await homelab("proposals")).out == "Nothing waits for a yes.\n"
    assert "/pull/1" in (await homelab("proposals", "--all")).out


async def test_a_rejected_proposal_cannot_be_approved(with_github: Run, homelab: Run) -> None:
    proposal = (await with_github("propose", "run two replicas of sonarr", "--json")).json
    rejected = await homelab("reject", proposal["hash"])
    assert (rejected.code, rejected.out) == (0, "Dropped: Sonarr in media: replicas from 1 to 2.\n")
    assert (await with_github("approve", proposal["hash"])).code == 4


async def test_a_wish_that_cannot_be_is_told_in_one_sentence(with_github: Run, homelab: Run) -> None:
    for words, code, said in (
        ("scale jellyfish to 3", 3, "jellyfin"),
        ("scale jellyfin to many", 3, '"many" is not a number of replicas'),
        ("scale jellyfin to -1", 4, "-1"),
        ("turn on the light", 3, "no change I know"),
    ):
        ended = await with_github("propose", words)
        assert (ended.code, ended.out) == (code, "")
        assert said in ended.err
        assert len(ended.err.splitlines()) == 1
    assert (await homelab("proposals", "--all")).out == "There are no proposals.\n"


async def test_what_is_so_already_is_no_error(with_github: Run, homelab: Run) -> None:
    ended = await with_github("propose", "scale jellyfin to 1")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "There is nothing to change: spec.replicas of jellyfin is 1 already.\n"
    assert (await with_github("propose", "scale jellyfin to 1", "--json")).json["state"] == "unchanged"
    assert (await homelab("proposals", "--all")).out == "There are no proposals.\n"


async def test_a_plan_and_german_words_are_proposed_alike(with_github: Run) -> None:
    plan = '{"operation": "restart", "name": "jellyfin", "at": "2026-11-22T10:00:00Z"}'
    restart = await with_github("propose", "--plan", plan, "--json")
    assert restart.json["words"] == "A plan: restart of jellyfin"
    assert 'restartedAt: "2026-11-22T10:00:00Z"' in restart.json["diff"]
    german = await with_github("propose", "skaliere jellyfin auf 3", "--json")
    assert german.json["target"]["after"] == "3"


async def test_a_delivery_that_fails_can_be_approved_again(with_github: Run, github: FaultProxy) -> None:
    proposal = (await with_github("propose", "scale jellyfin to 3", "--json")).json
    await github.inject(Fault(kind=FaultKind.STATUS, method="POST", status=502))
    failed = await with_github("approve", proposal["hash"])
    assert (failed.code, failed.out) == (5, "")
    still = await with_github("approve", proposal["hash"])
    assert (still.code, still.err) == (5, "")
    assert still.out.startswith("Approved, but not opened yet: Jellyfin in media: replicas from 1 to 3. GitHub")
    await github.clear()
    approved = await with_github("approve", proposal["hash"])
    assert approved.out.startswith("Pull request 1 is open")


async def test_ask_proposes_and_confirms_in_two_commands(with_github: Run) -> None:
    asked = await with_github("ask", "scale jellyfin to 3")
    assert "replicas from 1 to 3" in asked.out
    confirmed = await with_github("ask", "confirm")
    assert confirmed.out == "Pull request 1 is open: Jellyfin in media: replicas from 1 to 3.\n"


async def test_debug_shows_the_lines_of_the_log_with_their_ids(homelab: Run, github: FaultProxy) -> None:
    await github.inject(Fault(kind=FaultKind.STATUS, method="POST", path=".*/labels", status=403, body=TOKEN))
    where = ("--repo", REPOSITORY, "--github-api", github.url)
    words = ("propose", "scale jellyfin to 3", "--yes", *where)
    ended = await homelab("--debug", *words, HOMELAB_GITHUB_TOKEN=TOKEN)

    assert ended.code == 0
    (line,) = [each for each in ended.err.splitlines() if "[" in each]
    assert "DEBUG [labels-missing] Pull request #1 has no labels: " in line
    assert TOKEN not in ended.err
