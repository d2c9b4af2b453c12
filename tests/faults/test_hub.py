"""Every way a hub fails, through a real turn: one sentence in time, nothing left behind, and the next turn works.

Deadlines are a few seconds here; the sentences name what they are.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
import contextlib
from dataclasses import replace
import re
import socket
import time
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import pytest

from custom_components.homelab_assistant.assistant_core.ollama import Deadlines
from demo.faults import Fault, FaultKind
from demo.ollama_rules import Turn
from tests.clock import FastClock

from .conftest import DEADLINES, MODEL, OTHER_MODEL, Household
from .names import NoNameServer

QUESTION = "Why do people like pods so much?"
LONG = Turn(content=("This answer is long and will not be heard to its end. ",) * 60)
KNOWN = "the cluster has two problems"
CALL = {"name": "findings", "arguments": {}}
PATIENCE = 10.0  # seconds; only ever reached by a test that fails
AT_ONCE = 5.0  # seconds; a turn that hangs would take DEADLINES["total"]


@pytest.fixture(autouse=True)
async def nothing_stays(household: Household, tracebacks: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """After each fault the next turn works, and no task, socket or timer is left."""
    before = asyncio.all_tasks()
    with FastClock(monkeypatch).running():
        yield
        await household.proxy.clear()
        household.ollama._script.clear()
        household.ollama.script(Turn.saying("All is well again."))
        assert await household.say(QUESTION) == "All is well again."
        await settled(before)
        assert household.open_sockets == 0


async def settled(before: set[asyncio.Task[Any]]) -> None:
    """Wait until every task of ours that was begun meanwhile has ended."""
    begun = {task for task in asyncio.all_tasks() - before if not _is_simulators(task)} - {asyncio.current_task()}
    if begun:
        _, left = await asyncio.wait(begun, timeout=PATIENCE)
        assert not left


def _is_simulators(task: asyncio.Task[Any]) -> bool:
    """Whether a task serves a connection that the client keeps open for its next request."""
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and any(
        part in code.co_filename for part in ("/demo/", "aiohttp/web_protocol", "asyncio/streams")
    )


async def told(household: Household, pattern: str, *, within: float = AT_ONCE) -> None:
    """The whole answer to a question fits the pattern and comes in time."""
    answer = await household.timed(QUESTION, within=within)
    assert re.fullmatch(pattern, answer), answer


def midway(sentence: str) -> str:
    return rf"(This answer is long and will not be heard to its end\. ?)+(.*… )?\s*I had to stop there\. {sentence}"


async def test_connection_refused(household: Household) -> None:
    await household.proxy.inject(Fault(kind=FaultKind.REFUSE))
    await told(household, rf"The AI hub refuses connections; {KNOWN}\.")


async def test_refused_for_a_while(household: Household) -> None:
    await household.proxy.inject(Fault(kind=FaultKind.REFUSE))
    await household.hub.runtime_data.ollama.async_refresh()
    await told(household, rf"The AI hub refuses connections since \d+:\d\d; {KNOWN}\.")


async def test_no_such_host(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    url = household.hub.data["url"]
    monkeypatch.setattr(async_get_clientsession(household.hass).connector, "_resolver", NoNameServer())
    await household.configure(url="http://hub.invalid:11434")
    await told(household, rf"Nobody knows the name of the AI hub since \d+:\d\d; {KNOWN}\.")
    await household.configure(url=url)


@pytest.fixture
def blackhole() -> Iterator[str]:
    """The address of a port whose queue is full: what wants to connect hears nothing."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


async def test_connecting_into_a_blackhole(household: Household, blackhole: str) -> None:
    url = household.hub.data["url"]
    await household.configure(url=blackhole)
    await told(household, rf"The AI hub does not answer since \d+:\d\d; {KNOWN}\.")
    await household.configure(url=url)


async def test_silence_while_the_server_lives(household: Household) -> None:
    await household.hub.runtime_data.ollama.hub.load()
    await household.proxy.inject(Fault(kind=FaultKind.HANG, path="/api/chat"))
    await told(household, rf"The AI hub does not answer; {KNOWN}\.")


async def test_silence_of_the_whole_server(household: Household) -> None:
    await household.proxy.inject(Fault(kind=FaultKind.HANG))
    await told(household, rf"The AI hub does not answer; {KNOWN}\.")


async def test_a_cold_load_of_forty_seconds_with_the_usual_patience(household: Household) -> None:
    await household.configure(timeouts=Deadlines()._asdict())
    household.ollama.settings = replace(household.ollama.settings, load_delay=40)
    household.ollama.script(Turn.saying("Good morning."))
    began = time.monotonic()
    await told(household, r"Good morning\.", within=50)
    assert time.monotonic() - began >= 40
    await household.configure(timeouts=DEADLINES)


