"""Waiting for the first byte: long for a server that lives, not at all for one that has gone."""

import asyncio
from copy import replace

import aiohttp
import pytest

from assistant_core.errors import ConnectionFailed, DeadlineExceeded
from demo.faults import Fault, FaultKind
from demo.ollama_answer import Settings
from demo.ollama_rules import Turn

from .conftest import REQUEST, Ollama

LONG = 30.0


async def test_a_slow_load_may_take_longer_than_a_loaded_model_may_be_silent(ollama: Ollama) -> None:
    ollama.simulator.settings = Settings(load_delay=0.5)
    deltas = await ollama.answer(first_byte=0.1, first_byte_loading=LONG, probe=0.05)
    assert deltas[-1].done_reason == "stop"
    assert ollama.asked("/api/version") > 1


async def test_a_loaded_model_may_not_be_silent_for_as_long(ollama: Ollama) -> None:
    await ollama.answer()
    ollama.simulator.script(Turn(stall=True))
    error = await ollama.failure(first_byte=0.2, first_byte_loading=LONG, probe=0.02)
    assert isinstance(error, DeadlineExceeded)
    assert ollama.sentence(error) == "The Ollama server at URL does not answer: silent for 0.2 seconds."


async def test_another_context_length_may_take_a_load_too(ollama: Ollama) -> None:
    await ollama.answer()
    ollama.simulator.settings = Settings(load_delay=0.5)
    request = replace(REQUEST, context_length=2048)
    assert (await ollama.answer(request, first_byte=0.1, first_byte_loading=LONG, probe=0.02))[-1].done_reason == "stop"


async def test_a_model_that_left_the_memory_between_two_turns_may_take_a_load_again(ollama: Ollama) -> None:
    await ollama.answer()
    ollama.simulator.evict()
    ollama.simulator.settings = Settings(load_delay=0.5)
    assert (await ollama.answer(first_byte=0.1, first_byte_loading=LONG, probe=0.02))[-1].done_reason == "stop"


async def test_a_warm_turn_is_one_request(ollama: Ollama) -> None:
    await ollama.answer()
    await ollama.answer()
    assert [seen.path for seen in ollama.proxy.seen] == ["/api/chat", "/api/chat"]


async def test_the_connection_of_a_turn_serves_the_next(ollama: Ollama) -> None:
    opened = []

    async def note(*_: object) -> None:
        opened.append(1)

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(note)
    async with aiohttp.ClientSession(trace_configs=[trace]) as session:
        for _ in range(3):
            await replace(ollama, session=session).answer()
    assert len(opened) == 1


async def test_a_host_that_goes_while_it_loads_is_given_up_at_once(ollama: Ollama) -> None:
    await ollama.proxy.inject(Fault(kind=FaultKind.HANG, path="/api/chat"))
    answering = asyncio.create_task(ollama.failure(first_byte_loading=LONG, probe=0.02, connect=1))
    await ollama.proxy.asked("/api/version")
    await ollama.proxy.inject(Fault(kind=FaultKind.HANG, path="/api/(version|ps)"))
    async with asyncio.timeout(LONG / 2):
        error = await answering
    assert isinstance(error, DeadlineExceeded)
    assert ollama.sentence(error) == "The Ollama server at URL does not answer: silent for 1 seconds."


async def test_a_server_behind_which_nothing_listens_any_more_is_given_up_at_once(ollama: Ollama) -> None:
    await ollama.proxy.inject(Fault(kind=FaultKind.HANG, path="/api/chat"))
    await ollama.proxy.inject(Fault(kind=FaultKind.CUT, path="/api/version"))
    async with asyncio.timeout(LONG / 2):
        error = await ollama.failure(first_byte_loading=LONG, probe=0.02)
    assert type(error) is ConnectionFailed
    assert ollama.sentence(error) == "The Ollama server at URL does not answer: it closed the connection."


@pytest.mark.parametrize("status", [401, 404, 500])
async def test_a_proxy_that_does_not_pass_the_probe_on_changes_nothing(ollama: Ollama, status: int) -> None:
    await ollama.proxy.inject(Fault(kind=FaultKind.STATUS, status=status, path="/api/(version|ps)"))
    ollama.simulator.settings = Settings(load_delay=0.2)
    assert (await ollama.answer(probe=0.02))[-1].done_reason == "stop"


async def test_no_probe_is_left_behind(ollama: Ollama) -> None:
    ollama.simulator.settings = Settings(load_delay=0.2)
    await ollama.answer(probe=0.02)
    assert not [task for task in asyncio.all_tasks() if "assistant_core" in repr(task)]
