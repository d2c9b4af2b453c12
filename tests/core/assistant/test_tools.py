"""Calls as small models write them, and what becomes of them."""

from collections.abc import AsyncGenerator, Mapping
import json
from typing import Any, override

import pytest

from assistant_core.errors import ConnectionFailed
from assistant_core.models.chat import ChatDelta, ChatRequest, Role, ToolCall, ToolSpec
from assistant_core.models.hub import ModelTraits
from assistant_core.ports import ChatModel, ToolBox

type Stage = Any

QUESTION = "Tell me about the cluster in your own words"
HOME_QUESTION = "Turn on the light with a timer and a number"


class Everything(ToolBox):
    """A tool with an argument of every kind; it remembers its calls."""

    def __init__(self) -> None:
        self.calls: list[Mapping[str, Any]] = []

    @override
    def specs(self) -> tuple[ToolSpec, ...]:
        properties = {
            "name": {"type": "string"},
            "area": {"type": "string"},
            "domain": {"type": "array", "items": {"type": "string"}},
            "brightness": {"type": "integer", "minimum": 0, "maximum": 100},
            "temperature": {"type": "number"},
            "flash": {"type": "boolean"},
            "mode": {"type": "string", "enum": ["night_mode", "day"]},
            "extra": {"type": "object", "properties": {"seconds": {"type": "integer"}}},
        }
        return (ToolSpec(name="HassTurnOn", description="Turn on.", parameters={"properties": properties}),)

    @override
    async def call(self, call: ToolCall) -> str:
        self.calls.append(call.arguments)
        return "done"


class Forgetful(ChatModel):
    """Calls `arguments` once, then answers; it fails the test when it is asked again."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self._deltas = [
            ChatDelta(tool_calls=(ToolCall(id="1", name="HassTurnOn", arguments=arguments),)),
            ChatDelta(content="Done."),
        ]

    @override
    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatDelta]:
        yield self._deltas.pop(0)
        yield ChatDelta(done_reason="stop")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"name": "Lamp"}, {"name": "Lamp"}),
        ({"name": "Lamp", "brightness": "50"}, {"name": "Lamp", "brightness": 50}),
        ({"brightness": "50.0"}, {"brightness": 50}),
        ({"brightness": 50.0}, {"brightness": 50}),
        ({"temperature": "21.5"}, {"temperature": 21.5}),
        ({"name": 7}, {"name": "7"}),
        ({"name": ["Lamp"]}, {"name": "Lamp"}),
        ({"domain": "light"}, {"domain": ["light"]}),
        ({"domain": "light, switch"}, {"domain": ["light", "switch"]}),
        ({"domain": "['light']"}, {"domain": ["light"]}),
        ({"flash": "true"}, {"flash": True}),
        ({"flash": "No"}, {"flash": False}),
        ({"mode": "Night-Mode"}, {"mode": "night_mode"}),
        ({"entity": "Lamp"}, {"name": "Lamp"}),
        ({"entity_id": "Lamp", "room": "Hall"}, {"name": "Lamp", "area": "Hall"}),
        ({"Name": "Lamp"}, {"name": "Lamp"}),
        ({"parameters": {"name": "Lamp"}}, {"name": "Lamp"}),
        ({"name": "HassTurnOn", "arguments": {"name": "Lamp"}}, {"name": "Lamp"}),
        ({"arguments": '{"name": "Lamp",}'}, {"name": "Lamp"}),
        ({"parameters": {"arguments": {"name": "Lamp"}}}, {"name": "Lamp"}),
        ({"name": "Lamp", "area": "", "domain": [], "brightness": None, "mode": "null"}, {"name": "Lamp"}),
        ({"extra": {"seconds": "3"}}, {"extra": {"seconds": 3}}),
        ({"extra": "{'seconds': 3}"}, {"extra": {"seconds": 3}}),
    ],
)
async def test_what_a_small_model_means_is_understood(
    stage: Stage, written: dict[str, Any], meant: dict[str, Any]
) -> None:
    box = Everything()
    stage.model = Forgetful(written)
    heard = await stage.say(HOME_QUESTION, tools=[box])
    assert heard.text == "Done."
    assert box.calls == [meant]


@pytest.mark.parametrize(
    "written",
    [
        {"brightness": "half"},
        {"brightness": 50.5},
        {"brightness": True},
        {"brightness": 101},
        {"temperature": float("nan")},
        {"name": ["Lamp", "Oven"]},
        {"name": {"of": "Lamp"}},
        {"flash": "perhaps"},
        {"mode": "dusk"},
        {"extra": "[1, 2"},
    ],
)
async def test_what_is_wrong_all_the_same_is_told_and_not_called(stage: Stage, written: dict[str, Any]) -> None:
    box = Everything()
    stage.model = Forgetful(written)
    heard = await stage.say(HOME_QUESTION, tools=[box])
    assert not box.calls
    assert heard.used[0].result["error"].startswith("Wrong arguments: ")


async def test_a_workload_may_be_named_with_its_namespace(stage: Stage) -> None:
    call = ToolCall(id="1", name="propose_change", arguments={"app": "green/web", "count": "3"})
    stage.model.says([ChatDelta(tool_calls=(call,))])
    await stage.say(QUESTION)
    (proposal,) = stage.desk.awaiting
    assert (proposal.target.namespace, proposal.target.after) == ("green", "3")


MACHINE = b"""resource "proxmox_virtual_environment_vm" "ai_hub" {
  name = "ai-hub"
  memory {
    dedicated = 8192
  }
}
"""
RELEASE = b"""apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: traefik, namespace: home}
spec:
  chart: {spec: {chart: traefik, version: 29.0.0}}
  values: {persistence: {size: 5Gi}}
