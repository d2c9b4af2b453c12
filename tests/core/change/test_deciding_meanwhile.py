"""What people decide on a yes just while it is tried again."""

import asyncio

import pytest

from assistant_core.change import ChangeDesk
from assistant_core.errors import ConnectionFailed
from assistant_core.models.change import ProposalState
from assistant_core.models.repository import Snapshot
from tests.core.change.memory import ANNA, BEN, MemoryForge, scale


async def test_a_yes_can_be_taken_back_while_it_is_tried_again(
    desk: ChangeDesk, forge: MemoryForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.propose(scale(), ANNA, words="")
    forge.failures = [ConnectionFailed("GitHub is away.")]
    with pytest.raises(ConnectionFailed):
        await desk.approve(requester=ANNA)
    asked, away = asyncio.Event(), asyncio.Event()

    async def snapshot() -> Snapshot:
        asked.set()
        await away.wait()
        raise ConnectionFailed("GitHub is away.")

    monkeypatch.setattr(forge, "snapshot", snapshot)
    tried = asyncio.create_task(desk.approve(requester=ANNA))
    await asked.wait()
    said = asyncio.create_task(desk.reject(requester=BEN))
    await desk.expire()  # which comes before every decision
    away.set()

    with pytest.raises(ConnectionFailed):
        await tried
    assert (await said).state is ProposalState.REJECTED
