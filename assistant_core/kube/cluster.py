"""The connection to one API server.

kubernetes_asyncio reads the kubeconfig, no more: its ApiClient builds the TLS context on the event loop, and its Watch
has no deadline and never lists again. Here bytes go straight to orjson.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, override

import aiohttp
import orjson

from ..errors import ConnectionFailed, DeadlineExceeded, ResponseInvalid
from .config import Access, ClusterConfig, resolve
from .lines import Lines
from .status import Call, refusal
from .timing import DEFAULT_TIMING

CONNECT_SECONDS = 10
LINE_LIMIT = 4 * 1024 * 1024  # etcd refuses objects above 1.5 MiB
REFUSAL_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of object as the API serves it; `group` is "" for the core, `namespace` None for the whole cluster."""

    group: str
    version: str
    plural: str
    namespace: str | None = None

    @property
    def path(self) -> str:
        """Where its objects are listed."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        return f"{root}/namespaces/{self.namespace}/{self.plural}" if self.namespace else f"{root}/{self.plural}"

    @override
    def __str__(self) -> str:
        return f"{self.plural}.{self.group}" if self.group else self.plural


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list: raw objects, the version of the whole list, and the token of the next part ("": none)."""

    items: list[Any]
    version: str
    following: str


class Cluster:
    """One API server, read only by construction: there is no request but GET."""

    def __init__(self, name: str, access: Access) -> None:
        """Needs a running event loop; use `connect`."""
        self.name = name
        self._access = access
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=access.tls or True),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Authorization": access.authorization} if access.authorization else None,
        )

    async def close(self) -> None:
        """Close the connections; a second time does nothing."""
        await self._session.close()

    async def version(self) -> str:
        """The server's version, such as `v1.36.2`. Raises HomelabError."""
        match await self._json(Call(self.name, "get", "/version"), "/version", {}, DEFAULT_TIMING.page):
            case {"gitVersion": str(version)}:
                return version
        raise ResponseInvalid(f"What the cluster {self.name} answers at /version is not Kubernetes.")

    async def page(
        self, resource: Resource, *, limit: int, token: str = "", deadline: float = DEFAULT_TIMING.page
    ) -> Page:
        """At most `limit` objects, from the start or where `token` points, within `deadline` seconds.

        Raises HomelabError; Expired for a token that is too old.
        """
        params = {"limit": str(limit)} | ({"continue": token} if token else {})
        match await self._json(Call(self.name, "list", str(resource)), resource.path, params, deadline):
            case {"metadata": {"resourceVersion": str(version), **metadata}, "items": list(items)}:
                return Page(items, version, str(metadata.get("continue") or ""))
        raise ResponseInvalid(f"What the cluster {self.name} answers as the list of {resource} is not one.")

    @asynccontextmanager
    async def watch(
        self, resource: Resource, version: str, *, seconds: float, silence: float
    ) -> AsyncIterator[AsyncGenerator[list[bytes]]]:
        """The raw events after `version`, in batches as they arrive; a line too long to keep is b"".

        The server is asked to end it after `seconds`. Entering and reading raise HomelabError, DeadlineExceeded when
        `silence` seconds pass without an answer or without a whole line.
        """
        params = {
            "watch": "true",
            "resourceVersion": version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(max(1, round(seconds))),
        }
        call, limits = Call(self.name, "watch", str(resource)), aiohttp.ClientTimeout(sock_connect=CONNECT_SECONDS)
        with self._explaining():
            async with asyncio.timeout(silence):
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

    async def _json(self, call: Call, path: str, params: Mapping[str, str], deadline: float) -> Any:
        limits = aiohttp.ClientTimeout(total=deadline, sock_connect=CONNECT_SECONDS)
        with self._explaining():
            async with await self._open(call, path, params, limits) as response:
                body = await response.read()
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ResponseInvalid(f"What the cluster {self.name} answers at {path} is not JSON.") from error

    async def _open(
        self, call: Call, path: str, params: Mapping[str, str], limits: aiohttp.ClientTimeout
    ) -> aiohttp.ClientResponse:
        """Send the one request there is; the answer is a good one."""
        response = await self._session.get(
            self._access.server.joinpath(path.lstrip("/")),
            params=params,
            timeout=limits,
            allow_redirects=False,
            proxy=self._access.proxy,
            server_hostname=self._access.tls_server_name,
        )
        if response.status == HTTPStatus.OK:
            return response
        async with response:
            raise refusal(call, response.status, response.headers, await response.content.read(REFUSAL_LIMIT))

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        """Turn what the network throws into a HomelabError."""
        where = f"The cluster {self.name}"
        try:
            yield
        except TimeoutError as error:
            raise DeadlineExceeded(
                f"{where} does not answer in time; is it running and is its address right?"
            ) from error
        except aiohttp.ClientConnectorCertificateError as error:
            raise ConnectionFailed(f"{where} shows a certificate that is not trusted; give its CA.") from error
        except aiohttp.ClientResponseError as error:
            raise ResponseInvalid(f"{where} answers something that is not HTTP.") from error
        except (aiohttp.ClientError, OSError) as error:
            raise ConnectionFailed(f"{where} cannot be reached; is it running and is its address right?") from error


async def connect(config: ClusterConfig) -> Cluster:
    """Prepare the connection to a cluster; nothing is sent yet. Raises InputInvalid."""
    access = await asyncio.get_running_loop().run_in_executor(None, resolve, config)
    return Cluster(config.name, access)


async def _read(content: aiohttp.StreamReader, lines: Lines) -> list[bytes]:
    """The next lines; none at the end of the stream."""
    while chunk := await content.readany():
        if batch := lines.feed(chunk):
            return batch
    return lines.rest()
