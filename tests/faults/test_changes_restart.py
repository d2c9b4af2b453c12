"""Home Assistant is restarted wherever a change may stand: nothing is lost, nothing is done twice."""

from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
import pytest

from custom_components.homelab_assistant.assistant_core.models.change import Proposal, ProposalState
from demo.faults import Fault, FaultKind
from demo.kubernetes import KubernetesSimulator
from tests.component.conftest import Ahead, deploy

from .changes import Changes, answered

S = ProposalState
AWAY = Fault(kind=FaultKind.REFUSE)


@pytest.fixture
def kubernetes() -> KubernetesSimulator:
    """A cluster where Argo CD deploys the household's repository."""
    return KubernetesSimulator()


async def test_a_restart_before_the_pull_request_is_open(changes: Changes) -> None:
    proposal = await changes.propose()
    await changes.restart()
    assert changes.now(proposal).state is S.AWAITING

    await changes.proxy.inject(AWAY)
    said = await changes.approve(proposal)
    assert changes.now(proposal).state is S.APPROVED
    await changes.restart()
    assert changes.now(proposal).state is S.APPROVED
    await changes.proxy.clear()
    await changes.restart()
    await changes.end("restart while approved", proposal, said, S.OPEN)

    opening = await changes.propose("sonarr")
    await changes.proxy.inject(Fault(method="POST", path=".*/pulls", **answered(502)))
    said = await changes.approve(opening)
    assert changes.now(opening).state is S.OPENING
    await changes.restart()
    assert changes.now(opening).state is S.OPENING
    await changes.proxy.clear()
    await changes.end("restart while opening", opening, said, S.OPEN)


async def test_a_restart_after_the_pull_request_is_open(
    changes: Changes, on_github: Any, cluster: ConfigEntry, kubernetes: KubernetesSimulator
) -> None:
    proposal = await changes.propose()
    said = await changes.approve(proposal)
    await changes.restart()
    await on_github("pulls/1/merge")
    await changes.end("restart while open", proposal, said, S.MERGED)

    await changes.restart()
    commit = changes.github.hub.pulls[0].merge_sha
    deploy(kubernetes, commit, "Progressing")
    await changes.end("restart while merged", proposal, said, S.SYNCED)

    await changes.restart()
    deploy(kubernetes, commit, "Degraded")
    await changes.end("restart while synced", proposal, said, S.DEGRADED)

    await changes.restart()
    deploy(kubernetes, commit, "Healthy")
    await changes.end("restart while degraded", proposal, said, S.HEALTHY)

    await changes.restart()
    await changes.end("restart while healthy", proposal, said, S.HEALTHY)


async def test_what_has_ended_stays_so_over_a_restart(changes: Changes, on_github: Any, clock: Ahead) -> None:
    ended: list[tuple[Proposal, int, int]] = []

    closed = await changes.propose()
    await changes.approve(closed)
    await on_github("pulls/1/close")
    ended.append((await changes.until(closed, S.CLOSED), 1, 1))

    failed = await changes.propose()
    await changes.proxy.inject(Fault(method="POST", path=".*/pulls", times=1, **answered(422, "Validation Failed")))
    await changes.approve(failed)
    ended.append((await changes.until(failed, S.FAILED), 1, 0))

    overtaken = await changes.propose("sonarr")
    (file,) = overtaken.files
    await on_github("push", path=file.path, content=file.after.decode())
    await changes.approve(overtaken)
    ended.append((await changes.until(overtaken, S.UNCHANGED), 0, 0))

    superseded, another = await changes.propose("mosquitto"), await changes.propose("mosquitto")
    ended.append((await changes.until(superseded, S.SUPERSEDED), 0, 0))
    await changes.act("reject_change", hash=another.hash)
    ended.append((await changes.until(another, S.REJECTED), 0, 0))

    expired = await changes.propose("homepage")
    clock.by = timedelta(hours=25)
    await changes.approve(expired)
    ended.append((await changes.until(expired, S.EXPIRED), 0, 0))

    await changes.restart()
    for proposal, branches, pulls in ended:
        said = changes.now(proposal).failure or changes.now(proposal).step.value
        await changes.end(
            f"restart after it is {proposal.state}", proposal, said, proposal.state, branches=branches, pulls=pulls
        )
        assert changes.now(proposal).settled
