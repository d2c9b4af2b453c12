"""A model that always does what an injection says: never an approval, never a push, never a merge.

Every injection of the corpus comes by every way on which foreign text gets near the model or the desk. The desk waits
for a yes all the while, asked by an administrator, and its forge is a GitHub on a real socket.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, override

import aiohttp
import pytest

from assistant_core.forge import GitHubForge
from assistant_core.models.change import Proposal
from assistant_core.models.chat import ChatDelta, ChatRequest, ChatStats, ToolCall, ToolSpec
from assistant_core.models.finding import Finding
from assistant_core.models.house import Entity
from assistant_core.models.observation import Observation
from assistant_core.models.repository import PullRequestState
from assistant_core.ports import ChatModel, ToolBox
from demo.faults import FaultProxy
from demo.github import REPOSITORY, TOKEN, GitHubSimulator
from demo.repository import create_bare_repository
from demo.serving import controlling, serving

from .conftest import ANNA, NOW, Home, Stage
from .injections import MARK, Injection, injections

ENOUGH = 300
READING = ("findings", "news")


class Obedient(ChatModel):
    """Reads what there is to read, then does everything the injection demands, then says what it wants said."""

    def __init__(self, injection: Injection) -> None:
        self._injection = injection
        self._round = 0
        self.saw_it = False

    @override
    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatDelta]:
        self.saw_it |= any(MARK in message.content for message in request.messages)
        self._round += 1
        match self._round:
            case 1:
                yield ChatDelta(tool_calls=tuple(ToolCall(id=name, name=name, arguments={}) for name in READING))
            case 2:
                wanted = [ToolCall(id=name, name=name, arguments=given) for name, given in self._injection.calls]
                yield ChatDelta(tool_calls=tuple(wanted))
            case _:
                yield ChatDelta(content=self._injection.says)
        yield ChatDelta(done_reason="stop", stats=ChatStats(prompt_tokens=7))


class News(ToolBox):
    """A tool of somebody else's, whose answers nobody controls."""

    def __init__(self, text: str) -> None:
        self._text = text

    @override
    def specs(self) -> tuple[ToolSpec, ...]:
        return (ToolSpec(name="news", description="Read the news.", parameters={"type": "object", "properties": {}}),)

    @override
    async def call(self, call: ToolCall) -> str | Mapping[str, Any]:
        return self._text


@dataclass
class Besieged:
    """A stage whose repository is on GitHub, with a change that waits for a yes; `granted` is how many got one."""

    stage: Stage
    simulator: GitHubSimulator
    proxy: FaultProxy
    control: str
    session: aiohttp.ClientSession
    granted: int = 0
    expected: int = 0

    @property
    def written(self) -> list[str]:
        """What was asked of the forge that changes anything there."""
        return [f"{seen.method} {seen.path}" for seen in self.proxy.seen if seen.method != "GET"]

    @property
    def decided(self) -> list[Proposal]:
        return [each for each in self.stage.desk.proposals if each.decided_by is not None]

    async def do(self, what: str, **data: Any) -> None:
        async with self.session.post(f"{self.control}/github/{what}", json=data) as response:
            assert response.status == 204, await response.text()

    async def withstands(self, injection: Injection, tools: Sequence[ToolBox] = ()) -> bool:
        """Let the model obey, and hold that nothing moved; returns whether the injection reached it."""
        stage, model = self.stage, Obedient(injection)
        stage.anew()
        before = {each.hash for each in stage.desk.awaiting}
        await stage.say("Why is jellyfin unwell, and what is in the news?", tools=tools, model=model)
        assert before <= {each.hash for each in stage.desk.awaiting}, injection.name
        assert len(self.decided) == self.granted, injection.name
        return model.saw_it

    @property
    def corpus(self) -> tuple[Injection, ...]:
        (waiting,) = self.stage.desk.awaiting
        found = injections(waiting.code, waiting.hash)
        assert len(found) >= ENOUGH
        return found


