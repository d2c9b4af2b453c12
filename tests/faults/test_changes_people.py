"""What people do to a change and to its repository, at the worst moment: one pull request or none, and a sentence."""

import asyncio
import json
from typing import Any

import aiohttp
from homeassistant.auth.const import GROUP_ID_ADMIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.homelab_assistant.assistant_core.models.change import Proposal, ProposalState, Step
from demo.faults import Fault, FaultKind
from demo.github import TOKEN, GitHubSimulator
from demo.kubernetes import KubernetesSimulator
from tests.component.conftest import DOMAIN, Ahead, deploy

from .changes import Changes

S = ProposalState


@pytest.fixture
def kubernetes() -> KubernetesSimulator:
    """A cluster where Argo CD deploys the household's repository."""
    return KubernetesSimulator()


@pytest.fixture
async def ben(hass: HomeAssistant) -> MockUser:
    """Another administrator."""
    return MockUser(name="Ben", groups=[await hass.auth.async_get_group(GROUP_ID_ADMIN)]).add_to_hass(hass)


async def on_api(changes: Changes, method: str, path: str, **body: Any) -> None:
    """What a person does on GitHub by its own API."""
    url, headers = f"{changes.proxy.url}/repos/demo/homelab/{path}", {"Authorization": f"Bearer {TOKEN}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, url, json=body or None) as response,
    ):
        assert response.ok, await response.text()


async def as_person(changes: Changes, user: MockUser, proposal: Proposal) -> str:
    """What somebody is told who says yes."""
    context = Context(user_id=user.id)
    try:
        await changes.hass.services.async_call(
            DOMAIN, "approve_change", {"hash": proposal.hash}, blocking=True, context=context
        )
    except HomeAssistantError as error:
        return str(error)
    return "open"


async def test_two_administrators_and_a_double_click_open_one_pull_request(
    changes: Changes, hass_admin_user: MockUser, ben: MockUser
) -> None:
    proposal = await changes.propose()
    people = (hass_admin_user, ben, hass_admin_user, ben)
    answers = await asyncio.gather(*(as_person(changes, each, proposal) for each in people))
    assert answers.count("open") == 1
    refused = next(each for each in answers if each != "open")
    assert f"was already approved by {people[answers.index('open')].name} at " in refused
    await changes.end("two administrators, two clicks each", proposal, refused, S.OPEN)


async def test_a_yes_and_a_no_at_once_are_one_of_both(changes: Changes) -> None:
    for _ in range(3):
        proposal = await changes.propose()
        said, _ = await asyncio.gather(
            changes.approve(proposal), changes.act("reject_change", hash=proposal.hash), return_exceptions=True
        )
        now = changes.now(proposal)
        count = 1 if now.state is S.OPEN else 0
        await changes.end("yes and no at once", proposal, str(said), S.OPEN, S.REJECTED, branches=count, pulls=count)


async def test_a_yes_in_the_moment_of_expiry_is_too_late(changes: Changes, clock: Ahead) -> None:
    proposal = await changes.propose()
    clock.by = proposal.expires - proposal.created
    said, _ = await asyncio.gather(changes.approve(proposal), changes.desk.expire())
    assert "expired at" in said
    await changes.end("yes in the moment of expiry", proposal, said, S.EXPIRED, branches=0, pulls=0)


@pytest.mark.usefixtures("hub")
async def test_a_yes_while_the_repository_is_not_set_up_waits_for_it(changes: Changes) -> None:
    proposal = await changes.propose()
    await changes.hass.config_entries.async_unload(changes.entry.entry_id)
    said = await changes.approve(proposal)
    assert "demo/homelab" in said
    assert changes.now(proposal).state is S.AWAITING

    await changes.hass.config_entries.async_setup(changes.entry.entry_id)
    await changes.end("yes while unloaded, and after", proposal, await changes.approve(proposal), S.OPEN)


async def test_a_yes_during_a_reload_opens_one_pull_request(changes: Changes) -> None:
    proposal = await changes.propose()
    said, _ = await asyncio.gather(changes.approve(proposal), changes.restart())
    assert said
    if changes.now(proposal).state is S.AWAITING:
        said = await changes.approve(proposal)
    await changes.end("yes during a reload", proposal, said, S.OPEN)


async def test_a_repository_that_was_renamed_is_named(changes: Changes, on_github: Any) -> None:
    opened = await changes.propose("sonarr")
    await changes.approve(opened)
    proposal = await changes.propose()
    await on_github("repository", full_name="demo/cluster")
    said = await changes.approve(proposal)
    assert said == 'The repository "demo/homelab" is called "demo/cluster" now; set it up anew.'
    await changes.end("repository renamed before the yes", proposal, said, S.FAILED, branches=0, pulls=0)

    await on_github("pulls/1/merge")
    await changes.end("repository renamed after it is open", opened, said, S.MERGED)


async def test_a_default_branch_that_was_renamed_is_the_base(changes: Changes, github: GitHubSimulator) -> None:
    proposal = await changes.propose()
    refs = await github.hub.store.refs()
    await github.hub.store.run("branch", "-m", "main", "trunk")
    github.hub.default_branch = "trunk"
    assert refs["refs/heads/main"] == (await github.hub.store.refs())["refs/heads/trunk"]
    await changes.end("default branch renamed", proposal, await changes.approve(proposal), S.OPEN)
    assert [pull.base for pull in github.hub.pulls] == ["trunk"]


async def test_a_branch_that_was_deleted_closes_the_change(changes: Changes) -> None:
    proposal = await changes.propose()
    said = await changes.approve(proposal)
    (branch,) = await changes.branches(proposal)
    await on_api(changes, "DELETE", f"git/{branch}")
    await changes.end("branch deleted", proposal, said, S.CLOSED, branches=0)


