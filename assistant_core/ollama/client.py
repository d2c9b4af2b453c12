"""A client of Ollama's HTTP API that waits for each phase of an answer only as long as that phase may take."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp
import orjson
from yarl import URL

from ..errors import HomelabError, InputInvalid
from ..models.chat import ChatDelta, ChatRequest
from ..models.hub import HubStatus, InstalledModel, LoadedModel, ModelDetails
from . import wire
from .failures import Failures
from .streams import LineReader, TooLong, read_all

ANSWER_LIMIT = 8 * 1024 * 1024  # /api/show brings licences and tensor lists along
ERROR_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long each phase may take, in seconds.

    Ollama sends nothing, not even a status, before its first token: `first_byte` covers reading the prompt,
    `first_byte_loading` loading the model as well. `answer` is for everything but a chat.
    """

    connect: float = 3
    answer: float = 10
    first_byte: float = 20
    first_byte_loading: float = 90
    gap: float = 15
    total: float = 120


DEADLINES = Deadlines()


class OllamaClient:
    """An Ollama server at `url` (which may have a path, behind a proxy); `token` goes out as a bearer token."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, *, token: str | None = None, deadlines: Deadlines = DEADLINES
    ) -> None:
        """Build a client; raises InputInvalid when `url` or `token` cannot be one."""
        self._session = session
        self._url = _checked(url)
        self._failures = Failures(str(self._url).rstrip("/"))
        self._headers = {"Content-Type": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {_printable(token)}"
        self._deadlines = deadlines

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
        """Version, installed and loaded models, asked for at once."""
        try:
            async with asyncio.TaskGroup() as group:
                version = group.create_task(self.version())
                installed = group.create_task(self.installed())
                loaded = group.create_task(self.loaded())
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return HubStatus(version=version.result(), installed=installed.result(), loaded=loaded.result())

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatDelta]:
        """Stream the answer; closing the generator closes the socket, which stops the model. Raises HomelabError."""
        until = asyncio.get_running_loop().time() + self._deadlines.total
        async with AsyncExitStack() as exchange:
            async with self._first_byte(request):
                response = await exchange.enter_async_context(
                    self._request("POST", "api/chat", wire.chat_body(request))
                )
                lines = LineReader(response.content)
                line = await self._line(lines)
            while True:
                delta = self._delta(line, request.model)
                yield delta
                if delta.done_reason is not None:
                    return
                line = await self._next_line(lines, until)

    async def _ask[T](
        self, method: str, path: str, parse: Callable[[Mapping[str, Any]], T], body: Mapping[str, Any] | None = None
    ) -> T:
        limit = self._deadlines.answer
        try:
            async with asyncio.timeout(limit), self._request(method, path, body) as response:
                answer = await read_all(response.content, ANSWER_LIMIT)
            return parse(wire.parse_object(answer))
        except TimeoutError as error:
            raise self._failures.silent(limit) from error
        except ValueError as error:
            raise self._failures.not_ollama() from error

    @asynccontextmanager
    async def _request(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> AsyncGenerator[aiohttp.ClientResponse]:
        """One exchange: what is not a 200 and what breaks the connection is raised as the HomelabError it means."""
        connect = self._deadlines.connect
        try:
            async with self._session.request(
                method,
                self._url / path,
                data=None if body is None else orjson.dumps(body, default=dict),
                headers=self._headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=None, connect=connect, sock_connect=connect),
            ) as response:
                if response.status != HTTPStatus.OK:
                    raise await self._refused(response, body["model"] if body else None)
                yield response
        except aiohttp.ServerTimeoutError as error:
            raise self._failures.unconnected(connect) from error
        except aiohttp.ClientPayloadError as error:
            raise self._failures.broken() from error
        except aiohttp.ClientResponseError as error:  # it does not even speak HTTP
            raise self._failures.not_ollama() from error
        except (aiohttp.ClientError, OSError) as error:
            raise self._failures.unreachable(error) from error

    async def _refused(self, response: aiohttp.ClientResponse, model: str | None) -> HomelabError:
        if location := response.headers.get("Location"):
            return self._failures.redirected(location)
        body = b""
        with suppress(TooLong):
            body = await read_all(response.content, ERROR_LIMIT)
        retry_after = response.headers.get("Retry-After")
        return self._failures.refused(response.status, body, model=model, retry_after=retry_after)

    @asynccontextmanager
    async def _first_byte(self, request: ChatRequest) -> AsyncGenerator[None]:
        """Bound the silence before the first byte: by the longer deadline unless the model turns out to be loaded."""
        begun = asyncio.get_running_loop().time()
        limits = self._deadlines

        async def shorten(deadline: asyncio.Timeout) -> None:
            if await self._is_loaded(request):
                deadline.reschedule(begun + min(limits.first_byte, limits.total))

        try:
            async with asyncio.timeout_at(begun + min(limits.first_byte_loading, limits.total)) as deadline:
                watching = asyncio.create_task(shorten(deadline))
                try:
                    # Asked first, because a model that is being loaded is listed too; but not waited for, because that
                    # would put a round trip before the first token.
                    await asyncio.sleep(0)
                    yield
                finally:
                    watching.cancel()
                    await asyncio.wait({watching})
        except TimeoutError as error:
            raise self._failures.silent((deadline.when() or begun) - begun) from error

    async def _is_loaded(self, request: ChatRequest) -> bool:
        """Whether it answers without a load; another context length means a reload. False when that is unknown."""
        try:
            loaded = await self.loaded()
        except HomelabError:
            return False
        names = {request.model, f"{request.model}:latest"}
        return any(model.name in names and request.context_length in {None, model.context_length} for model in loaded)

    async def _next_line(self, lines: LineReader, until: float) -> Mapping[str, Any]:
        """The next line, with a bound on the silence before it and on the whole answer."""
        limits = self._deadlines
        silence = asyncio.get_running_loop().time() + limits.gap
        try:
            async with asyncio.timeout_at(min(silence, until)):
                return await self._line(lines)
        except TimeoutError as error:
            if until < silence:
                raise self._failures.endless(limits.total) from error
            raise self._failures.stalled(limits.gap) from error

    async def _line(self, lines: LineReader) -> Mapping[str, Any]:
        try:
            if line := await lines.next():
                return wire.parse_object(line)
        except ValueError as error:
            raise self._failures.not_ollama() from error
        raise self._failures.unfinished()

    def _delta(self, line: Mapping[str, Any], model: str) -> ChatDelta:
        if "error" in line:
            raise self._failures.failed(line["error"], model=model)
        try:
            return wire.parse_delta(line)
        except ValueError as error:
            raise self._failures.not_ollama() from error


def _checked(url: str) -> URL:
    try:
        parsed = URL(url.strip())
    except ValueError:
        parsed = URL()
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise InputInvalid("The address of the Ollama server must look like http://192.168.1.94:11434.")
    if parsed.user or parsed.password:
        raise InputInvalid("The address of the Ollama server must not contain a password; use the access token.")
    return parsed.with_query(None).with_fragment(None)


def _printable(token: str) -> str:
    if not (token := token.strip()).isascii() or not token.isprintable():
        raise InputInvalid("The access token of the Ollama server must be one line of plain characters.")
    return token
