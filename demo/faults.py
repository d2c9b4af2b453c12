"""A TCP proxy that stands before a simulator (or a real service) and makes it fail in the ways networks and servers do.

The simulator behind it stays honest; every fault is made of real bytes, closed sockets and silence. A rule matches
requests by method and path and applies to the whole exchange. Connections are kept alive as the server behind would
keep them.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
import json
import re
from typing import Any

CHUNK = 16 * 1024
HEAD_LIMIT = 64 * 1024


class FaultKind(StrEnum):
    """What happens to a matching exchange."""

    REFUSE = "refuse"  # the port is closed: nothing listens
    HANG = "hang"  # the request is read, no byte ever comes back
    SLOW = "slow"  # `delay` seconds before each `size` bytes of the answer
    CUT = "cut"  # the connection is reset after `after` bytes of the answer
    STATUS = "status"  # an answer with `status`, `headers` and `body` instead of the server's
    GARBAGE = "garbage"  # `body` (or noise) instead of an HTTP answer


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One rule.

    `method` and `path` are regular expressions for the whole method and the path with its query; `times` limits how
    often it applies (None: until removed). `delay` is in seconds, `size` and `after` are bytes of the answer including
    its head.
    """

    kind: FaultKind
    method: str = ".*"
    path: str = ".*"
    times: int | None = None
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    delay: float = 1.0
    size: int = 1
    after: int = 0

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Fault:
        """Build a rule from the control port's JSON; raises TypeError or ValueError for what it does not know."""
        return cls(**{**data, "kind": FaultKind(data["kind"])})

    def matches(self, method: str, path: str) -> bool:
        """Whether the rule is for this request."""
        return bool(re.fullmatch(self.method, method) and re.fullmatch(self.path, path))


@dataclass(frozen=True)
class Seen:
    """A request that passed the proxy."""

    method: str
    path: str


@dataclass
class _Rule:
    fault: Fault
    left: int | None


class FaultProxy:
    """Listens on a loopback port of its own and forwards to `upstream_port`, applying the rules it was given."""

    def __init__(self, upstream_port: int, *, port: int = 0) -> None:
        self._upstream_port = upstream_port
        self._port = port
        self._server: asyncio.Server | None = None
        self._rules: list[_Rule] = []
        self._connections: set[asyncio.Task[None]] = set()
        self.seen: list[Seen] = []

    @property
    def port(self) -> int:
        """The port clients use; it stays the same while the service refuses."""
        return self._port

    @property
    def url(self) -> str:
        """The base URL clients use, without a trailing slash."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def faults(self) -> list[Fault]:
        """The rules in force, oldest first."""
        return [rule.fault for rule in self._rules]

    async def start(self) -> None:
        """Open the port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port, limit=HEAD_LIMIT)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the port and drop every connection."""
        await self._close_port()
        await self.drop_connections()

    async def inject(self, fault: Fault) -> None:
        """Add a rule; it holds for exchanges that begin from now on."""
        self._rules.append(_Rule(fault, fault.times))
        if fault.kind is FaultKind.REFUSE:
            await self.stop()

    async def clear(self) -> None:
        """Remove every rule; a refusing port listens again."""
        self._rules.clear()
        if self._server is None:
            await self.start()

    async def drop_connections(self) -> None:
        """Reset every open connection, as a dying host does."""
        tasks = list(self._connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _close_port(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _take(self, method: str, path: str) -> Fault | None:
        for rule in self._rules:
            if rule.fault.matches(method, path) and rule.left != 0:
                if rule.left is not None:
                    rule.left -= 1
                return rule.fault
        return None

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._connections.add(task)
        try:
            await task
        except asyncio.CancelledError:
            writer.transport.abort()
        except OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError:
            pass  # a peer went away: that is what the proxy is for
        finally:
            self._connections.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._upstream_port)
        answering: asyncio.Task[None] | None = None
        current: list[Fault | None] = [None]
        try:
            answering = asyncio.create_task(_answer(up_reader, writer, current))
            while head := await _read_head(reader, answering):
                method, path, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
                self.seen.append(Seen(method, path))
                current[0] = fault = self._take(method, path)
                if fault and fault.kind in (FaultKind.HANG, FaultKind.STATUS, FaultKind.GARBAGE):
                    async for _ in _body(head, reader):
                        pass
                    await _misbehave(fault, reader, writer)
                    return
                up_writer.write(head)
                async for chunk in _body(head, reader):
                    up_writer.write(chunk)
                await up_writer.drain()
        finally:
            up_writer.close()
            if answering is not None:
                answering.cancel()
                with suppress(asyncio.CancelledError, OSError):
                    await answering


async def _read_head(reader: asyncio.StreamReader, answering: asyncio.Task[None]) -> bytes:
    """The next request's head, or nothing when either side closed the connection."""
    reading = asyncio.ensure_future(reader.readuntil(b"\r\n\r\n"))
    try:
        await asyncio.wait({reading, answering}, return_when=asyncio.FIRST_COMPLETED)
        return b"" if not reading.done() or reading.exception() else reading.result()
    finally:
        reading.cancel()


async def _body(head: bytes, reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    if re.search(rb"(?im)^transfer-encoding:\s*chunked", head):
        while True:
            size = await reader.readline()
            yield size + await reader.readexactly(int(size.split(b";")[0], 16) + 2)
            if not int(size.split(b";")[0], 16):
                return
    if length := re.search(rb"(?im)^content-length:\s*(\d+)", head):
        left = int(length[1])
        while left:
            chunk = await reader.readexactly(min(left, CHUNK))
            left -= len(chunk)
            yield chunk


async def _answer(upstream: asyncio.StreamReader, writer: asyncio.StreamWriter, current: list[Fault | None]) -> None:
    """Pump the server's bytes to the client through the rule of the exchange in progress."""
    sent, applied = 0, None
    while chunk := await upstream.read(CHUNK):
        fault = current[0]
        if fault is not applied:
            sent, applied = 0, fault
        if fault and fault.kind is FaultKind.CUT and sent + len(chunk) > fault.after:
            writer.write(chunk[: fault.after - sent])
            await writer.drain()
            return
        if fault and fault.kind is FaultKind.SLOW:
            for at in range(0, len(chunk), fault.size):
                await asyncio.sleep(fault.delay)
                writer.write(chunk[at : at + fault.size])
                await writer.drain()
        else:
            writer.write(chunk)
            await writer.drain()
        sent += len(chunk)


async def _misbehave(fault: Fault, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if fault.kind is FaultKind.HANG:
        await reader.read()  # until the client gives up
        return
    if fault.kind is FaultKind.GARBAGE:
        writer.write(fault.body.encode() or b"\x16\x03\x01\x00\xff\xfe<<< not http >>>\r\n\r\n")
    else:
        body = fault.body.encode()
        headers = {
            "Content-Type": _content_type(fault.body),
            **fault.headers,
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 {fault.status} Fault\r\n{head}\r\n".encode() + body)
    await writer.drain()


def _content_type(body: str) -> str:
    try:
        json.loads(body)
    except ValueError:
        return "text/html; charset=utf-8" if body.lstrip().startswith("<") else "text/plain; charset=utf-8"
    return "application/json"


@asynccontextmanager
async def fault_proxy(upstream_port: int, *, port: int = 0) -> AsyncIterator[FaultProxy]:
    """A running proxy before `upstream_port`."""
    proxy = FaultProxy(upstream_port, port=port)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
