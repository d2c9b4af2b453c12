"""A client of Ollama's HTTP API that waits for each phase of an answer only as long as that phase may take."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
import math
import ssl
from typing import Any

import aiohttp

from ..models.chat import ChatDelta, ChatRequest
from ..models.hub import HubStatus, InstalledModel, LoadedModel, ModelDetails, PullProgress
from ..web import read_all
from . import wire
from .breaker import CircuitBreaker
from .channel import Channel
from .deadlines import DEADLINES, Deadlines
from .patience import patience
from .pulling import Tally
from .streams import GapWatch, LineReader

ANSWER_LIMIT = 8 * 1024 * 1024  # /api/show brings licences and tensor lists along


class OllamaClient:
    """An Ollama server at `url`, which may have a path, behind a proxy.

    For such a proxy `token` goes out as a bearer token, `headers` as they are, and `tls` (see `tls_context`) says whom
    to trust and who we are. With a `breaker` a server that is not there is left alone for a while.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        deadlines: Deadlines = DEADLINES,
        breaker: CircuitBreaker | None = None,
    ) -> None:
        """Build a client; raises InputInvalid when `url`, `token` or `headers` cannot be one."""
        self._channel = Channel(
            session, url, token=token, headers=headers, tls=tls, deadlines=deadlines, breaker=breaker
        )

    async def version(self) -> str:
        """The server's version."""
        return await self._ask("GET", "api/version", wire.parse_version)

    async def installed(self) -> tuple[InstalledModel, ...]:
        """The models on its disk."""
        return await self._ask("GET", "api/tags", wire.parse_installed)

    async def loaded(self) -> tuple[LoadedModel, ...]:
        """The models in its memory."""
        return await self._ask("GET", "api/ps", wire.parse_loaded)

    async def details(self, model: str) -> ModelDetails:
        """What it knows of a model; raises NotFound when it has none of that name."""

        def parse(answer: Mapping[str, Any]) -> ModelDetails:
            return wire.parse_details(model, answer)

        return await self._ask("POST", "api/show", parse, {"model": model})

    async def status(self) -> HubStatus:
        """Version, installed and loaded models; the version first, on which a server that was down is tried."""
        version = await self.version()
        try:
            async with asyncio.TaskGroup() as group:
                installed = group.create_task(self.installed())
                loaded = group.create_task(self.loaded())
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return HubStatus(version=version, installed=installed.result(), loaded=loaded.result())

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatDelta]:
        """Stream the answer; closing the generator closes the socket, which stops the model. Raises HomelabError."""
        channel, begun = self._channel, asyncio.get_running_loop().time()
        limits = channel.deadlines
        response = None
        try:
            with channel.reading():
                async with patience(channel, request, self.loaded):
                    response = await channel.open("POST", "api/chat", wire.chat_body(request))
                    lines = LineReader(response.content)
                    delta = await self._next(lines, wire.parse_delta, request.model)
                watch = GapWatch(lines, channel.failures, gap=limits.gap, total=limits.total, begun=begun)
                with channel.ending(lines.fail), watch:
                    while delta.done_reason is None:
                        yield delta
                        delta = await self._next(lines, wire.parse_delta, request.model)
                await lines.end()
        finally:
            if response is not None:
                response.release()
        yield delta

    async def load(self, model: str, *, context_length: int | None = None, keep_alive: int | None = None) -> None:
        """Have a model in memory before it is needed; returns when it is there. Raises HomelabError."""
        request = ChatRequest(model=model, messages=(), context_length=context_length, keep_alive=keep_alive)
        async with aclosing(self.chat(request)) as deltas:
            async for _ in deltas:
                pass

    async def unload(self, model: str) -> None:
        """Have a model leave the memory. Raises HomelabError."""
        await self.load(model, keep_alive=0)

    async def pull(self, model: str) -> AsyncGenerator[PullProgress]:
        """Fetch a model from the server's registry; ends when it is there.

        Closing the generator stops the pull; the next one goes on where this one stopped. Raises HomelabError, NotFound
        when the registry does not have it.
        """
        channel, limits, tally = self._channel, self._channel.deadlines, Tally(model)
        response = None
        try:
            with channel.reading():
                async with self._within(limits.answer):
                    response = await channel.open("POST", "api/pull", {"model": model})
                lines = LineReader(response.content)
                begun = asyncio.get_running_loop().time()
                watch = GapWatch(lines, channel.failures, gap=limits.pull_gap, total=math.inf, begun=begun)
                with channel.ending(lines.fail), watch:
                    while not tally.progress.done:
                        yield tally.add(await self._next(lines, wire.parse_pull, model))
        finally:
            if response is not None:
                response.release()

    def close(self) -> None:
        """End at once what is under way, with a ConnectionFailed; nothing can be asked any more."""
        self._channel.close()

    async def _ask[T](
        self, method: str, path: str, parse: Callable[[Mapping[str, Any]], T], body: Mapping[str, Any] | None = None
    ) -> T:
        channel = self._channel
        try:
            async with self._within(channel.deadlines.answer), await channel.open(method, path, body) as response:
                with channel.reading():
                    answer = await read_all(response.content, ANSWER_LIMIT)
            return parse(wire.parse_object(answer))
        except ValueError as error:
            raise channel.failures.not_ollama() from error

    @asynccontextmanager
    async def _within(self, seconds: float) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            raise self._channel.failures.silent(seconds) from error

    async def _next[T](self, lines: LineReader, parse: Callable[[Mapping[str, Any]], T], model: str) -> T:
        """What the next line of an answer says."""
        failures = self._channel.failures
        try:
            if text := await lines.next():
                line = wire.parse_object(text)
                if "error" in line:
                    raise failures.failed(line["error"], model=model)
                return parse(line)
        except ValueError as error:
            raise failures.not_ollama() from error
        raise failures.unfinished()
