"""One exchange with a server: sent, perhaps once more, and whatever breaks turned into one of our errors."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http import HTTPStatus
import socket
import ssl
from typing import Any

import aiohttp
import orjson
from yarl import URL

from ..errors import Busy, ConnectionFailed, DeadlineExceeded, HomelabError, InputInvalid
from ..web import TooLong, read_all, service_url
from .breaker import CircuitBreaker
from .deadlines import Deadlines
from .failures import Failures

ERROR_LIMIT = 64 * 1024
KEEPALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}  # a dead peer is noticed within 25 seconds


class Channel:
    """The way to one server; see OllamaClient for its arguments."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        *,
        token: str | None,
        headers: Mapping[str, str] | None,
        tls: ssl.SSLContext | None,
        deadlines: Deadlines,
        breaker: CircuitBreaker | None,
    ) -> None:
        """Build it; raises InputInvalid when `url`, `token` or `headers` cannot be one."""
        self._session = session
        base = service_url(url, service="the Ollama server", example="http://192.168.1.94:11434")
        self._url = base.with_query(None)
        self._urls: dict[str, URL] = {}
        connect = deadlines.connect
        self._timeout = aiohttp.ClientTimeout(total=None, connect=connect, sock_connect=connect)
        self._headers = {**_checked(headers or {}), "Content-Type": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {_printable(token, 'access token')}"
        self._tls: ssl.SSLContext | bool = tls or True
        self.deadlines = deadlines
        self._breaker = breaker
        self._ends: set[Callable[[HomelabError], None]] = set()
        self._closed: HomelabError | None = None
        self.failures = Failures(str(self._url).rstrip("/"))

    async def open(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, retry: bool = True
    ) -> aiohttp.ClientResponse:
        """An answer with status 200, of which nothing has been read; whoever gets it closes it. Raises HomelabError.

        What failed before any answer, or for want of room, is sent once more. A host that is not there is not asked
        again: TCP has done that already.
        """
        try:
            return await self._admitted(method, path, body)
        except (ConnectionFailed, Busy) as error:
            if not retry or isinstance(error, DeadlineExceeded) or (self._breaker and self._breaker.is_open):
                raise
        await asyncio.sleep(self.deadlines.pause)
        return await self._admitted(method, path, body)

    async def alive(self) -> None:
        """Ask whether anybody is there, once and briefly; raises ConnectionFailed, or what else was answered."""
        limit = self.deadlines.connect
        try:
            async with asyncio.timeout(limit):
                (await self._send("GET", "api/version", None)).close()
        except TimeoutError as error:
            raise self.failures.silent(limit) from error

    def close(self) -> None:
        """End every chat and every pull that waits for the server, and begin no other."""
        self._closed = self.failures.disconnected()
        for end in tuple(self._ends):
            end(self._closed)

    @contextmanager
    def ending(self, end: Callable[[HomelabError], None]) -> Iterator[None]:
        """Have `end` called with an error when the channel is closed meanwhile."""
        self._ends.add(end)
        try:
            yield
        finally:
            self._ends.discard(end)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read an answer: what breaks it is raised as the HomelabError it means."""
        try:
            yield
        except aiohttp.ClientResponseError:  # which would hand our headers on
            raise self.failures.not_ollama() from None
        except (aiohttp.ClientError, OSError) as error:
            raise self.failures.broken() from error

    async def _admitted(self, method: str, path: str, body: Mapping[str, Any] | None) -> aiohttp.ClientResponse:
        """Send a request unless the server is being left alone, or we have left it."""
        if self._closed is not None:
            raise self._closed
        breaker = self._breaker
        if breaker is None:
            return await self._send(method, path, body)
        if breaker.is_open:
            await self._probe(breaker)
        try:
            response = await self._send(method, path, body)
        except ConnectionFailed as error:
            breaker.failed(error)
            raise
        except HomelabError:
            breaker.succeeded()
            raise
        breaker.succeeded()
        return response

    async def _probe(self, breaker: CircuitBreaker) -> None:
        """Ask for the version first: a chat may be silent for minutes, and everybody waits for the probe."""
        if not breaker.admit():
            raise self.failures.resting(breaker.cause, breaker.wait)
        try:
            await self.alive()
        except ConnectionFailed as error:
            breaker.failed(error)
            raise
        except HomelabError:
            breaker.succeeded()
        except BaseException:
            breaker.abandoned()
            raise
        breaker.succeeded()

    async def _send(self, method: str, path: str, body: Mapping[str, Any] | None) -> aiohttp.ClientResponse:
        try:
            response = await self._session.request(
                method,
                self._urls.get(path) or self._urls.setdefault(path, self._url / path),
                data=None if body is None else orjson.dumps(body, default=dict),
                headers=self._headers,
                allow_redirects=False,
                ssl=self._tls,
                timeout=self._timeout,
            )
        except aiohttp.ServerTimeoutError as error:
            raise self.failures.unconnected(self.deadlines.connect) from error
        except aiohttp.ClientResponseError:  # it does not even speak HTTP; the error would hand our headers on
            raise self.failures.not_ollama() from None
        except (aiohttp.ClientError, OSError) as error:
            raise self.failures.unreachable(error) from error
        if response.status != HTTPStatus.OK:
            async with response:
                raise await self._refused(response, body["model"] if body else None)
        _keep_alive(response)
        return response

    async def _refused(self, response: aiohttp.ClientResponse, model: str | None) -> HomelabError:
        if location := response.headers.get("Location"):
            return self.failures.redirected(location)
        body = b""
        with suppress(TooLong), self.reading():
            body = await read_all(response.content, ERROR_LIMIT)
        retry_after = response.headers.get("Retry-After")
        return self.failures.refused(response.status, body, model=model, retry_after=retry_after)


def _keep_alive(response: aiohttp.ClientResponse) -> None:
    """Have the kernel notice a peer that dies while it answers; a short answer is here already."""
    transport = response.connection.transport if response.connection else None
    sock = transport.get_extra_info("socket") if transport else None
    if sock and not sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEEPALIVE.items():
            if option := getattr(socket, name, None):  # not every system has each
                sock.setsockopt(socket.IPPROTO_TCP, option, value)


def _checked(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
            raise InputInvalid(f'A header of the Ollama server cannot be called "{name}".')
        _printable(value, f"header {name}")
    return {name: value.strip() for name, value in headers.items()}


def _printable(secret: str, what: str) -> str:
    if not (secret := secret.strip()).isascii() or not secret.isprintable():
        raise InputInvalid(f"The {what} of the Ollama server must be one line of plain characters.")
    return secret
