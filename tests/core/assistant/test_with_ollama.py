from collections.abc import AsyncIterator
from copy import replace
from typing import Any

import aiohttp
import pytest

from assistant_core.assistant import Assistant, ModelSettings, Utterance
from assistant_core.models.chat import Role
from assistant_core.ollama import OllamaClient
from demo.faults import Fault, FaultKind, FaultProxy
from demo.ollama import OllamaSimulator
from demo.ollama_rules import Turn
from demo.serving import serving

type Stage = Any

QUESTION = "Explain to me what the weather in my cluster is like"
MODEL = "llama3.1:8b-demo-rules"


@pytest.fixture
def simulator() -> OllamaSimulator:
    return OllamaSimulator()


@pytest.fixture
async def hub(simulator: OllamaSimulator) -> AsyncIterator[FaultProxy]:
    async with serving(simulator) as proxy:
        yield proxy


@pytest.fixture
async def talking(stage: Stage, hub: FaultProxy) -> AsyncIterator[Stage]:
    async with aiohttp.ClientSession() as session:
        stage.model = OllamaClient(session, hub.url)
        stage.settings = ModelSettings(model=MODEL)
        yield stage


async def test_a_turn_looks_up_the_findings_and_answers_from_them(talking: Stage, simulator: OllamaSimulator) -> None:
    talking.house.has("Back-off pulling image")
    heard = await talking.say("Explain the problems of my cluster to me")
    assert [used.name for used in heard.used] == ["findings"]
    assert "Back-off pulling image" in heard.text
    assert heard.finished.stats.prompt_tokens > 0
    body = simulator.chats[-1].body
    assert body["options"] == {"num_ctx": 8192, "num_predict": 512}
    assert [message["role"] for message in body["messages"]] == ["system", "user", "assistant", "tool"]


async def test_a_model_that_proposes_is_answered_with_our_read_back(talking: Stage) -> None:
    heard = await talking.say("I think it would be good to scale jellyfin to 3 now that the family is here")
    (proposal,) = talking.desk.awaiting
    assert heard.text.endswith(f'Say "confirm {proposal.code}".')
    assert heard.finished.continue_conversation


async def test_json_in_a_fence_is_executed_and_never_spoken(talking: Stage, simulator: OllamaSimulator) -> None:
    simulator.script(
        Turn(
            content=("```", "json", "\n", "{\n", ' "', "name", '":', ' "health"', ",", '"arguments": {}', "}\n", "```")
        ),
        Turn.saying("All is well."),
    )
    heard = await talking.say(QUESTION)
    assert [used.name for used in heard.used] == ["health"]
    assert heard.text == "All is well."


async def test_a_hub_that_refuses_is_named_with_what_is_known(talking: Stage, hub: FaultProxy) -> None:
    talking.house.has("Back-off", "OOMKilled")
    await hub.inject(Fault(kind=FaultKind.REFUSE))
    heard = await talking.say(QUESTION)
    assert heard.text == "The AI hub refuses connections; the cluster has two problems."
    await hub.clear()
    assert (await talking.say(QUESTION)).finished.messages[-1].role is Role.ASSISTANT


async def test_sentences_and_changes_need_no_hub(talking: Stage, hub: FaultProxy) -> None:
    await hub.inject(Fault(kind=FaultKind.REFUSE))
    await talking.say("scale jellyfin to 3")
    assert (await talking.say("confirm")).text.startswith("Pull request 12 is open")
    assert not hub.seen


async def test_an_answer_that_breaks_off_keeps_what_was_said(
    talking: Stage, hub: FaultProxy, simulator: OllamaSimulator
) -> None:
    simulator.script(Turn.saying("The first words are here, and then many others should follow. " * 20))
    await hub.inject(Fault(kind=FaultKind.CUT, path="/api/chat", after=1500, times=1))
    heard = await talking.say(QUESTION)
    assert heard.text.startswith("The first words are")
    assert "I had to stop there. The connection to the AI hub broke while it answered." in heard.text
    assert heard.finished.messages[-1].content == heard.text


@pytest.mark.parametrize(
    ("turn", "said"),
    [
        (Turn(content=("Two pods ", "fail "), done=False), "broke off before its answer was done."),
        (
            Turn(
                content=("Two pods ", "fail "), error="an error was encountered while running the model: unexpected EOF"
            ),
            "an error was encountered while running the model: unexpected EOF.",
        ),
    ],
)
async def test_an_error_within_an_answer_is_told_after_it(
    talking: Stage, simulator: OllamaSimulator, turn: Turn, said: str
) -> None:
    simulator.script(turn)
    heard = await talking.say(QUESTION)
    assert heard.text.startswith("Two pods fail … I had to stop there. The Ollama server at 127.0.0.1")
    assert heard.text.endswith(said)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(kind=FaultKind.STATUS, path="/api/chat", status=401), "The AI hub does not accept our credentials."),
        (Fault(kind=FaultKind.STATUS, path="/api/chat", status=502, body="<html>Bad Gateway</html>"), "502"),
        (Fault(kind=FaultKind.GARBAGE, path="/api/chat"), "is not an Ollama server"),
        (
            Fault(kind=FaultKind.STATUS, path="/api/chat", status=503, body='{"error": "server busy"}'),
            "has too much to do",
        ),
    ],
)
async def test_a_failing_hub_gets_one_clear_sentence(talking: Stage, hub: FaultProxy, fault: Fault, said: str) -> None:
    await hub.inject(fault)
    heard = await talking.say(QUESTION)
    assert said in heard.text
    assert "<" not in heard.text
    assert not heard.finished.continue_conversation


async def test_a_model_that_is_not_there_is_named(talking: Stage) -> None:
    talking.settings = replace(talking.settings, model="llama9:1t")
    assert "has no model llama9:1t" in (await talking.say(QUESTION)).text


async def test_leaving_a_turn_stops_the_model(talking: Stage, simulator: OllamaSimulator) -> None:
    simulator.script(Turn(content=("Once ", "upon "), stall=True))
    assistant = Assistant(talking.house, talking.desk, talking.model, talking.settings, speech=[talking.speech])
    turn = assistant.turn(Utterance(text=QUESTION, requester=talking.requester))
    await anext(turn)
    await turn.aclose()
    assert await simulator.chats[-1].ended == "cancelled"
