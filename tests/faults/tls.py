"""TLS before a port that has none, with a certificate that can become another one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
import socket
import ssl

from demo.ports import bound, stop_accepting
from tests.certificates import Pair


def tls_context(pair: Pair, folder: Path) -> ssl.SSLContext:
    """A server's context with this certificate."""
    path = folder / f"{pair.certificate.serial_number}.pem"
    path.write_text(pair.pem + pair.key_pem)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    return context


class TlsFront:
    """Listens on a port of its own and forwards what it decrypts."""

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._server: asyncio.Server | None = None
        self._context: ssl.SSLContext | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._listener: socket.socket
        self.port = 0

    async def use(self, context: ssl.SSLContext | None) -> None:
        """Show this certificate from now on; every connection breaks. None: close."""
        if self._server is not None:
            await stop_accepting(self._listener)
            self._server.close()
            for task in tuple(self._connections):
                task.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)
            self._server = None
        self._context = context
        if context is not None:
            self._listener = bound(self.port)
            self.port = self._listener.getsockname()[1]
            self._server = await asyncio.start_server(self._accept, sock=self._listener)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(task)
        await asyncio.wait([task])
        self._connections.discard(task)
        writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._context is None:
            return
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
        try:
            with suppress(OSError, ExceptionGroup):
                await writer.start_tls(self._context)
                async with asyncio.TaskGroup() as both:
                    both.create_task(_pump(reader, up_writer))
                    both.create_task(_pump(up_reader, writer))
        finally:
            up_writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(65536):
        writer.write(chunk)
        await writer.drain()
    raise ConnectionResetError


@asynccontextmanager
async def tls_front(upstream: int, context: ssl.SSLContext) -> AsyncIterator[TlsFront]:
    """A running front."""
    front = TlsFront(upstream)
    await front.use(context)
    try:
        yield front
    finally:
        await front.use(None)