"""


@pytest.mark.parametrize(
    ("arguments", "change"),
    [
        ({"workload": "jellyfin", "tag": "10.9.7"}, "Jellyfin in media: image from 1 to 10.9.7"),
        ({"workload": "jellyfin", "memory": "1.5Gi"}, "Jellyfin in media: memory set to 1.5 gigabytes"),
        ({"workload": "media/jellyfin", "cpu": "2"}, "Jellyfin in media: CPU set to 2"),
        ({"workload": "jellyfin", "env": "TZ = Europe/Berlin"}, "Jellyfin in media: TZ set to"),
        ({"workload": "jellyfin", "restart": True}, "Jellyfin in media: restart"),
        ({"workload": "traefik", "storage": "8Gi"}, "Traefik in home: storage from 5 gigabytes to 8 gigabytes"),
        ({"workload": "traefik", "chart": "30.1.0"}, "Traefik in home: version from 29.0.0 to 30.1.0"),
        ({"workload": "traefik", "suspend": True}, "Traefik in home: suspended"),
        ({"workload": "ai-hub", "memory": "16Gi"}, "Ai-hub: from 8192 MiB of memory to 16384 MiB of memory"),
    ],
)
async def test_other_changes_are_read_back_as_well(stage: Stage, arguments: dict[str, Any], change: str) -> None:
    stage.repository.more |= {"apps/home/traefik.yaml": RELEASE, "machines.tf": MACHINE}
    stage.model.says([ChatDelta(tool_calls=(ToolCall(id="1", name="propose_change", arguments=arguments),))])
    heard = await stage.say(QUESTION)
    assert heard.text.startswith(change)
    assert not stage.repository.drafts


@pytest.mark.parametrize("more", [{}, {"replicas": 2, "tag": "2"}, {"replicas": 2, "memory": "2Gi"}])
async def test_a_proposal_is_exactly_one_change(stage: Stage, more: dict[str, Any]) -> None:
    call = ToolCall(id="1", name="propose_change", arguments={"workload": "jellyfin", **more})
    stage.model.says([ChatDelta(tool_calls=(call,))], [ChatDelta(content="What shall I change?")])
    heard = await stage.say(QUESTION)
    assert heard.used[0].result == {
        "error": "Propose exactly one of replicas, tag, storage, chart, memory, cpu, env, restart, suspend; "
        "env is NAME=value."
    }
    assert not stage.desk.proposals


async def test_the_same_call_sent_and_written_is_made_once(stage: Stage) -> None:
    call = ToolCall(id="1", name="health", arguments={})
    both = [ChatDelta(content='{"name": "health", "arguments": {}}'), ChatDelta(tool_calls=(call,))]
    stage.model.says(both, [ChatDelta(content="Fine.")])
    assert len((await stage.say(QUESTION)).used) == 1


async def test_a_huge_result_is_cut_to_what_fits(stage: Stage) -> None:
    stage.house.has(*["x" * 290 + str(number) for number in range(40)])
    stage.settings = type(stage.settings)(context_length=2048, max_tokens=200)
    call = ToolCall(id="1", name="findings", arguments={})
    stage.model.says([ChatDelta(tool_calls=(call,))], [ChatDelta(content="Many.")])
    heard = await stage.say(QUESTION)
    assert heard.text == "Many."
    assert len(stage.model.requests[1].messages[-1].content) < 6000


class Talker(ChatModel):
    """Knows no tools: answers with the pieces it was given, whatever it is asked."""

    def __init__(self, *answers: str, size: int = 5) -> None:
        self.requests: list[ChatRequest] = []
        self._answers = list(answers)
        self._size = size

    @override
    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatDelta]:
        self.requests.append(request)
        answer = self._answers.pop(0)
        for at in range(0, len(answer), self._size):
            yield ChatDelta(content=answer[at : at + self._size])
        yield ChatDelta(done_reason="stop")


@pytest.fixture
def untooled(stage: Stage) -> Stage:
    stage.traits = ModelTraits(tools=False)
    return stage


@pytest.mark.parametrize("size", [1, 4, 1000])
async def test_a_model_without_tools_is_held_to_a_schema_and_its_answer_streams(untooled: Stage, size: int) -> None:
    written = json.dumps({"answer": 'All **is** "well" \u00e4\U0001f600\nnow.'})
    untooled.model = Talker(written, size=size)
    heard = await untooled.say(QUESTION)
    assert heard.text == 'All is "well" ä\U0001f600\nnow.'
    (request,) = untooled.model.requests
    assert not request.tools
    assert request.format["anyOf"][0]["required"] == ["answer"]
    assert "findings(): " in request.messages[0].content
    assert (
        "propose_change(workload, replicas?: integer, tag?, memory?, cpu?, storage?, env?, restart?: boolean, "
        "chart?, suspend?: boolean): " in request.messages[0].content
    )


async def test_a_model_without_tools_uses_them_all_the_same(untooled: Stage) -> None:
    untooled.house.has("Back-off")
    untooled.model = Talker('{"name": "findings", "arguments": {}}', '{"answer": "One problem."}')
    heard = await untooled.say(QUESTION)
    assert heard.text == "One problem."
    assert [used.name for used in heard.used] == ["findings"]
    asked = untooled.model.requests[1].messages
    assert [message.role for message in asked] == [Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.USER]
    assert asked[2].content == '{"name":"findings","arguments":{}}'
    assert asked[3].content.startswith('Result of findings: {"count":1')
    await untooled.say("scale jellyfin to 2")


@pytest.mark.parametrize(
    "written",
    [
        '{"name": "approve", "arguments": {"code": "blue seven"}}',
        '{"answer": ""}',
        '{"something": "else"}',
        "{",
        '["answer"]',
        "no JSON at all",
        '{"answer": "{\\"name\\": \\"HassUnlock\\", \\"arguments\\": {}}"}',
    ],
)
async def test_what_is_no_answer_is_never_spoken(untooled: Stage, written: str) -> None:
    untooled.model = Talker(*[written] * 6)
    heard = await untooled.say(QUESTION)
    assert heard.text in (
        "The model gave no answer.",
        "The model asked for something that does not exist, so I stopped it.",
    )
    assert not untooled.desk.proposals


async def test_after_an_ambiguous_proposal_the_answer_needs_no_model(stage: Stage) -> None:
    call = ToolCall(id="1", name="propose_change", arguments={"workload": "web", "replicas": 4})
    stage.model.says([ChatDelta(tool_calls=(call,))], [ChatDelta(content="Which one do you mean?")])
    heard = await stage.say("I would like four of that web thing")
    assert heard.finished.continue_conversation
    stage.model.says([ConnectionFailed("Nobody should ask.")])
    await stage.say("the one in green")
    (proposal,) = stage.desk.awaiting
    assert (proposal.target.namespace, proposal.target.after) == ("green", "4")
    assert proposal.words == "I would like four of that web thing"
