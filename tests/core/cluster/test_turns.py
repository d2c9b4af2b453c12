"""However much fails, clears or alarms at once, others get their turns on the event loop."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
import sys
from types import CodeType
from typing import Any

import pytest

from assistant_core.cluster import Patience
from demo.kubernetes import KubernetesSimulator

from .conftest import Clock, Heard, Watching

PODS = 1000
ENOUGH = 2000  # calls of our functions between two turns: some milliseconds
ROOMS = ("/assistant_core/cluster/", "/assistant_core/findings/")


def pod(number: int, *, ready: bool) -> dict[str, Any]:
    """A pod that runs, or whose image cannot be pulled."""
    waiting = {"reason": "ImagePullBackOff", "message": f"Back-off pulling image app:{number}"}
    state = {"running": {}} if ready else {"waiting": waiting}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"app-{number}", "namespace": f"team-{number}"},
        "spec": {"containers": [{"name": "app", "image": f"app:{number}"}]},
        "status": {
            "phase": "Running" if ready else "Pending",
            "containerStatuses": [{"name": "app", "ready": ready, "restartCount": 0, "state": state}],
        },
    }


@contextmanager
def counted() -> Iterator[list[int]]:
    """How often the functions of the cluster's rooms are called between one turn of the event loop and the next."""
    calls, monitoring, tool = [0], sys.monitoring, sys.monitoring.PROFILER_ID

    def began(code: CodeType, _: int) -> object:
        if not any(room in code.co_filename for room in ROOMS):
            return monitoring.DISABLE
        calls[-1] += 1
        return None

    monitoring.use_tool_id(tool, "calls")
    monitoring.register_callback(tool, monitoring.events.PY_START, began)
    monitoring.set_events(tool, monitoring.events.PY_START)
    try:
        yield calls
    finally:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)


@pytest.fixture
def fast_clock() -> None:
    """The real one; the fast one would stand still, because here the loop never waits."""


@pytest.fixture
async def calls() -> AsyncIterator[list[int]]:
    with counted() as calls:

        async def turn() -> None:
            while True:
                await asyncio.sleep(0)
                if calls[-1]:
                    calls.append(0)

        task = asyncio.create_task(turn())
        yield calls
        task.cancel()
        await asyncio.wait([task])


async def test_a_thousand_pods_that_fail_and_recover_at_once_hold_nobody_up(
    calls: list[int], kubernetes: KubernetesSimulator, watching: Watching
) -> None:
    clock = Clock()

    def all_are(*, ready: bool) -> None:
        for number in range(PODS):
            kubernetes.store.apply(pod(number, ready=ready))

    all_are(ready=False)
    async with watching(clock=clock, patience=Patience(persistence=timedelta(minutes=1))) as heard:
        await heard.until(lambda: failing(heard) == PODS)
        all_are(ready=True)
        await heard.until(lambda: failing(heard) == 0)
        clock.ahead += timedelta(hours=1)
        all_are(ready=False)
        await heard.until(lambda: failing(heard) == PODS)
        heard.findings.clear()
        clock.ahead += timedelta(minutes=2)
        kubernetes.store.apply(pod(PODS, ready=True))
        await heard.until(lambda: len(heard.findings) >= PODS)
    assert max(calls) <= ENOUGH


def failing(heard: Heard) -> int:
    return sum((each.namespace or "").startswith("team-") for each in heard.watch.findings)
