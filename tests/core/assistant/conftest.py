from collections.abc import AsyncGenerator, Callable, Sequence
from copy import replace
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import override

import pytest

from assistant_core.assistant import (
    Assistant,
    Finished,
    ModelSettings,
    Question,
    TextDelta,
    ToolUsed,
    TurnEvent,
    Utterance,
)
from assistant_core.change import ChangeDesk
from assistant_core.errors import HomelabError
from assistant_core.models.application import Application
from assistant_core.models.change import Channel, Happened, Proposal, Requester
from assistant_core.models.chat import ChatDelta, ChatRequest, ChatStats, Message
from assistant_core.models.cluster import Node
from assistant_core.models.finding import Finding
from assistant_core.models.gpu import GpuHealth
from assistant_core.models.house import Entity
from assistant_core.models.hub import HubStatus, ModelTraits
from assistant_core.models.observation import Observation
from assistant_core.models.repository import Draft, PullRequest, PullRequestState, Snapshot
from assistant_core.models.watching import WhatChanged
from assistant_core.ports import ChatModel, Forge, Homelab, House, Journal, ToolBox
from assistant_core.speech import Speech

NOW = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
ANNA = Requester(channel=Channel.VOICE, user_id="anna", name="Anna", is_admin=True)
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: {namespace}
spec:
  replicas: 1
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers: [{{name: {name}, image: "example.invalid/{name}:1"}}]
"""

type Scripted = Sequence[ChatDelta | HomelabError]


class Household(Homelab):
    """A household whose services said what a test sets."""

    def __init__(self) -> None:
        self.hub_seen: Observation[HubStatus] | None = None
        self.gpus_seen: Observation[tuple[GpuHealth, ...]] | None = None
        self.findings_seen: Observation[tuple[Finding, ...]] | None = None
        self.applications_seen: Observation[tuple[Application, ...]] | None = None
        self.nodes_seen: Observation[tuple[Node, ...]] | None = None
        self.changed: WhatChanged | HomelabError | None = None
        self.asked_since: list[datetime] = []

    @override
    def hub(self) -> Observation[HubStatus] | None:
        return self.hub_seen

    @override
    def gpus(self) -> Observation[tuple[GpuHealth, ...]] | None:
        return self.gpus_seen

    @override
    def findings(self) -> Observation[tuple[Finding, ...]] | None:
        return self.findings_seen

    @override
    def applications(self) -> Observation[tuple[Application, ...]] | None:
        return self.applications_seen

    @override
    def nodes(self) -> Observation[tuple[Node, ...]] | None:
        return self.nodes_seen

    @override
    async def what_changed(self, since: datetime) -> WhatChanged | None:
        self.asked_since.append(since)
        if isinstance(self.changed, HomelabError):
            raise self.changed
        return self.changed

    def has(self, *errors: str) -> None:
        findings = tuple(
            Finding(
                id=str(number),
                cluster="home",
                kind="Deployment",
                namespace="media",
                name=f"app-{number}",
                errors=(error,),
                explanation="",
                first_seen=NOW,
            )
            for number, error in enumerate(errors)
        )
        self.findings_seen = Observation(value=findings, at=NOW)


ROOMS = ("Kitchen", "Bedroom", "Office", "Hall", "Bathroom", "Garage", "Attic", "Cellar", "Garden", "Studio")
KINDS = (("light", None), ("switch", None), ("cover", None), ("sensor", "temperature"), ("binary_sensor", "motion"))


class Home(House):
    """A house with `count` things, spread over rooms and kinds, all off; `states` may be set by a test."""

    def __init__(self, count: int) -> None:
        self.states: dict[str, str] = {}
        self._entities = tuple(self._made(number) for number in range(count))

    @staticmethod
    def _made(number: int) -> Entity:
        domain, measured = KINDS[number % len(KINDS)]
        room = ROOMS[number // len(KINDS) % len(ROOMS)]
        row = number // len(KINDS) // len(ROOMS)
        name = f"{room} {measured or domain}" + (f" {row + 1}" if row else "")
        identity = f"{domain}.{name.lower().replace(' ', '_')}"
        return Entity(entity_id=identity, names=(name,), domain=domain, area=room, device_class=measured)

    def add(self, *entities: Entity) -> None:
        self._entities += entities

    @override
    def entities(self) -> tuple[Entity, ...]:
        return self._entities

    @override
    def state(self, entity_id: str) -> str | None:
        return self.states.get(entity_id, "off")


class Repository(Forge):
    """A GitOps repository in memory; `drafts` are the pull requests it opened, `failure` why it opens none."""

    def __init__(self) -> None:
        self.failure: HomelabError | None = None
        self.drafts: list[Draft] = []
        self.more: dict[str, bytes] = {}

    @override
    async def snapshot(self) -> Snapshot:
        apps = (("jellyfin", "media"), ("sonarr", "media"), ("web", "blue"), ("web", "green"))
        files = {
            f"apps/{namespace}/{name}.yaml": DEPLOYMENT.format(name=name, namespace=namespace).encode()
            for name, namespace in apps
        }
        return Snapshot(commit="c" * 40, files=files | self.more)

    @override
    async def open(self, draft: Draft) -> PullRequest:
        if self.failure:
            raise self.failure
        self.drafts.append(draft)
        number = 11 + len(self.drafts)
        url = f"https://github.com/anna/homelab/pull/{number}"
        state = PullRequestState.OPEN
        return PullRequest(number=number, url=url, branch=draft.branch, head_commit="d" * 40, state=state)


class Notebook(Journal):
    """A journal that forgets with the test."""

    def __init__(self) -> None:
        self.kept: dict[str, Proposal] = {}
        self.happened: list[tuple[str, Happened]] = []

    @override
    async def record(self, proposal: Proposal) -> None:
        self.kept[proposal.id] = proposal
        self.happened.append((proposal.id, proposal.last))

    @override
    async def news(self) -> tuple[Proposal, ...]:
        return ()

    @override
    async def history(self, proposal_id: str) -> tuple[Happened, ...]:
        return tuple(line for known, line in self.happened if known == proposal_id)

    @override
    async def proposals(self) -> tuple[Proposal, ...]:
        return tuple(self.kept.values())


class ScriptedModel(ChatModel):
    """Says one scripted answer after the other, then the last one for ever; `requests` are what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Scripted] = []
        self.requests: list[ChatRequest] = []
        self.closed = 0

    def says(self, *answers: Scripted) -> None:
        self.answers = list(answers)

    @override
    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatDelta]:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        try:
            for delta in answer:
                if isinstance(delta, HomelabError):
                    raise delta
                yield delta
            yield ChatDelta(done_reason="stop", stats=ChatStats(prompt_tokens=7))
        finally:
            self.closed += 1


