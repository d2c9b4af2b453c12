"""The client of the AI hub over real sockets, well and ill."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
import logging
import socket

import aiohttp
import pytest

from assistant_core.errors import (
    AuthenticationFailed,
    Busy,
    ConnectionFailed,
    DeadlineExceeded,
    HomelabError,
    InputInvalid,
    NotFound,
    PermissionDenied,
    RateLimited,
    ResponseInvalid,
    ServiceFailed,
)
from assistant_core.models.chat import ChatDelta, ChatRequest, Message, Role, ToolCall, ToolSpec
from assistant_core.ollama import OllamaClient
from demo.faults import Fault, FaultKind
from demo.ollama_answer import Settings
from demo.ollama_models import DEFAULT_MODELS
from demo.ollama_rules import Turn

from .conftest import MODEL, REQUEST, Ollama, words


def limits_for(sentence: str) -> dict[str, float]:
    """Short deadlines for the silence that is expected, none for a busy machine."""
    if "fell silent" in sentence:
        return {"gap": 0.1}
    return {"first_byte": 0.1, "first_byte_loading": 0.1} if "silent" in sentence else {}


async def test_the_status_tells_version_and_models(ollama: Ollama) -> None:
    await ollama.answer()
    status = await ollama.client().status()
    assert status.version == "0.32.15"
    assert [model.name for model in status.installed] == list(DEFAULT_MODELS)
    (loaded,) = status.loaded
    assert (loaded.name, loaded.context_length, loaded.size_vram) == (MODEL, 4096, loaded.size)


async def test_details_tell_capabilities_and_template(ollama: Ollama) -> None:
    details = await ollama.client().details(MODEL)
    assert details.capabilities == {"completion", "tools"}
    assert ".Tools" in details.template


async def test_a_chat_sends_what_was_asked_and_nothing_else(ollama: Ollama) -> None:
    call = ToolCall(id="call_1", name="findings", arguments={"cluster": "home"})
    request = ChatRequest(
        model=MODEL,
        messages=(
            Message(role=Role.SYSTEM, content="Be brief."),
            Message(role=Role.ASSISTANT, tool_calls=(call,)),
            Message(role=Role.TOOL, content="none", tool_name="findings", tool_call_id="call_1"),
        ),
        tools=(ToolSpec(name="findings", description="List them", parameters={"type": "object"}),),
        format={"type": "object"},
        context_length=8192,
        keep_alive=-1,
        temperature=0.0,
        max_tokens=100,
    )
    await ollama.answer(request)
    await ollama.answer(ChatRequest(model=MODEL, messages=(Message(role=Role.USER, content="hi"),)))
    full, bare = (chat.body for chat in ollama.simulator.chats)
    assert full == {
        "model": MODEL,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [
                    {"id": "call_1", "function": {"name": "findings", "arguments": {"cluster": "home"}}},
                ],
            },
            {"role": "tool", "content": "none", "tool_name": "findings", "tool_call_id": "call_1"},
        ],
        "tools": [
            {
                "type": "function",
                "function": {"name": "findings", "description": "List them", "parameters": {"type": "object"}},
            },
        ],
        "format": {"type": "object"},
        "keep_alive": -1,
        "options": {"num_ctx": 8192, "temperature": 0.0, "num_predict": 100},
        "stream": True,
    }
    assert bare == {"model": MODEL, "messages": [{"role": "user", "content": "hi"}], "stream": True}


async def test_an_image_goes_along_with_the_words(ollama: Ollama) -> None:
    await ollama.answer(replace(REQUEST, messages=(Message(role=Role.USER, content="What is it?", images=(b"PNG",)),)))
    (chat,) = ollama.simulator.chats
    assert chat.body["messages"] == [{"role": "user", "content": "What is it?", "images": ["UE5H"]}]


async def test_an_answer_comes_piece_by_piece(ollama: Ollama) -> None:
    ollama.simulator.script(
        Turn(
            thinking=("Hm.",),
            content=("Good ", "evening <b>& more</b>."),
            tool_calls=(
                {"name": "findings", "arguments": {"a": [1]}},
                {"id": "call_2", "name": "gpu", "arguments": {}},
            ),
        )
    )
    thought, first, second, third, fourth, last = await ollama.answer()
    assert thought.thinking == "Hm."
    assert words([thought, first, second]) == "Good evening <b>& more</b>."
    assert (third.tool_calls[0].name, third.tool_calls[0].arguments) == ("findings", {"a": [1]})
    assert third.tool_calls[0].id
    assert fourth.tool_calls == (ToolCall(id="call_2", name="gpu", arguments={}),)
    assert last.done_reason == "stop"
    assert last.stats
    assert last.stats.answer_tokens == 5


@pytest.mark.parametrize(
    ("fault", "kind", "sentence"),
    [
        (
            Fault(kind=FaultKind.REFUSE),
            ConnectionFailed,
            "The Ollama server at URL does not answer: connection refused.",
        ),
        (
            Fault(kind=FaultKind.HANG),
            DeadlineExceeded,
            "The Ollama server at URL does not answer: silent for 0.1 seconds.",
        ),
        (
            Fault(kind=FaultKind.HANG, after=300),
            DeadlineExceeded,
            "The Ollama server at URL fell silent for 0.1 seconds while it answered.",
        ),
        (
            Fault(kind=FaultKind.CUT),
            ConnectionFailed,
            "The Ollama server at URL does not answer: it closed the connection.",
        ),
        (
            Fault(kind=FaultKind.CUT, after=300),
            ConnectionFailed,
            "The connection to the Ollama server at URL broke while it answered.",
        ),
        (
            Fault(kind=FaultKind.GARBAGE),
            ResponseInvalid,
            "What answers at URL is not an Ollama server.",
        ),
        (
            Fault(kind=FaultKind.STATUS, status=200, body="<html>Welcome</html>"),
            ResponseInvalid,
            "What answers at URL is not an Ollama server.",
        ),
        (
            Fault(kind=FaultKind.STATUS, status=200, body="[" * 100_000),
            ResponseInvalid,
            "What answers at URL is not an Ollama server.",
        ),
        (
            Fault(kind=FaultKind.STATUS, status=200, body='{"message":7}'),
            ResponseInvalid,
            "What answers at URL is not an Ollama server.",
        ),
        (
            Fault(kind=FaultKind.STATUS, status=200, body=""),
            ServiceFailed,
            "The Ollama server at URL broke off before its answer was done.",
        ),
        (
            Fault(kind=FaultKind.STATUS, status=401, body="<html>Unauthorized</html>"),
            AuthenticationFailed,
            "The Ollama server at URL does not accept our credentials; check the access token.",
        ),
        (
            Fault(kind=FaultKind.STATUS, status=403),
            PermissionDenied,
            (
                "The Ollama server at URL refuses requests under this name;"
                " use its IP address or let the proxy set the Host header."
            ),
        ),
        (
            Fault(kind=FaultKind.STATUS, status=403, body="no"),
            PermissionDenied,
            "The Ollama server at URL does not allow us this access.",
        ),
        (
            Fault(kind=FaultKind.STATUS, status=404, body="404 page not found"),
            ResponseInvalid,
            "What answers at URL is not an Ollama server (status 404 Not Found).",
        ),
        (
            Fault(kind=FaultKind.STATUS, status=429, headers={"Retry-After": "7"}),
            RateLimited,
            "The Ollama server at URL asks us to wait.",
        ),
        (
            Fault(kind=FaultKind.STATUS, status=500, body='{"error":"llama runner\\nis \\u001b[1mdead."}'),
            ServiceFailed,
            "The Ollama server at URL failed: llama runner is [1mdead.",
        ),
        (
            Fault(kind=FaultKind.STATUS, status=502, body="<html><h1>Bad Gateway</h1></html>"),
            ServiceFailed,
            "The Ollama server at URL failed with status 502 Bad Gateway.",
        ),
        (
            Fault(kind=FaultKind.STATUS, status=503, body='{"error":"server busy, please try again."}'),
            Busy,
            "The Ollama server at URL has too much to do; try again in a moment.",
        ),
        (
            Fault(kind=FaultKind.STATUS, status=503, body="<html>no upstream</html>"),
            Busy,
            "The Ollama server at URL failed with status 503 Service Unavailable.",
        ),
        (
            Fault(kind=FaultKind.STATUS, status=307, headers={"Location": "http://evil.example/api/chat?secret=1"}),
            ResponseInvalid,
            "The Ollama server at URL redirects to http://evil.example/api/chat; if that is right, use that address.",
        ),
        (
            Fault(kind=FaultKind.STATUS, status=418),
            ResponseInvalid,
            "What answers at URL is not an Ollama server (status 418 I'm a Teapot).",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_failed_chat_ends_in_one_sentence(
    ollama: Ollama, fault: Fault, kind: type[HomelabError], sentence: str
) -> None:
    ollama.simulator.script(Turn(content=("word ",) * 10))
    await ollama.proxy.inject(replace(fault, path="/api/chat"))
    error = await ollama.failure(**limits_for(sentence))
    assert (type(error), ollama.sentence(error)) == (kind, sentence)
    await ollama.proxy.clear()
    assert (await ollama.answer())[-1].done_reason == "stop"


@pytest.mark.parametrize(
    ("turn", "kind", "sentence"),
    [
        (
            Turn(content=("Well, ",), error="an error was encountered while running the model: unexpected EOF"),
            ServiceFailed,
            "The Ollama server at URL failed: an error was encountered while running the model: unexpected EOF.",
        ),
        (
            Turn(content=("Well, ",), done=False),
            ServiceFailed,
            "The Ollama server at URL broke off before its answer was done.",
        ),
        (
            Turn(content=("Well, ",), stall=True),
            DeadlineExceeded,
            "The Ollama server at URL fell silent for 0.1 seconds while it answered.",
        ),
        (
            Turn(stall=True),
            DeadlineExceeded,
            "The Ollama server at URL does not answer: silent for 0.1 seconds.",
        ),
        (
            Turn(content=("x" * 1024 * 1024,)),
            ResponseInvalid,
            "What answers at URL is not an Ollama server.",
        ),
        (
            Turn(status=400, error='"m" does not support thinking'),
            InputInvalid,
            f"The model {MODEL} does not support thinking; choose another one.",
        ),
        (
            Turn(
                status=400, error='{"error":{"type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":4096}}'
            ),
            InputInvalid,
            f"The conversation is too long for {MODEL}: it has 9000 tokens and the model's context holds 4096.",
        ),
        (
            Turn(status=500, error='runner: {"error":{"message":"out of memory"}}'),
            ServiceFailed,
            "The Ollama server at URL failed: out of memory.",
        ),
        (
            Turn(status=500, error="e" * 1000),
            ServiceFailed,
            f"The Ollama server at URL failed: {'e' * 200}....",
        ),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)
async def test_a_server_that_fails_is_quoted_in_one_sentence(
    ollama: Ollama, turn: Turn, kind: type[HomelabError], sentence: str
) -> None:
    ollama.simulator.script(turn)
    error = await ollama.failure(**limits_for(sentence))
    assert (type(error), ollama.sentence(error)) == (kind, sentence)


async def test_a_missing_model_is_named(ollama: Ollama) -> None:
    ollama.simulator.install([])
    error = await ollama.failure()
    assert isinstance(error, NotFound)
    assert ollama.sentence(error) == f"The Ollama server at URL has no model {MODEL}; pull it there first."
    assert error.placeholders["model"] == MODEL


async def test_an_answer_without_end_is_given_up(ollama: Ollama) -> None:
    ollama.simulator.script(Turn(content=("word ",) * 10_000))
    ollama.simulator.settings = Settings(token_delay=0.01)
    error = await ollama.failure(total=0.2)
    assert isinstance(error, DeadlineExceeded)
    assert ollama.sentence(error) == "The Ollama server at URL did not finish its answer within 0.2 seconds."
    assert await ollama.simulator.chats[0].ended == "cancelled"


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
    async with asyncio.timeout(1):
        assert await ollama.simulator.chats[0].ended == "cancelled"


async def test_giving_up_before_the_first_byte_stops_the_model(ollama: Ollama) -> None:
    ollama.simulator.script(Turn(stall=True))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await anext(ollama.client().chat(REQUEST))
    async with asyncio.timeout(1):
        assert await ollama.simulator.chats[0].ended == "cancelled"


async def test_a_slow_listener_is_not_a_slow_server(ollama: Ollama) -> None:
    ollama.simulator.script(Turn(content=("Good ", "evening.")))
    deltas = []
    async for delta in ollama.client(gap=0.4).chat(REQUEST):
        await asyncio.sleep(0.5)
        deltas.append(delta)
    assert words(deltas) == "Good evening."


@pytest.mark.parametrize("path", ["/api/version", "/api/tags", "/api/ps"])
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(kind=FaultKind.REFUSE), ConnectionFailed),
        (Fault(kind=FaultKind.HANG), DeadlineExceeded),
        (Fault(kind=FaultKind.HANG, after=120), DeadlineExceeded),
        (Fault(kind=FaultKind.CUT, after=120), ConnectionFailed),
        (Fault(kind=FaultKind.GARBAGE), ResponseInvalid),
        (Fault(kind=FaultKind.STATUS, status=200, body="[]"), ResponseInvalid),
        (Fault(kind=FaultKind.STATUS, status=200, body='{"models":[{"name":7}],"version":7}'), ResponseInvalid),
        (Fault(kind=FaultKind.STATUS, status=200, body="x" * 9_000_000), ResponseInvalid),
        (Fault(kind=FaultKind.STATUS, status=401), AuthenticationFailed),
        (Fault(kind=FaultKind.STATUS, status=404), ResponseInvalid),
        (Fault(kind=FaultKind.STATUS, status=503), Busy),
    ],
)
async def test_a_status_of_which_one_part_fails_is_one_error(
    ollama: Ollama, path: str, fault: Fault, kind: type[HomelabError]
) -> None:
    await ollama.proxy.inject(replace(fault, path=path))
    with pytest.raises(HomelabError) as raised:
        await ollama.client(answer=0.3 if kind is DeadlineExceeded else 30).status()
    assert type(raised.value) is kind


async def test_a_server_without_models_is_well(ollama: Ollama) -> None:
    await ollama.proxy.inject(Fault(kind=FaultKind.STATUS, path="/api/(tags|ps)", status=200, body='{"models":null}'))
    status = await ollama.client().status()
    assert status.installed == status.loaded == ()


async def test_the_token_goes_out_and_never_into_words(ollama: Ollama, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ollama.simulator.settings = Settings(token="made-up-secret")
    assert await ollama.client(token=" made-up-secret\n").version()
    with pytest.raises(AuthenticationFailed) as raised:
        await ollama.client(token="another-secret").version()
    assert "secret" not in f"{raised.value} {raised.value.__cause__} {caplog.text}"


async def test_a_path_before_the_api_is_kept(ollama: Ollama) -> None:
    client = OllamaClient(ollama.session, f"{ollama.proxy.url}/hub/ollama/?x=1#y")
    with pytest.raises(
        ResponseInvalid, match=f"^What answers at {ollama.proxy.url}/hub/ollama is not an Ollama server"
    ):
        await client.version()
    assert ollama.proxy.seen[-1].path == "/hub/ollama/api/version"


async def test_headers_go_out_and_never_into_words(ollama: Ollama) -> None:
    ollama.simulator.settings = Settings(token="made-up-secret")
    headers = {"authorization": "Bearer made-up-secret", "X-Access": " a secret\n"}
    client = OllamaClient(ollama.session, ollama.proxy.url, headers=headers)
    assert await client.version()
    for wrong in ({"X Access": "secret"}, {"": "secret"}, {"X-Access": "a\r\nHost: secret"}):
        with pytest.raises(InputInvalid) as raised:
            OllamaClient(ollama.session, ollama.proxy.url, headers=wrong)
        assert "secret" not in f"{raised.value} {client}"


async def test_a_dead_peer_is_noticed_by_the_kernel(ollama: Ollama) -> None:
    sockets = []

    def opened(address: aiohttp.AddrInfoType) -> socket.socket:
        sockets.append(socket.socket(*address[:3]))
        return sockets[-1]

    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(socket_factory=opened)) as session,
        aclosing(OllamaClient(session, ollama.proxy.url).chat(REQUEST)) as answer,
    ):
        await anext(answer)
        (sock,) = sockets
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


async def test_an_unknown_host_is_said() -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver())) as session:
        with pytest.raises(ConnectionFailed, match=r"does not answer: no host of that name is known\.$"):
            await OllamaClient(session, "http://hub.invalid:11434").version()


@pytest.mark.parametrize("url", ["", "hub", "ftp://hub", "http://", "http://hub:99999", "http://me:secret@hub"])
async def test_an_address_that_cannot_be_one_is_refused(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(InputInvalid, match=r"^The address of the Ollama server must") as raised:
            OllamaClient(session, url)
        assert "secret" not in str(raised.value)


@pytest.mark.parametrize("token", ["two\nlines", "schlüssel"])
async def test_a_token_that_cannot_be_one_is_refused(token: str) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(InputInvalid, match="one line of plain characters"):
            OllamaClient(session, "http://hub", token=token)
