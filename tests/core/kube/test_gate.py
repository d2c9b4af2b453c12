import asyncio

import pytest

from assistant_core.kube import Timing, gate
from assistant_core.kube.gate import Gate

TIMING = Timing(pause_shortest=0.001, pause_longest=600)


async def test_many_that_fail_while_the_server_answers_wait_until_a_watch_lasts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gate, "PROOF", 0)
    shared = Gate()
    patient = [asyncio.create_task(shared.rest(0.05, TIMING)) for _ in range(5)]
    first = [asyncio.create_task(shared.rest(0.001, TIMING)) for _ in range(5)]
    alone = asyncio.create_task(shared.rest(0.05, TIMING, shared=False))
    await asyncio.wait([*first, alone, *patient[:2]])
    assert not any(each.done() for each in patient[2:]), "the first attempt waits for nobody, the others for their turn"
    with shared.proving():
        await asyncio.wait(patient)


async def test_a_watch_that_ends_at_once_wakes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "PROOF", 0.001)
    shared = Gate()
    patient = [asyncio.create_task(shared.rest(0.05, TIMING)) for _ in range(3)]
    with shared.proving():
        pass
    await asyncio.wait(patient[:2])
    assert not patient[2].done()
    patient[2].cancel()
    await asyncio.wait([patient[2]])
