"""Reads an answer, with a bound on what it may make us remember."""

from collections import deque

from aiohttp import StreamReader

LINE_LIMIT = 1024 * 1024


class TooLong(ValueError):
    """More came than any honest server sends."""


async def read_all(content: StreamReader, limit: int) -> bytes:
    """The whole body; raises TooLong beyond `limit` bytes, and aiohttp's errors."""
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) > limit:
            raise TooLong
    return bytes(body)


class LineReader:
    """Splits a stream into lines, each byte looked at once."""

    def __init__(self, content: StreamReader, *, limit: int = LINE_LIMIT) -> None:
        self._content = content
        self._limit = limit
        self._ready: deque[bytes] = deque()
        self._tail = bytearray()

    async def next(self) -> bytes | None:
        """The next line that is not blank, None at the end; raises TooLong and aiohttp's errors."""
        while not self._ready:
            chunk = await self._content.readany()
            if not chunk:
                last, self._tail = bytes(self._tail).strip(), bytearray()
                return last or None
            self._feed(chunk)
        return self._ready.popleft()

    def _feed(self, chunk: bytes) -> None:
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            self._extend(end)
            if line := bytes(self._tail).strip():
                self._ready.append(line)
            self._tail = bytearray()
        self._extend(rest)

    def _extend(self, part: bytes) -> None:
        self._tail += part
        if len(self._tail) > self._limit:
            raise TooLong
