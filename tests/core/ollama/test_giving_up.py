"""Giving an answer up stops the model, and a slow listener is no slow server."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

import pytest

from assistant_core.models.chat import ChatDelta
from demo.ollama_rules import Turn

from .conftest import REQUEST, Ollama, words

AT_ONCE = 10.0  # seconds; the deadlines are longer


async def _close(answer: AsyncGenerator[ChatDelta]) -> None:
    await answer.aclose()


async def _cancel(answer: AsyncGenerator[ChatDelta]) -> None:
    task = asyncio.ensure_future(anext(answer))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})


@pytest.mark.parametrize("give_up", [_close, _cancel])
async def test_giving_up_stops_the_model(
    ollama: Ollama, give_up: Callable[[AsyncGenerator[ChatDelta]], Awaitable[None]]
) -> None:
    ollama.simulator.script(Turn(content=("word ",), stall=True))
    answer = ollama.client().chat(REQUEST)
    await anext(answer)
    await give_up(answer)
    async with asyncio.timeout(AT_ONCE):
        assert await ollama.simulator.chats[0].ended == "cancelled"


async def test_giving_up_before_the_first_byte_stops_the_model(ollama: Ollama) -> None:
    ollama.simulator.script(Turn(stall=True))
    asking = asyncio.ensure_future(anext(ollama.client().chat(REQUEST)))
    async with asyncio.timeout(AT_ONCE):
        while not ollama.simulator.chats:  # noqa: ASYNC110 - the simulator tells nobody
            await asyncio.sleep(0.01)
    asking.cancel()
    async with asyncio.timeout(AT_ONCE):
        assert await ollama.simulator.chats[0].ended == "cancelled"


async def test_a_slow_listener_is_not_a_slow_server(ollama: Ollama) -> None:
    ollama.simulator.script(Turn(content=("Good ", "evening.")))
    deltas = []
    async for delta in ollama.client(gap=0.4).chat(REQUEST):
        await asyncio.sleep(0.5)
        deltas.append(delta)
    assert words(deltas) == "Good evening."
