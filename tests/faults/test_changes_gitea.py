"""A change on its way to a Gitea that fails: one branch and one pull request or none, and a sentence."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.homelab_assistant.assistant_core.change import Backoff
from custom_components.homelab_assistant.assistant_core.models.change import ProposalState
from demo.faults import Fault, FaultProxy
from demo.gitea import REPOSITORY, TOKEN, GiteaSimulator
from demo.repository import create_bare_repository
from demo.serving import serving
from tests.component.conftest import Ahead

from .changes import FAILING_ONCE, SELDOM, Changes, answered

S = ProposalState
API = f"/api/v1/repos/{REPOSITORY}"
PUSH = f"/{REPOSITORY}.git/git-receive-pack"
LABELS = f"{API}/labels"
WRITES = (PUSH, f"{API}/pulls", LABELS, rf"{API}/issues/\d+/labels")


@pytest.fixture
def looks() -> Backoff:
    """None: every pull request stays as it is."""
    return SELDOM


@pytest.fixture
async def gitea(tmp_path: Path) -> GiteaSimulator:
    bare = tmp_path / "gitea.git"
    await create_bare_repository(bare)
    return GiteaSimulator(bare)


@pytest.fixture
async def gitea_proxy(gitea: GiteaSimulator) -> AsyncIterator[FaultProxy]:
    async with serving(gitea) as proxy:
        yield proxy


@pytest.fixture
async def on_gitea(
    clock: Ahead,
    little_patience: None,
    hass: HomeAssistant,
    connect: Any,
    gitea: GiteaSimulator,
    gitea_proxy: FaultProxy,
    hass_admin_user: MockUser,
    record_property: Callable[[str, object], None],
) -> Changes:
    form = {"url": f"{gitea_proxy.url}/{REPOSITORY}", "token": TOKEN}
    done = await connect({"next_step_id": "repository"}, {"next_step_id": "gitea"}, form)
    return Changes(hass, done["result"], gitea, gitea_proxy, hass_admin_user.id, record_property)


@pytest.mark.parametrize(("fault", "how", "silence"), FAILING_ONCE)
async def test_a_write_that_fails_once_ends_in_one_pull_request(
    on_gitea: Changes, fault: str, how: dict[str, Any]
) -> None:
    for write in WRITES:
        proposal = await on_gitea.propose()
        await on_gitea.proxy.inject(Fault(method="POST", path=write, times=1, **how))
        said = await on_gitea.approve(proposal)
        await on_gitea.end(f"Gitea: {fault}: {write.rpartition('/')[2]}", proposal, said, S.OPEN)
        await on_gitea.proxy.clear()


@pytest.mark.parametrize(
    ("fault", "how", "state"),
    [
        ("401, then renewed", answered(401, "token is required"), S.OPEN),
        ("403 scope", answered(403, "token does not have at least one of required scope(s)"), S.FAILED),
        ("403 rule", answered(403, "branch is protected"), S.FAILED),
        ("404", answered(404), S.FAILED),
        ("409", answered(409, "pull request already exists for these targets"), S.FAILED),
        ("422", answered(422, "title is empty"), S.FAILED),
        ("423 archived", answered(423), S.FAILED),
        ("429", answered(429, "slow down", **{"Retry-After": "1"}), S.OPEN),
        ("500", answered(500), S.OPEN),
    ],
)
async def test_every_refusal_ends_in_a_sentence(
    on_gitea: Changes, fault: str, how: dict[str, Any], state: ProposalState
) -> None:
    proposal = await on_gitea.propose()
    await on_gitea.proxy.inject(Fault(method="POST", path=f"{API}/pulls", times=1, **how))
    said = await on_gitea.approve(proposal)
    await on_gitea.end(f"Gitea: {fault}", proposal, said, state, pulls=1 if state is S.OPEN else 0)


async def test_a_server_that_asked_us_to_wait_is_left_alone_over_a_restart(on_gitea: Changes) -> None:
    proposal = await on_gitea.propose()
    await on_gitea.proxy.inject(Fault(path="/api/.*", **answered(429, "slow down", **{"Retry-After": "600"})))
    assert "slow down; try again in 600 seconds" in await on_gitea.approve(proposal)
    await on_gitea.proxy.clear()
    on_gitea.proxy.seen.clear()

    await on_gitea.restart()

    assert on_gitea.proxy.seen == []
    assert on_gitea.now(proposal).state is S.OPENING
    until = on_gitea.desk.asked_to_wait(REPOSITORY)
    assert until is not None
    assert 500 < (until - datetime.now(UTC)).total_seconds() < 600
