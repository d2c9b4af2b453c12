"""Every way a forge and a cluster fail on the way of a change: one pull request or none, and a sentence."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
import pytest

from custom_components.homelab_assistant.assistant_core.models.change import ProposalState, Step
from demo.faults import Fault, FaultKind, FaultProxy
from demo.github import TOKEN, GitHubSimulator
from demo.kubernetes import KubernetesSimulator
from tests.component.conftest import Ahead

from .changes import Changes, answered

SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
SINGLE_SIGN_ON = "Resource protected by organization SAML enforcement. You must grant your token access."
JELLYFIN = "apps/media/jellyfin/jellyfin.yaml"
S = ProposalState


@pytest.mark.parametrize(
    ("fault", "how", "state"),
    [
        ("401, then renewed", answered(401, "Bad credentials"), S.OPEN),
        ("403 permission", answered(403, "Resource not accessible by personal access token"), S.FAILED),
        ("403 rule", answered(403, "Repository rule violations found"), S.FAILED),
        ("403 secondary limit", answered(403, SECONDARY, **{"Retry-After": "1"}), S.OPEN),
        ("404", answered(404, "Not Found"), S.FAILED),
        ("409", answered(409, "Git Repository is empty."), S.FAILED),
        ("422 rule", answered(422, "Repository rule violations found"), S.FAILED),
        ("422", answered(422, "Validation Failed"), S.FAILED),
        ("422 no commits", answered(422, "No commits between main and homelab-assistant"), S.FAILED),
        ("429", answered(429, "slow down", **{"Retry-After": "1"}), S.OPEN),
        ("500", answered(500), S.OPEN),
    ],
)  # fmt: skip
async def test_every_refusal_of_the_pull_request_ends_in_a_sentence(
    changes: Changes, fault: str, how: dict[str, Any], state: ProposalState
) -> None:
    proposal = await changes.propose()
    await changes.proxy.inject(Fault(method="POST", path="/repos/demo/homelab/pulls", times=1, **how))
    said = await changes.approve(proposal)
    await changes.end(fault, proposal, said, state, pulls=1 if state is S.OPEN else 0)


@pytest.mark.parametrize(
    ("fault", "how", "state"),
    [
        ("401", answered(401, "Bad credentials"), S.OPEN),
        ("403 permission", answered(403, "Resource not accessible by personal access token"), S.FAILED),
        ("403 organisation's single sign-on", answered(403, SINGLE_SIGN_ON), S.FAILED),
        ("403 rule", answered(403, "Repository rule violations found"), S.FAILED),
        ("403 secondary limit", answered(403, SECONDARY, **{"Retry-After": "1"}), S.OPEN),
        ("409", answered(409, "Repository rule violations found"), S.FAILED),
        ("422", answered(422, "Reference update failed"), S.FAILED),
        ("429", answered(429, "slow down", **{"Retry-After": "1"}), S.OPEN),
        ("500", answered(500), S.OPEN),
    ],
)
async def test_every_refusal_of_the_branch_ends_in_a_sentence(
    changes: Changes, fault: str, how: dict[str, Any], state: ProposalState
) -> None:
    proposal = await changes.propose()
    await changes.proxy.inject(Fault(method="POST", path="/repos/demo/homelab/git/refs", times=1, **how))
    said = await changes.approve(proposal)
    count = 1 if state is S.OPEN else 0
    await changes.end(f"branch: {fault}", proposal, said, state, branches=count, pulls=count)


async def test_what_somebody_made_between_the_look_and_the_write_is_adopted(changes: Changes) -> None:
    """422 "already exists", after a look that did not see it: as from a replica that lags behind."""
    unseen = {"kind": FaultKind.STATUS, "method": "GET", "times": 2}
    ref, pull = await changes.propose(), await changes.propose("sonarr")
    changes.proxy.seen.clear()
    await changes.proxy.inject(Fault(method="POST", path=".*/git/refs", times=1, kind=FaultKind.CUT))
    await changes.proxy.inject(Fault(path=".*/git/ref/.*", status=404, body='{"message": "Not Found"}', **unseen))
    said = await changes.approve(ref)
    await changes.end("422 reference exists, ours", ref, said, S.OPEN)

    await changes.proxy.inject(Fault(method="POST", path=".*/pulls", times=1, kind=FaultKind.CUT))
    await changes.proxy.inject(Fault(path=r".*/pulls\?.*", status=200, body="[]", **unseen))
    said = await changes.approve(pull)
    await changes.end("422 pull request exists, ours", pull, said, S.OPEN)
    asked = [seen.path.rpartition("/")[2] for seen in changes.proxy.seen if seen.method == "POST"]
    assert (asked.count("refs"), asked.count("pulls")) == (3, 3)  # each of them once too often


async def test_labels_that_cannot_be_put_on_hinder_nothing(changes: Changes) -> None:
    proposal = await changes.propose()
    labels = {"method": "POST", "path": r".*/issues/\d+/labels", "times": 1}
    await changes.proxy.inject(Fault(**labels, **answered(404, "Label does not exist")))
    said = await changes.approve(proposal)
    await changes.end("label missing", proposal, said, S.OPEN)


async def test_a_repository_that_moves_is_planned_upon_anew(changes: Changes, on_github: Any) -> None:
    untouched = await changes.propose()
    await on_github("push", path="README.md", content="New words.\n")
    said = await changes.approve(untouched)
    await changes.end("base moved, file untouched", untouched, said, S.OPEN)

    same_file = await changes.propose("sonarr")
    content = same_file.files[0].before.decode()
    await on_github("push", path=same_file.target.path, content=f"{content}# a note at the end\n")
    said = await changes.approve(same_file)
    await changes.end("base moved, same file", same_file, said, S.OPEN)

    conflict = await changes.propose("mosquitto")
    content = conflict.files[0].before.decode()
    await on_github("push", path=conflict.target.path, content=content.replace("replicas: 1", "replicas: 77"))
    said = await changes.approve(conflict)
    await changes.end("base moved, conflict", conflict, said, S.SUPERSEDED, branches=0, pulls=0)
    again = changes.desk.awaiting[-1]
    assert again.target.before == "77"


async def test_a_branch_that_is_there_is_adopted_only_when_it_is_ours(changes: Changes, on_github: Any) -> None:
    ours = await changes.propose()
    await changes.proxy.inject(Fault(method="POST", path=".*/pulls", times=1, **answered(502)))
    said = await changes.approve(ours)
    await changes.end("branch exists, same commit", ours, said, S.OPEN)

    theirs = await changes.propose()
    await changes.proxy.inject(Fault(method="POST", path=".*/git/refs", times=1, **answered(502)))
    branch = f"homelab-assistant/set-replicas-media-jellyfin-{theirs.hash[:8]}"
    await on_github("push", path="mine.txt", content="mine", branch=branch)
    said = await changes.approve(theirs)
    await changes.end("branch exists, other commit", theirs, said, S.FAILED, pulls=0)


async def test_what_people_do_to_the_pull_request_is_seen_and_left_alone(changes: Changes, on_github: Any) -> None:
    closed = await changes.propose()
    said = await changes.approve(closed)
    await on_github("pulls/1/close")
    await changes.end("pull request closed", closed, said, S.CLOSED)

    edited = await changes.propose()
    said = await changes.approve(edited)
    (branch,) = await changes.branches(edited)
    await on_github("push", path="by_hand.txt", content="mine", branch=branch.removeprefix("refs/heads/"))
    await changes.has_been(edited, Step.CHANGED_BY_HAND)
    await changes.end("pushed to by hand", edited, said, S.OPEN)


async def test_a_forge_that_is_down_for_a_day_gets_one_pull_request(changes: Changes, clock: Ahead) -> None:
    proposal = await changes.propose()
    await changes.proxy.inject(Fault(kind=FaultKind.REFUSE))
    said = await changes.approve(proposal)
    for hours in range(1, 25):
        clock.by = timedelta(hours=hours)
        changes.desk.look("demo/homelab")
        await asyncio.sleep(0)
    assert changes.now(proposal).state is S.APPROVED
    await changes.proxy.clear()
    await changes.end("GitHub down for a day", proposal, said, S.OPEN)


async def test_ten_yeses_at_once_open_one_pull_request(changes: Changes) -> None:
    proposal = await changes.propose()
    answers = await asyncio.gather(*(changes.approve(proposal) for _ in range(10)))
    assert sum("already approved" in answer for answer in answers) == 9
    await changes.end("ten approvals at once", proposal, answers[-1], S.OPEN)


async def test_two_changes_of_one_file_are_two_pull_requests(changes: Changes) -> None:
    first = await changes.propose()
    await changes.act("propose_change", plan={"operation": "set_image", "name": "jellyfin", "tag": "10.99.1"})
    second = changes.desk.awaiting[-1]
    assert first.target.path == second.target.path == JELLYFIN
    for proposal, fault in ((first, "two changes of one file: first"), (second, "two changes of one file: second")):
        await changes.end(fault, proposal, await changes.approve(proposal), S.OPEN)


async def test_a_hidden_token_and_a_limit_over_are_told_and_survived(changes: Changes, on_github: Any) -> None:
    expired = await changes.propose()
    await on_github("tokens", value=TOKEN, expired=True)
    said = await changes.approve(expired)
    assert changes.now(expired).state is S.APPROVED
    await on_github("tokens", value=TOKEN)
    await changes.end("token expired, then renewed", expired, said, S.OPEN)

    limited = await changes.propose("sonarr")
    reset = datetime.now(UTC) + timedelta(seconds=2)
    await on_github("limits", remaining=0, reset=int(reset.timestamp()))
    said = await changes.approve(limited)
    await on_github("limits", remaining=5000, reset=int((reset + timedelta(hours=1)).timestamp()))
    await changes.end("primary limit used up", limited, said, S.OPEN)


async def test_a_branch_that_was_forced_elsewhere_is_left_alone(changes: Changes, github: GitHubSimulator) -> None:
    proposal = await changes.propose()
    said = await changes.approve(proposal)
    (ref,) = await changes.branches(proposal)
    refs = await github.hub.store.refs()
    await github.hub.store.update_ref(ref, refs["refs/heads/main"], refs[ref])
    changes.desk.look("demo/homelab")
    await changes.has_been(proposal, Step.CHANGED_BY_HAND)
    await changes.end("branch forced elsewhere", proposal, said, S.OPEN, S.CLOSED)


async def test_a_cluster_that_is_down_after_the_merge_is_told(
    changes: Changes, on_github: Any, cluster: ConfigEntry, kubernetes_proxy: FaultProxy, clock: Ahead
) -> None:
    proposal = await changes.propose()
    said = await changes.approve(proposal)
    await kubernetes_proxy.inject(Fault(kind=FaultKind.REFUSE))
    await kubernetes_proxy.drop_connections()
    await on_github("pulls/1/merge")
    await changes.until(proposal, S.MERGED)
    clock.by = timedelta(hours=1)
    changes.desk.look("demo/homelab")
    settled = await changes.settled(proposal)
    assert settled.failure
    await changes.end("cluster down after the merge", proposal, said, S.MERGED)


async def test_a_merge_that_no_cluster_can_tell_about_ends_in_a_sentence(
    changes: Changes, on_github: Any, cluster: ConfigEntry, kubernetes: KubernetesSimulator, clock: Ahead
) -> None:
    proposal = await changes.propose()
    said = await changes.approve(proposal)
    await on_github("pulls/1/merge")
    await changes.until(proposal, S.MERGED)
    clock.by = timedelta(hours=1)
    changes.desk.look("demo/homelab")
    await changes.settled(proposal)
    settled = await changes.end("Application missing", proposal, said, S.MERGED)
    assert settled.failure
