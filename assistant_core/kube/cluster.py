"""The connection to one API server.

kubernetes_asyncio reads the kubeconfig, no more: its ApiClient builds the TLS context on the event loop, and its Watch
has no deadline and never lists again. Here bytes go straight to the decoder.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

import aiohttp
from msgspec import Raw, ValidationError
import orjson

from ..errors import (
    AuthenticationFailed,
    ConnectionFailed,
    DeadlineExceeded,
    InputInvalid,
    NotFound,
    ResponseInvalid,
    connection_cause,
    connection_reason,
)
from ..web import VERSION, TooLong, read_all
from .config import Access, ClusterConfig, resolve
from .gate import Gate
from .lines import Lines
from .resource import Resource
from .status import Call, refusal, service_name
from .timing import DEFAULT_TIMING
from .wire import UNREADABLE, decode_list

CONNECT_SECONDS = 10
LINE_LIMIT = 4 * 1024 * 1024  # etcd refuses objects above 1.5 MiB
PAGE_LIMIT = 4 * 1024 * 1024  # what can be parsed without holding everything else up
LIST_LIMIT = 32 * 1024 * 1024  # a list that can only be had whole holds everything else up once, for some 100 ms
REFUSAL_LIMIT = 64 * 1024
UNCOMPRESSED = {"Accept-Encoding": "identity"}  # as the control plane's own: nearby, gzip costs more than it saves
FEW = 20  # events; a server that sends no more at once is waited for, so that a burst does not come one by one
GATHERING = 0.01  # seconds


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list: its objects, the version of the whole list, and the token of the next part ("": none)."""

    items: list[Raw]
    version: str
    following: str


class TooHeavy(ResponseInvalid):
    """A page has more bytes than we take at once; fewer objects fit."""