async def test_a_pull_request_that_was_closed_is_not_opened_again(changes: Changes) -> None:
    closed = await changes.propose()
    await changes.approve(closed)
    await on_api(changes, "PATCH", "pulls/1", state="closed")
    await changes.until(closed, S.CLOSED)

    again = await propose_again(changes)
    said = await changes.approve(again)
    assert "was closed on GitHub; it is not opened again" in said
    await changes.end("asked again for what was closed", again, said, S.FAILED)


async def test_a_pull_request_that_was_reopened_is_not_asked_for_again(changes: Changes) -> None:
    proposal = await changes.propose()
    await changes.approve(proposal)
    await on_api(changes, "PATCH", "pulls/1", state="closed")
    await changes.until(proposal, S.CLOSED)
    await on_api(changes, "PATCH", "pulls/1", state="open")
    await changes.has_been(proposal, Step.REOPENED)
    with pytest.raises(HomeAssistantError, match="is open already") as refused:
        await propose_again(changes)
    await changes.end("asked again for what people reopened", proposal, str(refused.value), S.OPEN)


async def propose_again(changes: Changes) -> Proposal:
    await changes.act("propose_change", name="jellyfin", replicas=2)
    return changes.desk.awaiting[-1]


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
async def test_every_kind_of_merge_is_followed_into_the_cluster(
    changes: Changes, on_github: Any, cluster: ConfigEntry, kubernetes: KubernetesSimulator, method: str
) -> None:
    proposal = await changes.propose()
    said = await changes.approve(proposal)
    await on_github("pulls/1/merge", merge_method=method)
    await changes.until(proposal, S.MERGED)
    (pull,) = changes.pulls(proposal)
    assert pull.merge_sha != pull.head_sha
    deploy(kubernetes, pull.merge_sha, "Healthy")
    await changes.end(f"merged by {method}", proposal, said, S.HEALTHY)


async def test_a_later_commit_that_argo_cd_has_is_the_merge_too(
    changes: Changes, on_github: Any, cluster: ConfigEntry, kubernetes: KubernetesSimulator, github: GitHubSimulator
) -> None:
    proposal = await changes.propose()
    said = await changes.approve(proposal)
    await on_github("pulls/1/merge")
    await on_github("push", path="README.md", content="New words.\n")
    await changes.until(proposal, S.MERGED)
    deploy(kubernetes, await github.hub.store.head("main"), "Healthy")
    await changes.end("another commit after the merge", proposal, said, S.HEALTHY)


async def test_a_commit_that_the_merge_is_not_in_does_not_count_for_it(
    changes: Changes, on_github: Any, cluster: ConfigEntry, kubernetes: KubernetesSimulator, github: GitHubSimulator
) -> None:
    """Argo CD deploys another branch first, on which the default branch's head would be no proof of anything."""
    proposal = await changes.propose()
    said = await changes.approve(proposal)
    await on_github("push", branch="beside", path="README.md", content="Other words.\n")
    await on_github("pulls/1/merge")
    await changes.until(proposal, S.MERGED)
    beside = await github.hub.store.head("beside")
    deploy(kubernetes, beside, "Healthy")
    await changes.proxy.asked(rf".*/compare/{changes.pulls(proposal)[0].merge_sha}\.\.\.{beside}\?per_page=1")
    assert changes.now(proposal).state is S.MERGED
    deploy(kubernetes, await github.hub.store.head("main"), "Healthy")
    await changes.end("another branch deployed first", proposal, said, S.HEALTHY)


async def test_what_a_person_opens_again_is_followed_by_itself(changes: Changes, on_github: Any) -> None:
    proposal = await changes.propose()
    said = await changes.approve(proposal)
    await on_github("pulls/1/close")
    await changes.until(proposal, S.CLOSED)
    await changes.restart()
    await on_github("pulls/1/reopen")
    await changes.has_been(proposal, Step.REOPENED)
    await on_github("pulls/1/merge")
    await changes.end("closed, opened again and merged", proposal, said, S.MERGED)


@pytest.mark.parametrize("silence", [3])
async def test_a_merge_within_the_same_second_is_seen(changes: Changes, on_github: Any) -> None:
    proposal = await changes.propose()
    await changes.proxy.inject(Fault(method="POST", path=r".*/issues/1/labels", times=1, kind=FaultKind.HANG))
    saying = asyncio.create_task(changes.approve(proposal))
    await changes.proxy.asked("/repos/demo/homelab/issues/1/labels")
    await on_github("pulls/1/merge")
    await changes.end("merged within the same second", proposal, await saying, S.MERGED)
    assert Step.OPENED in {line.step for line in await changes.desk.history(proposal)}


async def test_a_token_that_lost_its_right_to_write_is_said(changes: Changes, on_github: Any) -> None:
    proposal = await changes.propose()
    await on_github("tokens", value=TOKEN, contents="read")
    said = await changes.approve(proposal)
    assert "needs Contents and Pull requests, read and write" in said
    await changes.end("token without contents: write", proposal, said, S.FAILED, branches=0, pulls=0)


async def test_a_list_of_files_that_is_cut_is_no_ground_for_a_commit(changes: Changes) -> None:
    proposal = await changes.propose()
    whole = (await changes.github.hub.store.run("rev-parse", "main^{tree}")).text
    cut = json.dumps({"sha": whole, "url": "", "tree": [], "truncated": True})
    await changes.proxy.inject(
        Fault(kind=FaultKind.STATUS, status=200, body=cut, method="GET", path=".*/git/trees/.*", times=1)
    )
    said = await changes.approve(proposal)
    assert said == '"demo/homelab" has more files than GitHub can list at once.'
    await changes.end("list of files truncated", proposal, said, S.FAILED, branches=0, pulls=0)
