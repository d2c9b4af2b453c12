"""Leaving a hub while it answers: everybody who waits hears of it at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import aiohttp
import pytest

from assistant_core.errors import ConnectionFailed
from assistant_core.ollama import Hub, HubConfig, ModelChoice, ServerConfig
from demo.faults import Fault, FaultKind
from demo.ollama_rules import Turn

from .conftest import MODEL, PATIENT, REQUEST, Ollama, until

AT_ONCE = 10.0  # seconds; the deadlines are longer


@pytest.fixture
async def hub(ollama: Ollama) -> AsyncIterator[Hub]:
    async with aiohttp.ClientSession() as session:
        talk = (ModelChoice(name=MODEL, context_length=4096),)
        yield await Hub.connect(
            session, HubConfig(servers=(ServerConfig(url=ollama.proxy.url),), talk=talk, deadlines=PATIENT)
        )


async def told(hub: Hub, speaking: asyncio.Event | None = None) -> str:
    """What is heard of an answer before it fails, and how it fails."""
    heard = ""
    try:
        async with aclosing(hub.chat(REQUEST)) as deltas:
            async for delta in deltas:
                heard += delta.content
                if speaking is not None:
                    speaking.set()
    except ConnectionFailed as error:
        return f"{heard}({error.placeholders['reason']})"
    return heard


async def left(asking: asyncio.Task[str], hub: Hub) -> str:
    hub.close()
    async with asyncio.timeout(AT_ONCE):
        return await asking


async def test_in_the_middle_of_an_answer(ollama: Ollama, hub: Hub) -> None:
    ollama.simulator.script(Turn(content=("Still ", "here."), stall=True))
    asking = asyncio.create_task(told(hub, speaking := asyncio.Event()))
    await speaking.wait()
    assert await left(asking, hub) in {"Still (disconnected)", "Still here.(disconnected)"}
    async with asyncio.timeout(AT_ONCE):
        assert await ollama.simulator.chats[-1].ended == "cancelled"


async def test_before_the_first_word(ollama: Ollama, hub: Hub) -> None:
    await ollama.proxy.inject(Fault(kind=FaultKind.HANG, path="/api/chat"))
    asking = asyncio.create_task(told(hub))
    await ollama.proxy.asked("/api/chat")
    assert await left(asking, hub) == "(disconnected)"


async def test_in_the_line_before_the_model(ollama: Ollama, hub: Hub) -> None:
    ollama.simulator.script(Turn(content=("Still ",), stall=True))
    first = asyncio.create_task(told(hub))
    await ollama.proxy.asked("/api/chat")
    second = asyncio.create_task(told(hub))
    await until(lambda: hub.metrics.waiting == 1)
    hub.close()
    async with asyncio.timeout(AT_ONCE):
        assert (await first).endswith("(disconnected)")
        assert await second == "(disconnected)"


async def test_nothing_is_asked_of_it_afterwards(ollama: Ollama, hub: Hub) -> None:
    hub.close()
    assert await told(hub) == "(disconnected)"
    assert ollama.proxy.seen == []