@dataclass
class Heard:
    """What came of a turn."""

    text: str
    events: list[TurnEvent]
    finished: Finished

    @property
    def used(self) -> list[ToolUsed]:
        return [event for event in self.events if isinstance(event, ToolUsed)]


@dataclass
class Stage:
    """Everything a turn meets."""

    speech: Speech
    house: Household = field(default_factory=Household)
    home: Home | None = None
    traits: ModelTraits = field(default_factory=ModelTraits)
    satellite: tuple[str | None, str | None] = (None, None)
    question: Question | None = None
    repository: Repository = field(default_factory=Repository)
    journal: Notebook = field(default_factory=Notebook)
    model: ScriptedModel | None = field(default_factory=ScriptedModel)
    settings: ModelSettings = field(default_factory=ModelSettings)
    history: tuple[Message, ...] = ()
    requester: Requester = ANNA

    def __post_init__(self) -> None:
        self._parts: tuple[object, ...] = ()
        self.desk = ChangeDesk(self.journal)
        self.desk.attach("anna/homelab", self.repository)

    async def say(self, text: str, *, tools: Sequence[ToolBox] = (), model: ChatModel | None = None) -> Heard:
        """One turn of the conversation."""
        chat = model or self.model
        area, satellite = self.satellite
        utterance = Utterance(
            text=text,
            requester=self.requester,
            language=self.speech.language,
            area=area,
            satellite=satellite,
            history=self.history,
            question=self.question,
        )
        assistant = self._assistant(chat)
        events = [event async for event in assistant.turn(utterance, tools)]
        *before, finished = events
        assert isinstance(finished, Finished)
        assert not any(isinstance(event, Finished) for event in before)
        self.history += finished.messages
        self.question = finished.question
        told = "".join(event.text for event in before if isinstance(event, TextDelta))
        return Heard(told, events, finished)

    @property
    def assistant(self) -> Assistant:
        """What answers."""
        return self._assistant(self.model)

    def _assistant(self, chat: ChatModel | None) -> Assistant:
        """The same one while nothing it is built from changes, as Home Assistant keeps it."""
        parts = (chat, self.settings, self.home, self.speech)
        if self._parts != parts:
            self._parts = parts
            self._assistant_kept = Assistant(
                self.house,
                self.desk,
                chat,
                self.settings,
                speech=[self.speech],
                house=self.home,
                traits=lambda: self.traits,
            )
        return self._assistant_kept

    def anew(self) -> None:
        """Begin another conversation."""
        self.history, self.question = (), None

    def as_somebody_else(self) -> None:
        self.requester = replace(ANNA, user_id=None, name=None, is_admin=False)


@pytest.fixture(scope="session")
def english() -> Speech:
    speech = Speech.load("en", time_zone=UTC, clock=lambda: NOW)
    speech.know(["jellyfin", "sonarr", "web"], ["media", "blue", "green"])
    return speech


@pytest.fixture
def stage(english: Speech) -> Stage:
    return Stage(english)


@pytest.fixture
def home() -> Callable[[int], Home]:
    return Home
