"""What the contract with real servers does not show of the simulated Ollama: memory, queue, rules and controls."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
import json
import time
from typing import Any

import aiohttp
import pytest

from demo.ollama import OllamaSimulator
from demo.ollama_answer import Settings
from demo.ollama_models import DEFAULT_MODELS
from demo.ollama_rules import Turn
from demo.serving import controlling, listening, serving

MODEL, OTHER = DEFAULT_MODELS
FINDINGS = {"type": "function", "function": {"name": "findings", "parameters": {"type": "object", "properties": {}}}}
SCALE = {
    "type": "function",
    "function": {
        "name": "propose_change",
        "parameters": {
            "type": "object",
            "properties": {
                "action": {"type": "string", "enum": ["restart", "scale"]},
                "name": {"type": "string"},
                "namespace": {"type": "string"},
                "replicas": {"type": "integer"},
            },
            "required": ["action", "name"],
        },
    },
}


class Hub:
    """A simulator and a session to talk to it with."""

    def __init__(self, simulator: OllamaSimulator, session: aiohttp.ClientSession, url: str) -> None:
        self.simulator = simulator
        self.session = session
        self.url = url

    async def get(self, path: str) -> Any:
        async with self.session.get(self.url + path) as response:
            return await response.json()

    async def post(self, path: str, **body: Any) -> list[dict[str, Any]]:
        async with self.session.post(self.url + path, json=body) as response:
            return [json.loads(line) async for line in response.content]

    async def chat(self, words: str, **more: Any) -> list[dict[str, Any]]:
        return await self.post(
            "/api/chat", **{"model": MODEL, "messages": [{"role": "user", "content": words}], **more}
        )

    def begin(self, words: str) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        body = {"model": MODEL, "messages": [{"role": "user", "content": words}]}
        return self.session.post(f"{self.url}/api/chat", json=body)

    async def loaded(self) -> list[str]:
        return [model["name"] for model in (await self.get("/api/ps"))["models"]]


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    simulator = OllamaSimulator()
    async with aiohttp.ClientSession() as session, listening(simulator.app()) as port:
        yield Hub(simulator, session, f"http://127.0.0.1:{port}")


def said(lines: list[dict[str, Any]]) -> str:
    return "".join(line["message"]["content"] for line in lines)


async def test_a_model_leaves_the_memory_when_its_time_is_up(hub: Hub) -> None:
    for keep_alive in ("10ms", 0):
        await hub.chat("hi", keep_alive=keep_alive)
        await asyncio.sleep(0.05)
        assert await hub.loaded() == []
    await hub.chat("hi")
    await hub.chat("hi", model=OTHER)
    assert await hub.loaded() == [MODEL, OTHER]


async def test_another_context_length_loads_the_model_again(hub: Hub) -> None:
    hub.simulator.settings = Settings(load_delay=0.02)
    loads = []
    for context in (4096, 4096, 8192):
        *_, last = await hub.chat("hi", options={"num_ctx": context})
        loads.append(last["load_duration"] >= 20_000_000)
        assert (await hub.get("/api/ps"))["models"][0]["context_length"] == context
    assert loads == [True, False, True]


async def test_requests_for_one_model_wait_for_each_other(hub: Hub) -> None:
    hub.simulator.script(Turn(content=("a",), stall=True))
    async with hub.begin("first") as response:
        await response.content.readline()
        second = asyncio.create_task(hub.chat("second"))
        other = await hub.chat("third", model=OTHER)
        assert other[-1]["done"]
        assert not second.done()
    assert (await second)[-1]["done"]


async def test_a_closed_socket_stops_the_model(hub: Hub) -> None:
    hub.simulator.script(Turn(content=("word ",) * 1000))
    hub.simulator.settings = Settings(token_delay=0.01)
    async with hub.begin("x") as response:
        await response.content.readline()
    assert await hub.simulator.chats[0].ended == "cancelled"


async def test_a_prompt_costs_what_the_previous_one_did_not_begin_with(hub: Hub) -> None:
    hub.simulator.settings = Settings(prefill=True)
    costs = []
    for words in ("x" * 4000, "x" * 4000, "y" * 4000):
        *_, last = await hub.chat(words)
        costs.append(last["prompt_eval_duration"] / 1e9)
    assert costs[0] > 0.3
    assert costs[2] > 0.3
    assert costs[1] < min(costs[0], costs[2])


async def test_the_oldest_messages_are_dropped_in_silence(hub: Hub) -> None:
    messages = [{"role": "system", "content": "grafana lives in namespace monitoring"}]
    messages += [{"role": "user", "content": "x" * 2000} for _ in range(20)]
    messages += [{"role": "user", "content": "where is grafana, in which namespace?"}]
    lines = await hub.post("/api/chat", model=MODEL, messages=messages, options={"num_ctx": 1024})
    assert "grafana lives in namespace monitoring" in said(lines)
    assert lines[-1]["prompt_eval_count"] <= 1024


async def test_a_message_longer_than_the_context_is_the_runners_error(hub: Hub) -> None:
    (line,) = await hub.chat("x" * 40_000, options={"num_ctx": 1024})
    error = json.loads(line["error"])["error"]
    assert (error["type"], error["n_ctx"]) == ("exceed_context_size_error", 1024)
    assert error["n_prompt_tokens"] > 10_000


async def test_a_pull_reports_its_progress_and_installs_the_model(hub: Hub) -> None:
    hub.simulator.install([OTHER])
    lines = await hub.post("/api/pull", model=MODEL)
    assert [line["status"] for line in (lines[0], lines[-1])] == ["pulling manifest", "success"]
    completed = [line["completed"] for line in lines if "completed" in line]
    assert completed == sorted(completed)
    assert completed[-1] == lines[1]["total"]
    assert MODEL in [model["name"] for model in (await hub.get("/api/tags"))["models"]]


async def test_a_pull_that_was_given_up_goes_on_where_it_stopped(hub: Hub) -> None:
    hub.simulator.install([OTHER])
    hub.simulator.settings = Settings(token_delay=0.01)
    async with hub.session.post(f"{hub.url}/api/pull", json={"model": MODEL}) as response:
        async for line in response.content:
            if json.loads(line).get("completed"):
                break
    hub.simulator.settings = Settings()
    lines = await hub.post("/api/pull", model=MODEL)
    assert lines[1]["completed"] > 0


async def test_a_models_expiry_moves_until_its_first_request_is_through(hub: Hub) -> None:
    async def expiries() -> set[str]:
        listings = [await hub.get("/api/ps") for _ in range(2)]
        return {listing["models"][0]["expires_at"] for listing in listings}

    hub.simulator.script(Turn(content=("a",), stall=True))
    async with hub.begin("x") as response:
        await response.content.readline()
        assert len(await expiries()) == 2
    await hub.chat("x")
    assert len(await expiries()) == 1
    hub.simulator.script(Turn(content=("a",), stall=True))
    async with hub.begin("x") as response:
        await response.content.readline()
        assert len(await expiries()) == 1


async def test_the_machine_may_be_too_small(hub: Hub) -> None:
    hub.simulator.settings = Settings(most_context=2048, on_gpu=0.25)
    await hub.chat("x", options={"num_ctx": 8192})
    (model,) = (await hub.get("/api/ps"))["models"]
    assert model["context_length"] == 2048
    assert model["size_vram"] == model["size"] // 4


async def test_a_model_may_talk_for_ever(hub: Hub) -> None:
    hub.simulator.script(Turn(content=("a", "b"), endless=True))
    async with hub.begin("x") as response:
        heard = [json.loads(await response.content.readline())["message"]["content"] for _ in range(5)]
    assert heard == ["a", "b", "a", "b", "a"]
    assert await hub.simulator.chats[0].ended == "cancelled"


async def test_a_pull_of_an_unknown_model_fails_under_status_200(hub: Hub) -> None:
    assert await hub.post("/api/pull", model="nosuch:1b") == [
        {"status": "pulling manifest"},
        {"error": "pull model manifest: file does not exist"},
    ]


async def test_the_rules_call_the_tool_that_the_words_name(hub: Hub) -> None:
    first, _ = await hub.chat("What is wrong?", tools=[SCALE, FINDINGS])
    assert first["message"]["tool_calls"][0]["function"] == {"index": 0, "name": "findings", "arguments": {}}
    first, _ = await hub.chat("Please scale jellyfin in namespace media to three", tools=[FINDINGS, SCALE])
    assert first["message"]["tool_calls"][0]["function"]["arguments"] == {
        "action": "scale",
        "name": "jellyfin",
        "namespace": "media",
        "replicas": 3,
    }


async def test_the_rules_answer_from_the_tools_result(hub: Hub) -> None:
    lines = await hub.post(
        "/api/chat",
        model=MODEL,
        tools=[FINDINGS],
        messages=[
            {"role": "user", "content": "What is wrong?"},
            {"role": "assistant", "tool_calls": [{"function": {"name": "findings", "arguments": {}}}]},
            {
                "role": "tool",
                "tool_name": "findings",
                "content": '{"findings":[{"name":"jellyfin","error":"no image"}]}',
            },
        ],
    )
    assert said(lines) == "findings name jellyfin, error no image"


async def test_the_rules_say_what_they_are(hub: Hub) -> None:
    assert said(await hub.chat("Sing me a song.", tools=[FINDINGS])).startswith("I am a small script of rules")


async def test_whole_and_streamed_answers_say_the_same(hub: Hub) -> None:
    (whole,) = await hub.chat("What is wrong?", tools=[FINDINGS], stream=False)
    first, last = await hub.chat("What is wrong?", tools=[FINDINGS])
    assert whole["message"]["tool_calls"][0]["function"] == first["message"]["tool_calls"][0]["function"]
    assert whole["done_reason"] == last["done_reason"] == "stop"


@pytest.mark.parametrize(
    ("turn", "status", "last"),
    [
        (Turn(content=("a",), error="unexpected EOF"), 200, {"error": "unexpected EOF"}),
        (Turn(error="out of memory"), 500, {"error": "out of memory"}),
        (Turn(status=503, error="server busy"), 503, {"error": "server busy"}),
    ],
)
async def test_a_scripted_failure_comes_as_ollama_sends_it(
    hub: Hub, turn: Turn, status: int, last: dict[str, Any]
) -> None:
    hub.simulator.script(turn)
    async with hub.begin("x") as response:
        assert response.status == status
        assert json.loads((await response.text()).splitlines()[-1]) == last


async def test_a_scripted_turn_may_end_without_saying_so(hub: Hub) -> None:
    hub.simulator.script(Turn(content=("a", "b"), done=False))
    assert [line["done"] for line in await hub.chat("x")] == [False, False]


async def test_no_byte_comes_before_the_first_token(hub: Hub) -> None:
    hub.simulator.settings = Settings(load_delay=0.05)
    begun = time.monotonic()
    async with hub.begin("x"):
        assert time.monotonic() - begun >= 0.05


async def test_a_token_is_asked_for_as_a_proxy_would(hub: Hub) -> None:
    hub.simulator.settings = Settings(token="made-up")
    async with hub.session.get(f"{hub.url}/api/version") as response:
        assert response.status == 401
    async with hub.session.get(f"{hub.url}/api/version", headers={"Authorization": "Bearer made-up"}) as response:
        assert response.status == 200


async def test_the_control_port_steers_it() -> None:
    simulator = OllamaSimulator()
    async with (
        aiohttp.ClientSession() as session,
        serving(simulator) as proxy,
        controlling([(simulator, proxy)]) as control,
    ):
        hub = Hub(simulator, session, proxy.url)
        turns = [{"content": ["Good ", "evening."]}, {"tool_calls": [{"id": "call_1", "name": "f", "arguments": {}}]}]
        async with session.post(f"{control}/ollama/script", json=turns) as response:
            assert response.status == 204
        assert said(await hub.chat("hi")) == "Good evening."
        assert (await hub.chat("hi"))[0]["message"]["tool_calls"][0]["id"] == "call_1"
        async with session.patch(f"{control}/ollama/settings", json={"load_delay": 0.5}) as response:
            assert (await response.json())["load_delay"] == 0.5
        async with session.put(f"{control}/ollama/models", json=["llama3.1:8b"]):
            assert [model["name"] for model in (await hub.get("/api/tags"))["models"]] == ["llama3.1:8b"]
        async with session.delete(f"{control}/ollama/memory") as response:
            assert response.status == 204
        assert await hub.loaded() == []
        async with session.get(f"{control}/ollama/chats") as response:
            assert [chat["ended"] for chat in await response.json()] == ["done", "done"]
        for path, nonsense in (("script", [{"sing": 1}]), ("script", 7)):
            async with session.post(f"{control}/ollama/{path}", json=nonsense) as response:
                assert response.status == 400
        async with session.patch(f"{control}/ollama/settings", json={"sing": 1}) as response:
            assert response.status == 400