async def test_half_open_in_the_middle_of_an_answer(household: Household) -> None:
    household.ollama.script(LONG)
    await household.proxy.inject(Fault(kind=FaultKind.HANG, path="/api/chat", after=3000))
    await told(household, midway(rf"The AI hub fell silent while it answered; {KNOWN}\."))


async def test_slowloris(household: Household) -> None:
    await household.configure(timeouts={"total": 2})
    household.ollama.script(LONG)
    await household.proxy.inject(Fault(kind=FaultKind.SLOW, path="/api/chat", delay=0.02, size=5))
    midway = r"This .*I had to stop there\. The AI hub did not finish its answer in time"
    await told(household, rf"({midway}|The AI hub does not answer); {KNOWN}\.")


async def test_cut_off_in_the_middle_of_a_line(household: Household) -> None:
    household.ollama.script(LONG)
    await household.proxy.inject(Fault(kind=FaultKind.CUT, path="/api/chat", after=3000))
    await told(household, midway(rf"The connection to the AI hub broke while it answered; {KNOWN}\."))


async def test_an_end_that_does_not_say_that_it_is_done(household: Household) -> None:
    household.ollama.script(Turn(content=LONG.content, done=False))
    await told(household, midway(rf"The Ollama server at \S+ broke off before its answer was done; {KNOWN}\."))


async def test_garbage_instead_of_http(household: Household) -> None:
    await household.proxy.inject(Fault(kind=FaultKind.GARBAGE, path="/api/chat"))
    await told(household, rf"What answers at \S+ is not an Ollama server; {KNOWN}\.")


async def test_garbage_instead_of_json(household: Household) -> None:
    body = "[1, 2, {" * 2000
    await household.proxy.inject(Fault(kind=FaultKind.STATUS, path="/api/chat", status=200, body=body))
    await told(household, rf"What answers at \S+ is not an Ollama server; {KNOWN}\.")


async def test_a_proxy_with_502_and_a_page(household: Household) -> None:
    page = "<html><body><h1>502 Bad Gateway</h1></body></html>"
    await household.proxy.inject(Fault(kind=FaultKind.STATUS, path="/api/chat", status=502, body=page))
    await told(household, rf"The Ollama server at \S+ failed with status 502 Bad Gateway; {KNOWN}\.")


async def test_an_error_in_the_middle_of_an_answer(household: Household) -> None:
    household.ollama.script(Turn(content=LONG.content, error="unexpected EOF"))
    await told(household, midway(rf"The Ollama server at \S+ failed: unexpected EOF; {KNOWN}\."))


async def test_a_model_that_knows_no_tools_after_all(household: Household) -> None:
    refusal = f"registry.ollama.ai/library/{MODEL} does not support tools"
    household.ollama.script(Turn(status=400, error=refusal))
    await told(household, rf"The model {MODEL} does not support tools; choose another one; {KNOWN}\.")


async def test_credentials_that_are_no_longer_accepted(household: Household) -> None:
    before = asyncio.all_tasks()
    await household.proxy.inject(Fault(kind=FaultKind.STATUS, status=401))
    await told(household, rf"The AI hub does not accept our credentials; {KNOWN}\.")
    await settled(before)
    (flow,) = household.hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH


async def test_a_model_that_was_removed(household: Household) -> None:
    household.ollama.install([OTHER_MODEL])
    await told(household, rf"The Ollama server at \S+ has no model {MODEL}; pull it there first; {KNOWN}\.")
    household.ollama.install([MODEL, OTHER_MODEL])


async def test_a_proxy_that_asks_to_wait(household: Household) -> None:
    fault = Fault(kind=FaultKind.STATUS, path="/api/chat", status=429, headers={"Retry-After": "7"})
    await household.proxy.inject(fault)
    await told(household, rf"The Ollama server at \S+ asks us to wait; {KNOWN}\.")


async def test_out_of_memory(household: Household) -> None:
    household.ollama.script(Turn(status=500, error="cudaMalloc failed: out of memory"))
    await told(household, rf"The Ollama server at \S+ failed: cudaMalloc failed: out of memory; {KNOWN}\.")


async def test_a_full_queue(household: Household) -> None:
    body = '{"error": "server busy, please try again.  maximum pending requests exceeded"}'
    await household.proxy.inject(Fault(kind=FaultKind.STATUS, path="/api/chat", status=503, body=body))
    await told(household, rf"The Ollama server at \S+ has too much to do; try again in a moment; {KNOWN}\.")


