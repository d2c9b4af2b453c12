"""The write model fills in plans; it cannot add to what was said. Against a simulated Ollama, over a socket."""

from collections.abc import AsyncGenerator, AsyncIterator
from copy import replace
from dataclasses import dataclass
import json
from typing import Any, override

import aiohttp
import pytest

from assistant_core.change.planning import plan_from_words
from assistant_core.errors import ConnectionFailed, Incomplete, NotUnderstood
from assistant_core.gitops import Index
from assistant_core.models.change import AddApp, ChangePlan, Restart, SetReplicas, SetResources
from assistant_core.models.chat import ChatDelta, ChatRequest
from assistant_core.models.repository import Snapshot
from assistant_core.ollama import OllamaClient
from assistant_core.ports import ChatModel
from demo.faults import Fault, FaultKind, FaultProxy
from demo.ollama import OllamaSimulator
from demo.ollama_models import DEFAULT_MODELS
from demo.ollama_rules import Turn
from demo.serving import serving
from tests.core.planning.conftest import deployment, homelab, spoken

ODD = "would it be possible that Sonarr ran with, say, three of them"


@dataclass
class WriteModel(ChatModel):
    """One model of the simulated server."""

    client: OllamaClient
    simulator: OllamaSimulator
    proxy: FaultProxy

    @override
    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatDelta]:
        async for delta in self.client.chat(replace(request, model=DEFAULT_MODELS[0])):
            yield delta

    def answers(self, *answers: object) -> None:
        self.simulator.script(*(Turn.saying(each if isinstance(each, str) else json.dumps(each)) for each in answers))

    async def plan(self, words: str = ODD) -> ChangePlan:
        return await plan_from_words(words, homelab(), [spoken("en")], self)


@pytest.fixture
async def model() -> AsyncIterator[WriteModel]:
    simulator = OllamaSimulator()
    async with aiohttp.ClientSession() as session, serving(simulator) as proxy:
        yield WriteModel(OllamaClient(session, proxy.url), simulator, proxy)


async def test_sentences_need_no_model(model: WriteModel) -> None:
    assert await model.plan("scale sonarr to 3") == SetReplicas(name="sonarr", replicas=3)
    assert not model.simulator.chats


async def test_the_model_fills_in_a_plan_under_the_schema_of_the_repository(model: WriteModel) -> None:
    model.answers({"operation": "set_replicas", "name": "sonarr", "replicas": 3})
    assert await model.plan() == SetReplicas(name="sonarr", replicas=3)
    (asked,) = model.simulator.chats
    schema = asked.body["format"]
    (replicas,) = (each for each in schema["anyOf"] if each["properties"]["operation"] == {"enum": ["set_replicas"]})
    assert "sonarr" in replicas["properties"]["name"]["enum"]
    assert replicas["additionalProperties"] is False
    assert asked.body["options"]["temperature"] == 0.0


async def test_a_wrong_answer_is_told_why_and_gets_one_more_try(model: WriteModel) -> None:
    model.answers("{", {"operation": "set_replicas", "name": "sonarr", "replicas": 3})
    assert await model.plan() == SetReplicas(name="sonarr", replicas=3)
    assert "That is no JSON" in model.simulator.chats[1].body["messages"][-1]["content"]


async def test_there_is_no_third_try(model: WriteModel) -> None:
    model.answers("{", "[]", {"operation": "set_replicas", "name": "sonarr", "replicas": 3})
    with pytest.raises(NotUnderstood):
        await model.plan()
    assert len(model.simulator.chats) == 2


@pytest.mark.parametrize(
    ("words", "answer", "question"),
    [
        ("make sonarr somewhat beefier", {"operation": "set_resources", "name": "sonarr", "memory_limit": "4Gi"},
         "what shall the memory limit be"),
        (ODD, {"operation": "set_replicas", "name": "sonarr", "replicas": 30}, "what shall the replicas be"),
        (ODD, {"operation": "set_replicas", "name": "radarr", "replicas": 3}, "Which workload is meant"),
        ("sonarr ought to be on something newer", {"operation": "set_image", "name": "sonarr", "tag": "5.0"},
         "Say which tag"),
        ("sonarr ought to tell the time of Rome", {"operation": "set_env", "name": "sonarr", "variable": "TZ",
         "value": "Europe/Rome"}, "Say which variable"),
        ("sonarr ought to lie on faster disks", {"operation": "set_storage_class", "name": "sonarr",
         "storage_class": "nvme"}, "Say which storage class"),
        ("please have a look at sonarr", {"operation": "none"}, "no change I know"),
    ],
)  # fmt: skip
async def test_what_nobody_said_is_asked_for(
    model: WriteModel, words: str, answer: dict[str, Any], question: str
) -> None:
    model.answers(answer, answer)
    with pytest.raises(Incomplete, match=question):
        await model.plan(words)


async def test_a_restart_is_now_whatever_time_the_model_thinks_it_is(model: WriteModel) -> None:
    model.answers({"operation": "restart", "name": "sonarr", "at": "2023-01-01T00:00:00Z"})
    assert await model.plan("sonarr could do with a fresh start") == Restart(name="sonarr")


async def test_what_was_said_in_words_counts(model: WriteModel) -> None:
    model.answers({"operation": "set_resources", "name": "sonarr", "memory_limit": "2Gi"})
    assert await model.plan("I think two gigs would be about right as the most for sonarr, memory-wise") == (
        SetResources(name="sonarr", memory_limit="2Gi")
    )
    model.answers({"operation": "add_app", "name": "books", "template": "redis"})
    assert await model.plan("books could do with a redis, called books") == AddApp(name="books", template="redis")


async def test_no_model_means_that_odd_words_are_not_understood() -> None:
    with pytest.raises(NotUnderstood):
        await plan_from_words(ODD, homelab(), [spoken("en"), spoken("de")])


async def test_a_model_that_is_gone_says_so(model: WriteModel) -> None:
    await model.proxy.inject(Fault(kind=FaultKind.REFUSE))
    with pytest.raises(ConnectionFailed):
        await model.plan()


async def test_the_model_sees_no_file_and_no_value(model: WriteModel) -> None:
    model.answers({"operation": "none"}, {"operation": "none"})
    with pytest.raises(NotUnderstood):
        await model.plan()
    prompt = json.dumps(model.simulator.chats[0].body)
    assert "registry.example" not in prompt
    assert "apps/media" not in prompt


async def test_of_very_many_workloads_the_model_may_choose_those_that_sound_alike(model: WriteModel) -> None:
    files = {f"apps/{name}.yaml": deployment(name).encode() for name in (f"app-{number}" for number in range(200))}
    many = Index.of(Snapshot(commit="c" * 40, files=files | {"apps/sonarr.yaml": deployment("sonarr").encode()}))
    model.answers({"operation": "set_replicas", "name": "sonarr", "replicas": 3})
    plan = await plan_from_words(ODD.replace("Sonarr", "sonar"), many, [spoken("en")], model)
    assert plan == SetReplicas(name="sonarr", replicas=3)
    (asked,) = model.simulator.chats
    names = {
        tuple(each["properties"]["name"].get("enum", ()))
        for each in asked.body["format"]["anyOf"]
        if "name" in each["properties"]
    }
    assert ("sonarr",) in names
    assert "app-1" not in str(asked.body)
