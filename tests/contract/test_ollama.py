"""The protocol of an Ollama server: what the simulator and a real one (HOMELAB_TEST_OLLAMA=URL) have in common.

The captures in tests/fixtures/ollama are answers of a real server; its model's name is replaced by the one under test.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
import json
import os
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from assistant_core.errors import HomelabError, InputInvalid, NotFound
from assistant_core.models.chat import ChatDelta, ChatRequest, Message, Role, ToolSpec
from assistant_core.ollama import OllamaClient, read_traits
from demo.ollama import OllamaSimulator
from demo.serving import serving

CAPTURES = Path(__file__).parent.parent / "fixtures" / "ollama"
CAPTURED_MODEL = "qwen2.5-coder:0.5b"
CONTEXT = 2048
ERRORS = (
    "chat_badjson",
    "chat_badkeepalive",
    "chat_badopt",
    "chat_emptymodel",
    "chat_format_bad",
    "chat_nobody",
    "chat_nomodel",
    "chat_think_unsupported",
    "embed_on_chatmodel",
    "gen_nomodel",
    "health",
    "metrics",
    "not_found",
    "show_missing",
    "wrong_method",
)


@dataclass(frozen=True)
class Capture:
    """One exchange with a real server; `head` holds the headers that do not change from answer to answer."""

    method: str
    path: str
    request: bytes
    status: int
    head: dict[str, str]
    body: bytes

    @classmethod
    def named(cls, name: str, model: str) -> Capture:
        """The capture of that name, as if it had been taken with `model`."""
        text = (CAPTURES / f"{name}.txt").read_text().replace(CAPTURED_MODEL, model)
        sent, received = text.split("\n--\n")
        line, request = sent.split("\n", 1)
        head, body = received.split("\n\n", 1)
        status, *headers = head.splitlines()
        fields = dict(header.split(": ", 1) for header in headers)
        method, path = line.split(" ")
        request = "" if request == "None" else request.removeprefix("b'").removesuffix("'")
        kept = {name: fields[name] for name in ("Content-Type", "Transfer-Encoding") if name in fields}
        return cls(method, path, request.encode(), int(status.split(" ")[0]), kept, body.removeprefix("\n").encode())


@dataclass(frozen=True)
class Server:
    """The server under test and a session to talk to it with."""

    url: str
    session: aiohttp.ClientSession
    client: OllamaClient
    model: str

    async def ask(self, method: str, path: str, body: Any = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, lasting headers and body of an answer."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.session.request(method, self.url + path, data=data, headers=headers) as response:
            names = {"Content-Type", "Transfer-Encoding"} & set(response.headers)
            return response.status, {name: response.headers[name] for name in names}, await response.read()

    async def chat(self, words: str, **more: Any) -> list[ChatDelta]:
        """All of an answer."""
        request = ChatRequest(
            model=self.model,
            messages=(Message(role=Role.USER, content=words),),
            context_length=CONTEXT,
            temperature=0,
            **{"max_tokens": 60, "keep_alive": 60, **more},
        )
        return [delta async for delta in self.client.chat(request)]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with aiohttp.ClientSession() as session:
        if url := os.environ.get("HOMELAB_TEST_OLLAMA"):
            client = OllamaClient(session, url)
            installed = await client.installed()
            yield Server(url.rstrip("/"), session, client, installed[0].name)
            return
        async with serving(OllamaSimulator(models=[CAPTURED_MODEL, "gemma3:270m"])) as proxy:
            yield Server(proxy.url, session, OllamaClient(session, proxy.url), CAPTURED_MODEL)


async def test_it_says_who_it_is(server: Server) -> None:
    status = await server.client.status()
    assert status.version[0].isdecimal()
    assert server.model in [model.name for model in status.installed]
    assert await server.ask("GET", "/") == (200, {"Content-Type": "text/plain; charset=utf-8"}, b"Ollama is running")


async def test_it_knows_what_its_model_can_do(server: Server) -> None:
    details = await server.client.details(server.model)
    assert "completion" in details.capabilities
    assert details.template


async def test_an_answer_streams_and_ends_with_its_cost(server: Server) -> None:
    *deltas, last = await server.chat("Say hi in three words.")
    assert "".join(delta.content for delta in deltas)
    assert all(delta.done_reason is None for delta in deltas)
    assert last.done_reason == "stop"
    assert last.stats
    assert last.stats.prompt_tokens > 0
    assert last.stats.answer_tokens > 0


async def test_an_answer_that_may_not_be_longer_says_so(server: Server) -> None:
    *_, last = await server.chat("Count to 50.", max_tokens=2)
    assert last.done_reason == "length"
    assert last.stats
    assert last.stats.answer_tokens == 2


async def test_a_used_model_stays_in_memory_with_our_context(server: Server) -> None:
    await server.chat("Say hi.", keep_alive=-1)
    loaded = next(model for model in await server.client.loaded() if model.name == server.model)
    assert loaded.context_length == CONTEXT
    assert loaded.expires_at
    assert loaded.expires_at.year > 2300
    await server.ask("POST", "/api/generate", {"model": server.model, "keep_alive": 0})
    assert server.model not in [model.name for model in await server.client.loaded()]


async def test_a_model_can_be_loaded_before_it_is_needed_and_sent_away(server: Server) -> None:
    await server.client.load(server.model, context_length=CONTEXT, keep_alive=60)
    before = await server.client.loaded()
    after = await server.client.loaded()
    (loaded,) = (model for model in before if model.name == server.model)
    assert loaded.context_length == CONTEXT
    assert [model.expires_at for model in before] == [model.expires_at for model in after]  # none is being loaded
    await server.client.unload(server.model)
    assert server.model not in [model.name for model in await server.client.loaded()]


async def test_a_models_traits_follow_from_its_details(server: Server) -> None:
    details = await server.client.details(server.model)
    traits = read_traits(details)
    assert traits.tools is ("tools" in details.capabilities)
    assert traits.context_length
    assert traits.context_length >= CONTEXT


async def test_a_model_that_nobody_has_cannot_be_pulled(server: Server) -> None:
    with pytest.raises(HomelabError):  # NotFound where the registry can be reached
        _ = [step async for step in server.client.pull("localhost:9/none/none")]


async def test_load_and_unload_are_answers_without_words(server: Server) -> None:
    for keep_alive, reason in ((60, "load"), (0, "unload")):
        body = {"model": server.model, "keep_alive": keep_alive, "options": {"num_ctx": CONTEXT}}
        status, _, answer = await server.ask("POST", "/api/generate", body)
        expected = {"model": server.model, "response": "", "done": True, "done_reason": reason}
        assert (status, {**json.loads(answer), "created_at": ""}) == (200, {**expected, "created_at": ""})


async def test_an_answer_follows_a_schema(server: Server) -> None:
    captured = json.loads(Capture.named("chat_format", server.model).request)
    deltas = await server.chat(captured["messages"][0]["content"], format=captured["format"])
    answer = json.loads("".join(delta.content for delta in deltas))
    assert (answer["action"], answer["replicas"]) == ("scale", 3)
    assert set(answer) == set(captured["format"]["required"])


async def test_a_tool_call_arrives_whole(server: Server) -> None:
    if "tools" not in (await server.client.details(server.model)).capabilities:
        pytest.skip(f"{server.model} knows no tools")
    findings = ToolSpec(
        name="findings",
        description="List what is wrong in the cluster",
        parameters={"type": "object", "properties": {}},
    )
    deltas = await server.chat("Which findings are there? Use the tool.", tools=(findings,))
    calls = [call for delta in deltas for call in delta.tool_calls]
    assert calls or "findings" in "".join(delta.content for delta in deltas)  # small models write it as text
    assert all(call.id and call.name == "findings" for call in calls)


async def test_a_missing_model_is_named(server: Server) -> None:
    with pytest.raises(NotFound, match=r"has no model nosuch:1b; pull it there first\.$"):
        await server.client.details("nosuch:1b")
    request = ChatRequest(model="nosuch:1b", messages=(Message(role=Role.USER, content="x"),))
    with pytest.raises(NotFound, match="has no model nosuch:1b"):
        await anext(server.client.chat(request))


async def test_tools_for_a_model_without_them_are_refused(server: Server) -> None:
    details = [await server.client.details(model.name) for model in await server.client.installed()]
    simple = next((model.name for model in details if "tools" not in model.capabilities), None)
    if simple is None:
        pytest.skip("every model there knows tools")
    tool = ToolSpec(name="findings", description="", parameters={"type": "object", "properties": {}})
    request = ChatRequest(model=simple, messages=(Message(role=Role.USER, content="x"),), tools=(tool,))
    with pytest.raises(InputInvalid, match=f"^The model {simple} does not support tools; choose another one.$"):
        await anext(server.client.chat(request))


@pytest.mark.parametrize("name", ERRORS)
async def test_an_error_has_the_captured_status_head_and_body(server: Server, name: str) -> None:
    capture = Capture.named(name, server.model)
    assert await server.ask(capture.method, capture.path, capture.request) == (
        capture.status,
        capture.head,
        capture.body,
    )


@pytest.mark.parametrize("header", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
async def test_a_foreign_name_or_page_is_forbidden(server: Server, header: dict[str, str]) -> None:
    assert await server.ask("GET", "/api/tags", **header) == (403, {}, b"")


@pytest.mark.parametrize("name", ["chat_stream", "chat_nostream", "load", "version", "status", "ps_empty"])
async def test_an_answer_has_the_captured_head_and_fields(server: Server, name: str) -> None:
    await server.ask("POST", "/api/generate", {"model": server.model, "keep_alive": 0})
    capture = Capture.named(name, server.model)
    status, head, body = await server.ask(capture.method, capture.path, capture.request)
    assert (status, head) == (capture.status, capture.head)
    ours, theirs = (list(map(json.loads, lines.splitlines())) for lines in (body, capture.body))
    assert _shape(ours[0]) == _shape(theirs[0])
    assert _shape(ours[-1]) == _shape(theirs[-1])


def _shape(value: Any) -> Any:
    """The fields and types of a JSON value, in their order."""
    if isinstance(value, dict):
        return [(key, _shape(item)) for key, item in value.items()]
    return type(value).__name__
