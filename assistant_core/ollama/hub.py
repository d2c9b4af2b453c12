"""The hub as everybody in the house shares it: its servers, the line before each, the models chosen for a purpose."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, suppress
from copy import replace
import time
from typing import NamedTuple, Self, override

import aiohttp

from ..errors import ConnectionFailed, HomelabError
from ..models.chat import ChatDelta, ChatRequest, Priority, Purpose
from ..models.hub import HubMetrics, HubStatus, HubWarning, ModelTraits, PullProgress
from ..ports import ChatModel
from .breaker import CircuitBreaker
from .checks import find_warnings
from .client import OllamaClient
from .config import HubConfig, ModelChoice
from .metrics import Meter
from .queue import HubQueue
from .router import Router, may_stand_in
from .tls import tls_context
from .traits import TraitsCache

UNKNOWN = ModelTraits()


class Server(NamedTuple):
    """One of the hub's servers."""

    client: OllamaClient
    queue: HubQueue
    traits: TraitsCache


class Hub(ChatModel):
    """Built by `connect`; what it is asked goes to the right model in the right order, and is measured."""

    def __init__(self, servers: tuple[Server, ...], config: HubConfig, *, clock: Callable[[], float]) -> None:
        self._servers = servers
        self._config = config
        self._router = Router(config)
        self._meter = Meter()
        self._clock = clock
        self._listeners: list[Callable[[], None]] = []
        self._statuses: dict[int, HubStatus] = {}

    @classmethod
    async def connect(
        cls, session: aiohttp.ClientSession, config: HubConfig, *, clock: Callable[[], float] = time.monotonic
    ) -> Self:
        """Build the hub; nothing is asked of it yet. Raises InputInvalid when a server's settings cannot serve."""
        servers = []
        for server in config.servers:
            files = {
                "ca_file": server.ca_file,
                "certificate_file": server.certificate_file,
                "key_file": server.key_file,
            }
            client = OllamaClient(
                session,
                server.url,
                token=server.token,
                headers=server.headers,
                tls=await tls_context(**files) if any(files.values()) else None,
                deadlines=config.deadlines,
                breaker=CircuitBreaker(clock=clock),
            )
            servers.append(Server(client, HubQueue(clock=clock), TraitsCache(client)))
        return cls(tuple(servers), config, clock=clock)

    @property
    def client(self) -> OllamaClient:
        """The first server, to be asked directly."""
        return self._servers[0].client

    @property
    def metrics(self) -> HubMetrics:
        """How it has done lately."""
        return self._meter.read(waiting=sum(server.queue.waiting for server in self._servers))

    @property
    def warnings(self) -> tuple[HubWarning, ...]:
        """What the last status of each server showed to be wrong."""
        return tuple(
            warning
            for server, status in sorted(self._statuses.items())
            for warning in find_warnings(status, self._choices_of(server))
        )

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when the metrics have changed; returns what ends it."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def choice(self, purpose: Purpose = Purpose.TALK, *, model: str = "") -> ModelChoice:
        """The model for a purpose, or how `model` is loaded; raises InputInvalid when none is chosen."""
        return self._router.named(model) if model else self._router.choice(purpose)

    def traits(self, purpose: Purpose = Purpose.TALK, *, model: str = "") -> ModelTraits:
        """What that model can do, as far as `status` has learnt it; raises InputInvalid when none is chosen."""
        return self._traits(self.choice(purpose, model=model)) or UNKNOWN

    async def status(self) -> HubStatus:
        """The first server's version and models; also learns what the chosen models of all can do.

        Raises HomelabError where the first does not answer; a server that only stands in may be down.
        """
        first, *others = await asyncio.gather(*map(self._look_at, range(len(self._servers))), return_exceptions=True)
        for failure in (first, *(each for each in others if not isinstance(each, HomelabError))):
            if isinstance(failure, BaseException):
                raise failure
        return self._statuses[0]

    async def _look_at(self, number: int) -> None:
        server = self._servers[number]
        self._statuses[number] = status = await server.client.status()
        server.traits.learn(status.installed)
        for choice in self._choices_of(number):
            with suppress(HomelabError):  # a model that is not there is a warning
                await server.traits.of(choice.name)

    def close(self) -> None:
        """End every answer at once, with a ConnectionFailed, and begin no other."""
        for server in self._servers:
            server.client.close()
            server.queue.close(
                ConnectionFailed("The AI hub was left while somebody waited for it.", reason="disconnected")
            )

    @override
    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatDelta]:
        """Stream the answer of the first model in the chain that begins one; see ports.ChatModel.

        A background request is answered whole, because it may have to begin anew. Raises HomelabError: that of the
        first model when no other could stand in, Busy when it would have to wait too long.
        """
        begun = self._clock()
        failures: list[tuple[ModelChoice, HomelabError]] = []
        for choice in self._router.chain(request):
            if failures and not self._may_stand_in(choice, request, failures):
                continue
            speaking = False
            try:
                async with aclosing(self._answer(choice, self._loaded_as(choice, request))) as deltas:
                    async for delta in deltas:
                        if not speaking:
                            speaking = True
                            self._meter.began(self._clock() - begun)
                        yield delta
            except HomelabError as error:
                if speaking:
                    self._failed()
                    raise
                failures.append((choice, error))
            else:
                return
        self._failed()
        raise failures[0][1]

    async def load(self, purpose: Purpose = Purpose.TALK, *, model: str = "") -> None:
        """Have a model in memory before somebody asks; returns when it is there. Raises HomelabError.

        Nobody waits for it in the line: who asks meanwhile waits for the same load.
        """
        choice = self.choice(purpose, model=model)
        client = self._servers[choice.server].client
        await client.load(choice.name, context_length=choice.context_length, keep_alive=choice.keep_alive)

    async def unload(self, purpose: Purpose = Purpose.TALK, *, model: str = "") -> None:
        """Have a model leave the memory. Raises HomelabError."""
        choice = self.choice(purpose, model=model)
        await self._servers[choice.server].client.unload(choice.name)

    def pull(self, model: str, *, server: int | None = None) -> AsyncGenerator[PullProgress]:
        """Fetch a model to the server it is chosen for, or another; see OllamaClient.pull."""
        number = self._router.named(model).server if server is None else server
        return self._servers[number].client.pull(model)

    async def _answer(self, choice: ModelChoice, request: ChatRequest) -> AsyncGenerator[ChatDelta]:
        """The answer of one model, when it is this request's turn."""
        client, queue = self._servers[choice.server].client, self._servers[choice.server].queue
        if request.priority is Priority.BACKGROUND:
            for delta in await queue.whole(lambda: _collected(client, request)):
                self._note(choice, delta)
                yield delta
            return
        async with queue.turn(request.priority) as turn, aclosing(client.chat(request)) as deltas:
            self._meter.waited(turn.waited)
            async for delta in deltas:
                if delta.done_reason is not None:
                    queue.release(turn)  # before whoever listens does anything with the answer
                    self._note(choice, delta)
                yield delta

    def _loaded_as(self, choice: ModelChoice, request: ChatRequest) -> ChatRequest:
        """The request for this model; every request loads it the same way, or it would be loaded anew."""
        think = request.think
        traits = self._traits(choice)
        if think is None and traits and traits.thinking and request.purpose is Purpose.TALK:
            think = False  # nobody wants to wait for thoughts that are never spoken
        return replace(
            request,
            model=choice.name,
            context_length=choice.context_length,
            keep_alive=choice.keep_alive,
            think=think,
        )

    def _may_stand_in(
        self, choice: ModelChoice, request: ChatRequest, failures: list[tuple[ModelChoice, HomelabError]]
    ) -> bool:
        traits = self._traits(choice) or UNKNOWN
        able = traits.tools or not request.tools
        return able and all(may_stand_in(choice, failed, error) for failed, error in failures)

    def _traits(self, choice: ModelChoice) -> ModelTraits | None:
        return self._servers[choice.server].traits.known(choice.name)

    def _choices_of(self, server: int) -> Iterator[ModelChoice]:
        return (choice for choice in self._config.choices if choice.server == server)

    def _note(self, choice: ModelChoice, delta: ChatDelta) -> None:
        if delta.stats is not None:
            self._meter.finished(choice, delta.stats)
            self._tell()

    def _failed(self) -> None:
        self._meter.failed()
        self._tell()

    def _tell(self) -> None:
        for callback in tuple(self._listeners):
            callback()


async def _collected(client: OllamaClient, request: ChatRequest) -> list[ChatDelta]:
    async with aclosing(client.chat(request)) as deltas:
        return [delta async for delta in deltas]
