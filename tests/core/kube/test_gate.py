"""Watches that share a gate: who may ask while something is wrong, and who goes on when it is over."""

import asyncio
from contextlib import suppress

from assistant_core.errors import ConnectionFailed, HomelabError, NotFound, PermissionDenied, ServiceFailed
from assistant_core.kube import Timing
from assistant_core.kube.gate import WAVE, Gate, Visitor

TIMING = Timing(turn=600, proof=0, pause_shortest=600, pause_longest=600, denied=600)


class Watches:
    """Attempts at one gate, and in which order they got their turns."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.tried: list[str] = []
        self._tasks: list[asyncio.Task[None]] = []

    def visitor(self, *, urgent: bool = False) -> Visitor:
        return self.gate.visitor(TIMING, urgent=urgent)

    async def fails(self, name: str, error: HomelabError, visitor: Visitor | None = None) -> None:
        visitor = visitor or self.visitor()
        with suppress(HomelabError):
            async with visitor.turn(0):
                self.tried.append(name)
                with visitor.asking():
                    raise error

    async def stands(self) -> asyncio.Task[None]:
        """A watch that lasts."""
        standing = asyncio.Event()

        async def stand() -> None:
            visitor = self.visitor()
            async with visitor.turn(0):
                with visitor.asking():
                    pass
                with visitor.hearing(600):
                    await turns()
                    standing.set()
                    await asyncio.Event().wait()

        task = self.later(stand())
        await standing.wait()
        return task

    def later(self, attempt: asyncio.Coroutine[None, None, None]) -> asyncio.Task[None]:
        self._tasks.append(asyncio.ensure_future(attempt))
        return self._tasks[-1]

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def turns() -> None:
    """Let everybody go as far as they can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_server_that_does_not_answer_is_asked_by_one_for_all() -> None:
    watches = Watches(gate := Gate())
    for name in "abc":
        watches.later(watches.fails(name, ConnectionFailed("no")))
    await turns()
    assert watches.tried == ["a"]
    assert isinstance(gate.error, ConnectionFailed)
    await watches.end()


async def test_a_failure_is_one_resources_own_while_another_watch_stands() -> None:
    watches = Watches(gate := Gate())
    standing = await watches.stands()
    await watches.fails("a", ServiceFailed("500"))
    assert gate.error is None
    standing.cancel()
    await turns()
    watches.later(watches.fails("b", ServiceFailed("500")))
    await turns()
    assert isinstance(gate.error, ServiceFailed)
    await watches.end()


async def test_a_refusal_is_an_answer() -> None:
    watches = Watches(gate := Gate())
    await watches.fails("a", ConnectionFailed("no"))
    assert gate.error is not None
    gate.answered()
    for error in (PermissionDenied("403"), NotFound("404")):
        gate.error = ConnectionFailed("no")
        await watches.fails("b", error)
        assert gate.error is None


async def test_the_first_answer_lets_everybody_go() -> None:
    watches = Watches(Gate())
    first = watches.visitor()
    async with first.turn(0):
        for name in "abcdef":
            watches.later(watches.fails(name, PermissionDenied("403")))
        await turns()
        assert not watches.tried
        with first.asking():
            pass
        await turns()
    assert sorted(watches.tried) == list("abcdef")
    await watches.end()


async def test_those_who_ask_in_vain_wait_for_each_other() -> None:
    watches = Watches(gate := Gate())
    gate.heard()
    for name in "abcd":
        watches.later(watches.fails(name, PermissionDenied("403")))
    await turns()
    assert watches.tried == ["a", "b"], "one request in vain is nothing, then one is made each turn"
    await watches.end()


async def test_a_watch_that_lasts_lets_some_others_go() -> None:
    watches = Watches(gate := Gate())
    gate.heard()
    last = watches.visitor()
    async with last.turn(0):
        for number in range(WAVE + 3):
            watches.later(watches.fails(str(number), PermissionDenied("403")))
        await turns()
        assert not watches.tried
        with last.hearing(600):
            await turns()
        assert len(watches.tried) == WAVE + 2, "and its turn goes to the next, of whom two may fail"
    await watches.end()


async def test_the_urgent_go_first_but_never_twice_while_others_wait() -> None:
    watches = Watches(gate := Gate())
    gate.heard()
    urgent = watches.visitor(urgent=True)
    async with watches.visitor().turn(0):
        watches.later(watches.fails("patient", NotFound("404")))
        watches.later(watches.fails("urgent", NotFound("404"), urgent))
        await turns()
    await turns()
    assert watches.tried == ["urgent", "patient"]
    await watches.end()