async def test_a_queue_that_is_full_for_a_moment(household: Household) -> None:
    body = '{"error": "server busy, please try again.  maximum pending requests exceeded"}'
    await household.proxy.inject(Fault(kind=FaultKind.STATUS, path="/api/chat", status=503, body=body, times=1))
    household.ollama.script(Turn.saying("Here I am."))
    await told(household, r"Here I am\.")


async def test_loaded_by_somebody_else_between_two_turns(household: Household) -> None:
    household.ollama.script(Turn.saying("One."), Turn.saying("Two."))
    await told(household, r"One\.")
    await household.hub.runtime_data.ollama.hub.client.load(MODEL, context_length=2048, keep_alive=60)
    await told(household, r"Two\.")
    assert household.ollama.chats[-1].body["options"]["num_ctx"] == 8192


async def test_tokens_without_end(household: Household) -> None:
    household.ollama.script(Turn(content=("word ",) * 20_000))
    await told(household, r"(word )+… That answer became too long, so I stopped it\.")


async def test_a_hundred_tool_calls_at_once(household: Household) -> None:
    household.ollama.script(Turn(tool_calls=(CALL,) * 100), Turn.saying("Two problems."))
    await told(household, r"Two problems\.")
    results = [message for message in household.ollama.chats[-1].body["messages"] if message["role"] == "tool"]
    assert len(results) == 8


async def test_tool_calls_without_end(household: Household) -> None:
    household.ollama.script(*[Turn(tool_calls=(CALL,))] * 20)
    await told(household, r"The model came to no answer, so I stopped it\.")


async def test_an_unknown_tool(household: Household) -> None:
    household.ollama.script(*[Turn(tool_calls=({"name": "launch_rocket", "arguments": {}},))] * 3)
    await told(household, r"The model asked for something that does not exist, so I stopped it\.")


async def test_arguments_of_the_wrong_type(household: Household) -> None:
    wrong = {"name": "propose_change", "arguments": {"workload": ["x", "y"], "replicas": {"many": True}}}
    household.ollama.script(Turn(tool_calls=(wrong,)), Turn.saying("How many, please?"))
    await told(household, r"How many, please\?")
    assert "Wrong arguments" in household.ollama.chats[-1].body["messages"][-1]["content"]


async def test_a_tool_call_written_into_the_answer(household: Household) -> None:
    written = '```json\n{"name": "findings", "arguments": {}}\n```'
    household.ollama.script(Turn(content=(written,)), Turn.saying("Two problems."))
    await told(household, r"Two problems\.")


async def began(household: Household) -> None:
    """Wait until the model has been asked."""
    async with asyncio.timeout(10):
        while not household.ollama.chats:  # noqa: ASYNC110 - the simulator tells nobody
            await asyncio.sleep(0.01)


async def test_a_user_who_gives_up(household: Household) -> None:
    household.ollama.script(Turn(content=LONG.content, stall=True))
    asking = asyncio.create_task(household.say(QUESTION, alone=True))
    await began(household)
    began_at = time.monotonic()
    asking.cancel()
    async with asyncio.timeout(1):
        assert await household.ollama.chats[-1].ended == "cancelled"
    household.note("(the model is stopped)", time.monotonic() - began_at)
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_two_users_at_once(household: Household) -> None:
    household.ollama.script(Turn.saying("For one."), Turn.saying("For the other."))
    began_at = time.monotonic()
    answers = await asyncio.gather(household.say(QUESTION, alone=True), household.say(QUESTION, alone=True))
    household.note(" / ".join(answers), time.monotonic() - began_at)
    assert set(answers) == {"For one.", "For the other."}


async def test_unloaded_in_the_middle_of_an_answer(household: Household) -> None:
    entries = household.hass.config_entries
    household.ollama.script(Turn(content=("Still ", "here."), stall=True))
    began_at = time.monotonic()
    asking = asyncio.create_task(household.say(QUESTION, alone=True))
    await began(household)
    assert await entries.async_unload(household.hub.entry_id)
    async with asyncio.timeout(0.5):  # a stalled answer is given up after a second
        answer = await asking
    household.note(answer, time.monotonic() - began_at)
    sentence = rf"The AI hub was just disconnected by Home Assistant; {KNOWN}"
    assert re.fullmatch(rf"(Still here\. I had to stop there\. )?{sentence}\.", answer), answer
    await entries.async_setup(household.hub.entry_id)
    await household.hass.async_block_till_done()
