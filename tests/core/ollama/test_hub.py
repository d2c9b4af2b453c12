"""The hub as the household shares it, over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing
from copy import replace
from dataclasses import dataclass

import aiohttp
import pytest

from assistant_core.errors import AuthenticationFailed, ConnectionFailed, HomelabError, InputInvalid, NotFound
from assistant_core.models.chat import ChatDelta, ChatRequest, Message, Priority, Purpose, Role, ToolSpec
from assistant_core.models.hub import HubWarning, HubWarningKind
from assistant_core.ollama import Hub, HubConfig, ModelChoice, ServerConfig
from demo.faults import Fault, FaultKind, FaultProxy
from demo.ollama import OllamaSimulator
from demo.ollama_answer import Settings
from demo.ollama_rules import Turn
from demo.serving import serving

from .conftest import MODEL, OTHER, PATIENT, until, words

THINKER = "qwen3:8b-demo-rules"
TALKER = ModelChoice(name=MODEL, context_length=4096)
WRITER = ModelChoice(name=OTHER, context_length=2048, keep_alive=60)
TOOL = ToolSpec(name="findings", description="List them", parameters={"type": "object", "properties": {}})


def ask(text: str = "hello", **more: object) -> ChatRequest:
    return replace(ChatRequest(messages=(Message(role=Role.USER, content=text),)), **more)


@dataclass(frozen=True)
class House:
    """Two simulated servers behind their proxies, and hubs made of them."""

    simulators: tuple[OllamaSimulator, OllamaSimulator]
    proxies: tuple[FaultProxy, FaultProxy]
    session: aiohttp.ClientSession

    async def hub(
        self,
        talk: tuple[ModelChoice, ...] = (TALKER,),
        write: tuple[ModelChoice, ...] = (WRITER,),
        clock: Callable[[], float] | None = None,
    ) -> Hub:
        servers = tuple(ServerConfig(url=proxy.url) for proxy in self.proxies)
        config = HubConfig(servers=servers, talk=talk, write=write, deadlines=PATIENT)
        return await (Hub.connect(self.session, config, clock=clock) if clock else Hub.connect(self.session, config))

    def bodies(self, server: int = 0) -> list[dict[str, object]]:
        return [chat.body for chat in self.simulators[server].chats]


@pytest.fixture
async def house() -> AsyncIterator[House]:
    simulators = (OllamaSimulator(), OllamaSimulator())
    async with AsyncExitStack() as stack:
        proxies = tuple([await stack.enter_async_context(serving(simulator)) for simulator in simulators])
        session = await stack.enter_async_context(aiohttp.ClientSession())
        yield House(simulators, (proxies[0], proxies[1]), session)


async def answer(hub: Hub, request: ChatRequest) -> list[ChatDelta]:
    return [delta async for delta in hub.chat(request)]


async def test_each_purpose_has_its_model_and_each_model_is_always_loaded_the_same_way(house: House) -> None:
    hub = await house.hub()
    for request in (
        ask(),
        ask(purpose=Purpose.WRITE),
        ask(purpose=Purpose.EXPLAIN),
        ask(model=OTHER, context_length=16_384, keep_alive=5),
    ):
        await answer(hub, request)
    loads = [(body["model"], body["options"], body["keep_alive"]) for body in house.bodies()]
    talker, writer = (MODEL, {"num_ctx": 4096}, 1800), (OTHER, {"num_ctx": 2048}, 60)
    assert loads == [talker, writer, talker, writer]
    assert hub.warnings == ()


async def test_a_model_that_nobody_chose_is_loaded_as_asked(house: House) -> None:
    hub = await house.hub(talk=(), write=())
    await answer(hub, ask(model=OTHER, context_length=1024, keep_alive=0))
    assert house.bodies()[0]["options"] == {"num_ctx": 1024}
    assert house.bodies()[0]["keep_alive"] == 0
    with pytest.raises(InputInvalid, match="No model is chosen"):
        await answer(hub, ask())


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.REFUSE),
        Fault(kind=FaultKind.STATUS, status=500, body='{"error":"out of memory"}'),
        Fault(kind=FaultKind.STATUS, status=401),
        Fault(kind=FaultKind.GARBAGE),
    ],
)
async def test_a_second_hub_stands_in_before_the_first_word(house: House, fault: Fault) -> None:
    hub = await house.hub(talk=(TALKER, replace(TALKER, server=1)))
    await house.proxies[0].inject(fault)
    assert (await answer(hub, ask()))[-1].done_reason == "stop"
    assert len(house.bodies(1)) == 1


async def test_a_second_model_stands_in_for_one_that_is_missing(house: House) -> None:
    house.simulators[0].install([OTHER])
    hub = await house.hub(talk=(TALKER, WRITER))
    assert (await answer(hub, ask()))[-1].done_reason == "stop"
    assert [body["model"] for body in house.bodies()] == [MODEL, OTHER]


async def test_a_second_model_is_not_asked_of_a_server_that_is_gone(house: House) -> None:
    hub = await house.hub(talk=(TALKER, WRITER))
    await house.proxies[0].inject(Fault(kind=FaultKind.CUT, path="/api/chat"))
    with pytest.raises(ConnectionFailed, match="it closed the connection"):
        await answer(hub, ask())
    assert sum(seen.path == "/api/chat" for seen in house.proxies[0].seen) == 2  # the one retry


async def test_when_nobody_can_stand_in_the_first_failure_is_told(house: House) -> None:
    hub = await house.hub(talk=(TALKER, replace(TALKER, server=1)))
    await house.proxies[0].inject(Fault(kind=FaultKind.STATUS, status=401))
    await house.proxies[1].inject(Fault(kind=FaultKind.REFUSE))
    with pytest.raises(AuthenticationFailed):
        await answer(hub, ask())
    assert hub.metrics.failures == 1


async def test_nobody_stands_in_after_the_first_word(house: House) -> None:
    house.simulators[0].script(Turn(content=("Well, ",), error="out of memory"))
    hub = await house.hub(talk=(TALKER, replace(TALKER, server=1)))
    answering = hub.chat(ask())
    assert words([await anext(answering)]) == "Well, "
    with pytest.raises(HomelabError, match="out of memory"):
        await anext(answering)
    assert house.bodies(1) == []


async def test_a_wrong_question_is_not_asked_again(house: House) -> None:
    hub = await house.hub(talk=(replace(TALKER, name="gemma3:270m"), replace(TALKER, server=1)))
    house.simulators[0].install(["gemma3:270m"])
    with pytest.raises(InputInvalid, match="does not support tools"):
        await answer(hub, ask(tools=(TOOL,)))
    assert house.bodies(1) == []


async def test_a_model_without_tools_does_not_stand_in_for_one_with_them(house: House) -> None:
    house.simulators[0].install(["gemma3:270m"])
    hub = await house.hub(talk=(TALKER, ModelChoice(name="gemma3:270m")))
    await hub.status()
    with pytest.raises(NotFound):
        await answer(hub, ask(tools=(TOOL,)))
    assert (await answer(hub, ask()))[-1].done_reason == "stop"


async def test_the_traits_of_the_chosen_models_are_learnt_with_the_status_and_asked_for_once(house: House) -> None:
    hub = await house.hub()
    assert hub.traits(Purpose.WRITE).tools_in == "last_user"
    await hub.status()
    await hub.status()
    assert hub.traits().tools_in == "last_user"
    assert hub.traits(Purpose.WRITE).tools_in == "system"
    assert hub.traits(model=OTHER).context_length == 32_768
    assert sum(seen.path == "/api/show" for seen in house.proxies[0].seen) == 2


async def test_a_model_that_can_think_does_not_when_somebody_listens(house: House) -> None:
    house.simulators[0].install([THINKER])
    hub = await house.hub(talk=(ModelChoice(name=THINKER),), write=(ModelChoice(name=THINKER),))
    await hub.status()
    for request in (ask(), ask(purpose=Purpose.WRITE), ask(think=True)):
        await answer(hub, request)
    assert [body.get("think") for body in house.bodies()] == [False, None, True]


async def test_voice_goes_before_the_chats_that_wait(house: House) -> None:
    hub = await house.hub()
    house.simulators[0].script(Turn(content=("a", "b")))
    first = hub.chat(ask("first"))
    await anext(first)
    async with asyncio.TaskGroup() as group:
        for text, priority in (("task", Priority.TASK), ("chat", Priority.CHAT), ("voice", Priority.VOICE)):
            group.create_task(answer(hub, ask(text, priority=priority)))
        await until(lambda: hub.metrics.waiting == 3)
        async for _ in first:
            pass
    texts = [chat.body["messages"][-1]["content"] for chat in house.simulators[0].chats]
    assert texts == ["first", "voice", "chat", "task"]


async def test_a_voice_turn_stops_background_work_which_begins_anew(house: House) -> None:
    hub = await house.hub()
    house.simulators[0].script(Turn(content=("a", "b"), stall=True))
    working = asyncio.create_task(answer(hub, ask("explain", priority=Priority.BACKGROUND)))
    await house.proxies[0].asked("/api/chat")
    assert (await answer(hub, ask("quick", priority=Priority.VOICE)))[-1].done_reason == "stop"
    assert (await working)[-1].done_reason == "stop"
    simulated = house.simulators[0].chats
    assert [chat.body["messages"][-1]["content"] for chat in simulated] == ["explain", "quick", "explain"]
    assert await simulated[0].ended == "cancelled"


async def test_the_slot_is_free_when_the_answer_is_whole_and_when_nobody_listens_any_more(house: House) -> None:
    hub = await house.hub()
    async with aclosing(hub.chat(ask())) as slow:
        async for delta in slow:
            if delta.done_reason:
                assert await answer(hub, ask())
    async with aclosing(hub.chat(ask())) as given_up:
        await anext(given_up)
    assert await answer(hub, ask())


async def test_the_metrics_tell_of_the_recent_turns(house: House) -> None:
    now = 0.0
    hub = await house.hub(clock=lambda: now)
    told = []
    stop = hub.listen(lambda: told.append(hub.metrics.turns))
    assert (hub.metrics.ttft, hub.metrics.ttft_p95, hub.metrics.cache_hit) == (None, None, None)
    house.simulators[0].settings = Settings(prefill=True, token_delay=0.001)
    text = "What did the rack say to the switch? " * 40
    for seconds in (1.0, 3.0):
        answering = hub.chat(ask(text))
        asking = asyncio.create_task(anext(answering))
        await house.proxies[0].asked("/api/chat")
        now += seconds
        await asking
        async for _ in answering:
            pass
        house.proxies[0].seen.clear()
    stop()
    await answer(hub, ask())
    metrics = hub.metrics
    assert told == [1, 2]
    assert (metrics.turns, metrics.failures, metrics.waiting) == (3, 0, 0)
    assert (metrics.ttft, metrics.ttft_p50, metrics.queue_wait) == (0.0, 1.0, 0.0)
    assert metrics.ttft_p95
    assert 1.0 < metrics.ttft_p95 < 3.0
    assert metrics.tokens_per_second
    assert 0 < metrics.tokens_per_second < 1000
    assert metrics.context_used
    assert 0 < metrics.context_used < 0.1


async def test_a_prompt_that_was_read_before_shows_in_the_metrics(house: House) -> None:
    hub = await house.hub()
    house.simulators[0].settings = Settings(prefill=True)
    hits = []
    for text in ("a" * 8000, "a" * 8000, "b" * 8000):
        await answer(hub, ask(text))
        hits.append(hub.metrics.cache_hit)
    first, again, other = hits
    assert first is None
    assert again
    assert other is not None
    assert again > 0.5 > other


async def test_what_is_wrong_with_a_hub_that_answers_is_told(house: House) -> None:
    house.simulators[0].install([MODEL])
    house.simulators[0].settings = Settings(on_gpu=0.5, most_context=2048)
    hub = await house.hub()
    await answer(hub, ask())
    status = await hub.status()
    size = status.loaded[0].size
    assert hub.warnings == (
        HubWarning(kind=HubWarningKind.OTHER_CONTEXT, model=MODEL, expected=4096, actual=2048),
        HubWarning(kind=HubWarningKind.PARTLY_ON_CPU, model=MODEL, expected=size, actual=size // 2),
        HubWarning(kind=HubWarningKind.MODEL_MISSING, model=OTHER),
    )
    house.simulators[0].settings = Settings()
    house.simulators[0].evict()
    async for _ in hub.pull(OTHER):
        pass
    await hub.load()
    await hub.status()
    assert hub.warnings == ()


async def test_what_is_wrong_with_a_server_that_stands_in_is_told_too(house: House) -> None:
    house.simulators[1].install([OTHER])
    hub = await house.hub(talk=(TALKER, replace(TALKER, server=1)))
    await hub.status()
    assert hub.warnings == (HubWarning(kind=HubWarningKind.MODEL_MISSING, model=MODEL, server=1),)
    async for _ in hub.pull(MODEL, server=1):
        pass
    await hub.status()
    assert hub.warnings == ()
    await house.proxies[1].inject(Fault(kind=FaultKind.REFUSE))
    assert (await hub.status()).version


async def test_the_chosen_model_is_loaded_and_sent_away(house: House) -> None:
    hub = await house.hub()
    await hub.load(Purpose.WRITE)
    (loaded,) = (await hub.status()).loaded
    assert (loaded.name, loaded.context_length) == (OTHER, 2048)
    await hub.unload(model=OTHER)
    assert (await hub.status()).loaded == ()


@pytest.mark.parametrize(
    ("talk", "sentence"),
    [
        ((TALKER, replace(TALKER, context_length=8192)), "has two context lengths, 4096 and 8192"),
        ((replace(TALKER, server=2),), "is to run on server 2, which is not set up"),
    ],
)
async def test_choices_that_contradict_each_other_are_refused(
    house: House, talk: tuple[ModelChoice, ...], sentence: str
) -> None:
    with pytest.raises(InputInvalid, match=sentence):
        await house.hub(talk=talk)
