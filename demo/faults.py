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
import re
import socket
import struct
from typing import Any

from .ports import bound, stop_accepting

CHUNK = 16 * 1024
HEAD_LIMIT = 64 * 1024
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: no goodbye
NOISE = b"\x16\x03\x01\x00\xff\xfe<<< not http >>>\r\n\r\n"


class FaultKind(StrEnum):
    """What happens to a matching exchange."""

    REFUSE = "refuse"  # the port is closed: nothing listens, whatever `method`, `path` and `times` say
    HANG = "hang"  # silence: at once (the server never hears of the request), or after `after` bytes of its answer
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
        """Build a rule from the control port's JSON; raises KeyError, TypeError or ValueError for what is not one."""
        fault = cls(**{**data, "kind": FaultKind(data["kind"])})
        try:
            fault.matches("", "")
        except re.PatternError as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return fault

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


@dataclass
class _Exchange:
    """The request in progress on a connection: its rule, and how many bytes of its answer went to the client."""

    fault: Fault | None = None
    sent: int = 0


class FaultProxy:
    """Listens on a loopback port of its own and forwards to `upstream_port`, applying the rules it was given."""

    def __init__(self, upstream_port: int, *, port: int = 0) -> None:
        self._upstream_port = upstream_port
        self._socket = bound(port)
        self._server: asyncio.Server | None = None
        self._rules: list[_Rule] = []
        self._connections: dict[asyncio.Task[None], str] = {}
        self._arrived = asyncio.Condition()
        self.port: int = self._socket.getsockname()[1]
        self.seen: list[Seen] = []

    @property
    def url(self) -> str:
        """The base URL clients use, without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def faults(self) -> list[Fault]:
        """The rules in force, oldest first."""
        return [rule.fault for rule in self._rules]

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._accept, sock=self._socket, limit=HEAD_LIMIT)

    async def stop(self) -> None:
        """Close the port and drop every connection."""
        await self._close()
        self._socket.close()

    async def asked(self, path: str) -> None:
        """Wait until a request has come whose path and query fit this regular expression."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: any(re.fullmatch(path, seen.path) for seen in self.seen))

    async def inject(self, fault: Fault) -> None:
        """Add a rule; it holds for exchanges that begin from now on."""
        self._rules.append(_Rule(fault, fault.times))
        if fault.kind is FaultKind.REFUSE and self._server is not None:
            await self._close()
            self._socket = bound(self.port)  # held but not listening: refused, and nobody else can take it

    async def clear(self) -> None:
        """Remove every rule; a refusing port listens again."""
        self._rules.clear()
        if self._server is None:
            await self.start()

    async def drop_connections(self, path: str = ".*") -> None:
        """Reset every open connection, as a dying host does, or those whose last request fits the expression."""
        tasks = [task for task, last in self._connections.items() if re.fullmatch(path, last)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            await stop_accepting(self._socket)
            server.close()
            await self.drop_connections()
            server.abort_clients()  # those accepted a moment ago
            await server.wait_closed()

    def _take(self, method: str, path: str) -> Fault | None:
        for rule in self._rules:
            if rule.fault.matches(method, path) and rule.left != 0:
                if rule.left is not None:
                    rule.left -= 1
                return rule.fault
        return None

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server is None:  # closed a moment ago: whom it would pass the connection on to may be gone, too
            writer.close()
            return
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._connections[task] = ""
        try:
            await task
        except asyncio.CancelledError:
            _reset(writer)
        except OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError:
            pass  # a peer went away: that is what the proxy is for
        finally:
            del self._connections[task]
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._upstream_port)
        exchange = _Exchange()
        answering = asyncio.create_task(_answer(up_reader, writer, exchange))
        try:
            while head := await _read_head(reader, answering):
                method, path, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
                async with self._arrived:
                    self.seen.append(Seen(method, path))
                    self._arrived.notify_all()
                if task in self._connections:
                    self._connections[task] = path
                exchange.fault, exchange.sent = self._take(method, path), 0
                if exchange.fault and _answers_itself(exchange.fault):
                    async for _ in _body(head, reader):
                        pass
                    await _misbehave(exchange.fault, reader, writer)
                    return
                up_writer.write(head)
                async for chunk in _body(head, reader):
                    up_writer.write(chunk)
                await up_writer.drain()
        finally:
            up_writer.close()
            answering.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await answering


def _reset(writer: asyncio.StreamWriter) -> None:
    """Make the connection end with RST instead of a regular end of the stream."""
    if not writer.transport.is_closing():
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        writer.transport.abort()


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
        length = -1
        while length:
            size = await reader.readuntil(b"\r\n")
            length = int(size.split(b";")[0], 16)
            yield size + await reader.readexactly(length + 2)
    elif declared := re.search(rb"(?im)^content-length:\s*(\d+)", head):
        left = int(declared[1])
        while left:
            chunk = await reader.readexactly(min(left, CHUNK))
            left -= len(chunk)
            yield chunk


async def _answer(upstream: asyncio.StreamReader, writer: asyncio.StreamWriter, exchange: _Exchange) -> None:
    """Pump the server's bytes to the client through the rule of the exchange in progress."""
    while chunk := await upstream.read(CHUNK):
        fault = exchange.fault
        limit = fault.after - exchange.sent if fault and fault.kind in {FaultKind.CUT, FaultKind.HANG} else None
        step = fault.size if fault and fault.kind is FaultKind.SLOW else CHUNK
        for at in range(0, len(chunk[:limit]), step):
            if fault and fault.kind is FaultKind.SLOW:
                await asyncio.sleep(fault.delay)
            writer.write(chunk[:limit][at : at + step])
            await writer.drain()
        exchange.sent += len(chunk)
        if limit is not None and limit < len(chunk):
            if fault and fault.kind is FaultKind.HANG:
                await asyncio.Event().wait()  # until the client gives up, which cancels this task
            _reset(writer)
            return


def _answers_itself(fault: Fault) -> bool:
    return fault.kind in {FaultKind.STATUS, FaultKind.GARBAGE} or (fault.kind is FaultKind.HANG and not fault.after)


async def _misbehave(fault: Fault, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if fault.kind is FaultKind.HANG:
        await reader.read()  # until the client gives up
        return
    if fault.kind is FaultKind.GARBAGE:
        writer.write(fault.body.encode() or NOISE)
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
    kinds = {"{": "application/json", "[": "application/json", "<": "text/html; charset=utf-8"}
    return kinds.get(body.lstrip()[:1], "text/plain; charset=utf-8")


@asynccontextmanager
async def fault_proxy(upstream_port: int, *, port: int = 0) -> AsyncIterator[FaultProxy]:
    """A running proxy before `upstream_port`."""
    proxy = FaultProxy(upstream_port, port=port)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