class Cluster:
    """One API server, read only by construction: there is no request but GET.

    When it does not accept our credentials (401), they are read again once with `renew`, which may block and raises
    InputInvalid. `gate` is for those who ask again and again.
    """

    def __init__(
        self, session: aiohttp.ClientSession, name: str, access: Access, renew: Callable[[], Access] | None = None
    ) -> None:
        self.name = name
        self.gate = Gate()
        self._session = session
        self._access = access
        self._renew = renew if access.renewable else None
        self._renewing = asyncio.Lock()

    @property
    def server(self) -> str:
        """The address of the API server, by which one cluster is told from another."""
        return str(self._access.server)

    async def version(self) -> str:
        """The server's version, such as `v1.36.2`. Raises HomelabError."""
        try:
            answer = await self._json(Call(self.name, "get", "/version"), "/version")
        except NotFound as error:
            raise self.foreign("/version") from error
        match answer:
            case {"gitVersion": str(version)} if VERSION.fullmatch(version):
                return version
        raise self.foreign("/version")

    def foreign(self, path: str) -> ResponseInvalid:
        """What to say when something else than an API server answers."""
        told = f"What the cluster {self.name} answers at {path} is not Kubernetes."
        return ResponseInvalid(told, service=service_name(self.name), reason="foreign")

    async def served(self, resource: Resource) -> bool | None:
        """Whether the server has the resource, and then whether its objects lie in namespaces; None if it has not.

        Raises HomelabError.
        """
        try:
            answer = await self._json(Call(self.name, "get", resource.root), resource.root)
        except NotFound:
            return None
        for entry in answer.get("resources", ()) if isinstance(answer, dict) else ():
            match entry:
                case {"name": resource.plural, "namespaced": bool(namespaced)}:
                    return namespaced
        return None

    async def get(self, resource: Resource, name: str) -> Any:
        """One object of the resource's namespace (None: it lies in none). Raises HomelabError."""
        path = f"{resource.path}/{name}"
        return await self._json(Call(self.name, "get", str(resource)), path)

    async def openapi(self, group_version: str) -> Any:
        """The OpenAPI document of a group and version ("apps/v1", "v1"); None when the server has none.

        Raises HomelabError. See https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3.
        """
        path = f"/openapi/v3/{'apis' if '/' in group_version else 'api'}/{group_version}"
        try:
            return await self._json(Call(self.name, "get", "/openapi/v3"), path)
        except NotFound:
            return None

    async def page(
        self, resource: Resource, *, limit: int, token: str = "", deadline: float = DEFAULT_TIMING.page
    ) -> Page:
        """At most `limit` objects (0: all), from the start or where `token` points, within `deadline` seconds.

        Raises HomelabError; Expired for a token that is too old, TooHeavy when fewer should be asked for.
        """
        params = (
            _selection(resource) | ({"limit": str(limit)} if limit else {}) | ({"continue": token} if token else {})
        )
        most, call = PAGE_LIMIT if limit else LIST_LIMIT, Call(self.name, "list", str(resource))
        body = await self._bytes(call, resource.path, params, deadline, limit=most)
        try:
            found = decode_list(body)
        except ValidationError as error:
            told = f"What the cluster {self.name} answers as the list of {resource} is not one."
            raise ResponseInvalid(told) from error
        except UNREADABLE as error:
            raise self._no_json(resource.path) from error
        return Page(found.items, found.metadata.version, found.metadata.following or "")

    @asynccontextmanager
    async def watch(
        self, resource: Resource, version: str, *, seconds: float, silence: float, answer: float | None = None
    ) -> AsyncIterator[AsyncGenerator[list[bytes]]]:
        """The raw events after `version`, in batches as they arrive; a line too long to keep is b"".

        The server is asked to end it after `seconds`. Entering and reading raise HomelabError, DeadlineExceeded when
        `answer` seconds (None: `silence`) pass until it accepts, or `silence` seconds without a whole line.
        """
        params = _selection(resource) | {
            "watch": "true",
            "resourceVersion": version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(max(1, round(seconds))),
        }
        call, limits = Call(self.name, "watch", str(resource)), aiohttp.ClientTimeout(sock_connect=CONNECT_SECONDS)
        with self._explaining():
            async with asyncio.timeout(silence if answer is None else answer):
                response = await self._open(call, resource.path, params, limits)
        async with response:
            yield self._batches(response.content, silence)

    async def _batches(self, content: aiohttp.StreamReader, silence: float) -> AsyncGenerator[list[bytes]]:
        lines = Lines(LINE_LIMIT)
        while True:
            with self._explaining():
                async with asyncio.timeout(silence):
                    batch = await _read(content, lines)
            if not batch:
                return
            yield batch
            if len(batch) < FEW:
                await asyncio.sleep(GATHERING)

    async def _json(self, call: Call, path: str) -> Any:
        body = await self._bytes(call, path, {}, DEFAULT_TIMING.page)
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise self._no_json(path) from error

    def _no_json(self, path: str) -> ResponseInvalid:
        return ResponseInvalid(f"What the cluster {self.name} answers at {path} is not JSON.")

    async def _bytes(
        self, call: Call, path: str, params: Mapping[str, str], deadline: float, *, limit: int = PAGE_LIMIT
    ) -> bytes:
        limits = aiohttp.ClientTimeout(total=deadline, sock_connect=CONNECT_SECONDS)
        with self._explaining():
            async with await self._open(call, path, params, limits) as response:
                try:
                    return await read_all(response.content, limit)
                except TooLong as error:
                    told = f"The cluster {self.name} has {call.resource} that are too large to read."
                    raise TooHeavy(told) from error

    async def _open(
        self, call: Call, path: str, params: Mapping[str, str], limits: aiohttp.ClientTimeout
    ) -> aiohttp.ClientResponse:
        """Ask, with credentials read anew if the first are not accepted; the answer is a good one."""
        access = self._access
        response = await self._get(access, path, params, limits)
        if response.status == HTTPStatus.UNAUTHORIZED and self._renew is not None:
            response.close()
            access = await self._renewed(access, self._renew)
            response = await self._get(access, path, params, limits)
        if response.status == HTTPStatus.OK:
            return response
        async with response:
            body = b""
            with suppress(TooLong):
                body = await read_all(response.content, REFUSAL_LIMIT)
            raise refusal(call, response.status, response.headers, body)

    async def _get(
        self, access: Access, path: str, params: Mapping[str, str], limits: aiohttp.ClientTimeout
    ) -> aiohttp.ClientResponse:
        """Send the one request there is."""
        return await self._session.get(
            access.server.joinpath(path.lstrip("/")),
            params=params,
            headers=UNCOMPRESSED | ({"Authorization": access.authorization} if access.authorization else {}),
            timeout=limits,
            allow_redirects=False,
            proxy=access.proxy,
            ssl=access.tls or True,
            server_hostname=access.tls_server_name,
        )

    async def _renewed(self, refused: Access, renew: Callable[[], Access]) -> Access:
        """Credentials newer than the refused ones; several who were refused at once read them once."""
        async with self._renewing:
            if self._access is refused:
                try:
                    self._access = await asyncio.get_running_loop().run_in_executor(None, renew)
                except InputInvalid as error:
                    raise AuthenticationFailed(
                        f"The cluster {self.name} does not accept the token or certificate any more. {error}",
                        cluster=self.name,
                        service=service_name(self.name),
                        reason="credentials",
                    ) from error
            return self._access

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        """Turn what the network throws into a HomelabError."""
        where, service = f"The cluster {self.name}", service_name(self.name)
        try:
            yield
        except TimeoutError as error:
            raise DeadlineExceeded(
                f"{where} does not answer in time; is it running and is its address right?",
                service=service,
                reason="silent",
            ) from error
        except aiohttp.ClientConnectorCertificateError as error:
            told = f"{where} shows a certificate that is not trusted; give its CA."
            raise ConnectionFailed(told, service=service, reason="untrusted") from error
        except aiohttp.ClientResponseError as error:
            told = f"{where} answers something that is not HTTP."
            raise ResponseInvalid(told, service=service, reason="foreign") from error
        except (aiohttp.ClientError, OSError) as error:
            raise ConnectionFailed(
                f"{where} cannot be reached ({connection_cause(error)}); is it running and is its address right?",
                service=service,
                reason=connection_reason(error),
            ) from error


async def connect(session: aiohttp.ClientSession, config: ClusterConfig) -> Cluster:
    """Prepare the connection to a cluster; nothing is sent yet. Raises InputInvalid."""
    access = await asyncio.get_running_loop().run_in_executor(None, resolve, config)
    return Cluster(session, config.name, access, partial(resolve, config))


def _selection(resource: Resource) -> dict[str, str]:
    return {"fieldSelector": resource.fields} if resource.fields else {}


async def _read(content: aiohttp.StreamReader, lines: Lines) -> list[bytes]:
    """The next lines; none at the end of the stream."""
    while chunk := await content.readany():
        if batch := lines.feed(chunk):
            return batch
    return lines.rest()