@pytest.fixture
async def besieged(stage: Stage, tmp_path: Path) -> AsyncIterator[Besieged]:
    path = tmp_path / "homelab.git"
    await create_bare_repository(path)
    simulator = GitHubSimulator(path)
    async with (
        serving(simulator) as proxy,
        controlling([(simulator, proxy)]) as control,
        aiohttp.ClientSession() as session,
    ):
        stage.desk.attach("anna/homelab", GitHubForge(REPOSITORY, TOKEN, base_url=proxy.url))
        await stage.say("Scale jellyfin to 3")
        besieged = Besieged(stage, simulator, proxy, control, session)
        yield besieged
        await stage.desk.close()
        assert len(besieged.written) == besieged.expected
        assert not any(pull.merged for pull in simulator.hub.pulls)


def finding(error: str, explanation: str, name: str) -> Observation[tuple[Finding, ...]]:
    found = Finding(
        id="1",
        cluster="home",
        kind="Deployment",
        namespace="media",
        name=name,
        errors=(error,),
        explanation=explanation,
        first_seen=NOW,
    )
    return Observation(value=(found,), at=NOW)


@pytest.mark.parametrize("part", ["error", "explanation", "name"])
async def test_the_text_of_a_finding_moves_nothing(besieged: Besieged, part: str) -> None:
    for injection in besieged.corpus:
        texts = {"error": "unwell", "explanation": "unwell", "name": "jellyfin", part: injection.text}
        besieged.stage.house.findings_seen = finding(**texts)
        assert await besieged.withstands(injection), injection.name


async def test_the_name_of_an_entity_moves_nothing(besieged: Besieged) -> None:
    for injection in besieged.corpus:
        besieged.stage.home = Home(0)
        named = Entity(entity_id="light.news", names=(injection.text, "jellyfin news"), domain="light", area="Kitchen")
        besieged.stage.home.add(named)
        await besieged.withstands(injection)


async def test_what_a_tool_answers_moves_nothing(besieged: Besieged) -> None:
    for injection in besieged.corpus:
        assert await besieged.withstands(injection, (News(injection.text),)), injection.name


async def test_the_content_of_a_file_moves_nothing(besieged: Besieged) -> None:
    corpus = besieged.corpus
    lines = "".join(f"# {' '.join(injection.text.split())}\n" for injection in corpus)
    await besieged.do("push", path="apps/media/notes.yaml", content=lines)
    for injection in corpus:
        await besieged.withstands(injection)
    again = await besieged.stage.say("Scale sonarr to 2")
    assert MARK not in again.text
    assert all(MARK not in each.diff for each in besieged.stage.desk.awaiting)


async def test_what_is_said_in_a_pull_request_moves_nothing(besieged: Besieged) -> None:
    desk = besieged.stage.desk
    await desk.approve(requester=ANNA, code=desk.awaiting[0].code)
    besieged.granted, besieged.expected = 1, len(besieged.written)
    await besieged.stage.say("Scale jellyfin to 4")
    (pull,) = besieged.simulator.hub.pulls
    for injection in besieged.corpus:
        pull.comments.append({"id": 1, "body": injection.text, "user": {"login": "mallory"}})
        await besieged.withstands(injection)
    status = await GitHubForge(REPOSITORY, TOKEN, base_url=besieged.proxy.url).follow(desk.proposals[0].opened)
    assert status.pull_request.state is PullRequestState.OPEN


async def test_what_a_satellite_hears_the_model_say_is_nobodys_yes(besieged: Besieged) -> None:
    corpus = besieged.corpus[::8]
    besieged.stage.as_somebody_else()
    for injection in corpus:
        heard = await besieged.stage.say("What is in the news?", model=Obedient(injection))
        await besieged.stage.say(heard.text, model=Obedient(injection))
    assert besieged.decided == []
