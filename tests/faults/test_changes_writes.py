"""Every write of a change fails once, in every way a network has: afterwards there is one pull request."""

import re
from typing import Any

import pytest

from custom_components.homelab_assistant.assistant_core.change import Backoff
from custom_components.homelab_assistant.assistant_core.models.change import ProposalState
from demo.faults import Fault

from .changes import FAILING_ONCE, SELDOM, Changes

OPEN, FAILED = ProposalState.OPEN, ProposalState.FAILED
WRITES = ("git/blobs", "git/trees", "git/commits", "git/refs", "pulls", r"issues/\d+/labels")
REPOSITORY = "/repos/demo/homelab"


@pytest.fixture
def looks() -> Backoff:
    """None: every pull request stays as it is."""
    return SELDOM


@pytest.mark.parametrize(("fault", "how", "silence"), FAILING_ONCE)
async def test_a_write_that_fails_once_ends_in_one_pull_request(
    changes: Changes, fault: str, how: dict[str, Any]
) -> None:
    for write in WRITES:
        proposal = await changes.propose()
        await changes.proxy.inject(Fault(method="POST", path=f"{REPOSITORY}/{write}", times=1, **how))
        said = await changes.approve(proposal)
        await changes.end(f"{fault}: {write}", proposal, said, OPEN)
        await changes.proxy.clear()


async def test_no_other_writes_are_made(changes: Changes) -> None:
    proposal = await changes.propose()
    await changes.approve(proposal)
    writes = {seen.path for seen in changes.proxy.seen if seen.method != "GET"}
    assert all(any(re.fullmatch(f"{REPOSITORY}/{write}", path) for write in WRITES) for path in writes)
    assert len(writes) == len(WRITES)
