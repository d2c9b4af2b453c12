"""The line before the hub's one slot."""

import asyncio

import pytest

from assistant_core.errors import Busy, ServiceFailed
from assistant_core.models.chat import Priority
from assistant_core.ollama import HubQueue

from .conftest import until


async def test_who_has_the_higher_priority_goes_first_and_who_came_first_among_equals() -> None:
    queue = HubQueue()
    order: list[str] = []

    async def ask(name: str, priority: Priority) -> None:
        async with queue.turn(priority):
            order.append(name)

    async with asyncio.TaskGroup() as group, queue.turn(Priority.CHAT):
        wishes = [
            ("background", Priority.BACKGROUND),
            ("task", Priority.TASK),
            ("chat", Priority.CHAT),
            ("voice", Priority.VOICE),
            ("second voice", Priority.VOICE),
            ("second task", Priority.TASK),
        ]
        for name, priority in wishes:
            group.create_task(ask(name, priority))
        await until(lambda: queue.waiting == len(wishes))
        assert order == []
    assert order == ["voice", "second voice", "chat", "task", "second task", "background"]


async def test_a_turn_knows_how_long_it_waited() -> None:
    now = 10.0
    queue = HubQueue(clock=lambda: now)

    async def ask() -> float:
        async with queue.turn(Priority.VOICE) as turn:
            return turn.waited

    async with queue.turn(Priority.TASK) as first:
        assert first.waited == 0
        asking = asyncio.create_task(ask())
        await until(lambda: queue.waiting == 1)
        now = 12.5
    assert await asking == 2.5


@pytest.mark.parametrize("priority", [Priority.VOICE, Priority.CHAT])
async def test_a_persons_question_sends_background_work_away_and_it_begins_anew(priority: Priority) -> None:
    queue = HubQueue()
    begun = 0
    ended = asyncio.Event()

    async def work() -> str:
        nonlocal begun
        begun += 1
        if begun == 1:
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()
        return "done"

    working = asyncio.create_task(queue.whole(work))
    await until(lambda: begun == 1)
    async with queue.turn(priority):
        assert ended.is_set()
        assert not working.done()
    assert await working == "done"
    assert begun == 2


async def test_a_task_waits_for_background_work() -> None:
    queue = HubQueue()
    go_on = asyncio.Event()

    async def work() -> str:
        await go_on.wait()
        return "done"

    async def ask() -> bool:
        async with queue.turn(Priority.TASK):
            return working.done()

    working = asyncio.create_task(queue.whole(work))
    asking = asyncio.create_task(ask())
    await until(lambda: queue.waiting == 1)
    go_on.set()
    assert await working == "done"
    await asking


async def test_background_work_that_never_gets_through_is_told_so() -> None:
    queue = HubQueue()
    begun = 0

    async def work() -> None:
        nonlocal begun
        begun += 1
        await asyncio.Event().wait()

    working = asyncio.create_task(queue.whole(work))
    for attempt in range(1, 6):
        await until(lambda attempt=attempt: begun == attempt)
        async with queue.turn(Priority.VOICE):
            pass
    with pytest.raises(Busy, match="People asked the AI hub 5 times"):
        await working


async def test_background_work_that_fails_says_why_and_frees_the_slot() -> None:
    queue = HubQueue()

    async def work() -> None:
        raise ServiceFailed("out of memory")

    with pytest.raises(ServiceFailed, match="out of memory"):
        await queue.whole(work)
    async with queue.turn(Priority.BACKGROUND) as turn:
        assert turn.waited < 60


async def test_background_work_can_be_cancelled() -> None:
    queue = HubQueue()
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    working = asyncio.create_task(queue.whole(work))
    await until(lambda: bool(queue._running))
    await asyncio.sleep(0)
    working.cancel()
    await asyncio.wait({working})
    assert working.cancelled()
    assert ended.is_set()
    async with queue.turn(Priority.BACKGROUND):
        pass


async def test_nobody_waits_for_ever() -> None:
    queue = HubQueue(patience=0.05)
    async with queue.turn(Priority.CHAT):
        with pytest.raises(Busy, match=r"busy with other requests for 0\.05 seconds; try again in a moment\.$"):
            async with queue.turn(Priority.VOICE):
                pytest.fail("the slot was taken")
        assert queue.waiting == 0


async def test_who_gives_up_waiting_leaves_the_line() -> None:
    queue = HubQueue()

    async def ask() -> None:
        async with queue.turn(Priority.CHAT):
            pass

    async with queue.turn(Priority.CHAT):
        asking = asyncio.create_task(ask())
        await until(lambda: queue.waiting == 1)
        asking.cancel()
        await asyncio.wait({asking})
        assert queue.waiting == 0
    async with queue.turn(Priority.CHAT):
        pass


async def test_a_slot_given_back_early_serves_the_next() -> None:
    queue = HubQueue()
    async with queue.turn(Priority.CHAT) as first:
        queue.release(first)
        async with queue.turn(Priority.CHAT):
            queue.release(first)
            assert queue.waiting == 0
