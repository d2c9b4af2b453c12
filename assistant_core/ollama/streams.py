"""Reads an answer line by line, with a bound on what it may make us remember and on how long it may be silent."""

import asyncio
from collections import deque
from contextlib import suppress
from types import TracebackType
from typing import Self

from aiohttp import StreamReader

from ..errors import HomelabError
from ..web import TooLong
from .failures import Failures

LINE_LIMIT = 1024 * 1024
END_WAIT = 0.1  # seconds


class LineReader:
    """Splits a stream into lines, each byte looked at once.

    `waiting_since` is the loop's time at which it began to wait for bytes, None while it does not.
    """

    def __init__(self, content: StreamReader, *, limit: int = LINE_LIMIT) -> None:
        self._content = content
        self._limit = limit
        self._ready: deque[bytes] = deque()
        self._tail = bytearray()
        self._now = asyncio.get_running_loop().time
        self.waiting_since: float | None = None

    async def next(self) -> bytes | None:
        """The next line that is not blank, None at the end; raises TooLong, aiohttp's errors and those of `fail`."""
        while not self._ready:
            self.waiting_since = self._now()
            chunk = await self._content.readany()
            self.waiting_since = None
            if not chunk:
                last, self._tail = bytes(self._tail).strip(), bytearray()
                return last or None
            self._feed(chunk)
        return self._ready.popleft()

    async def end(self) -> None:
        """See that nothing follows the last line, so that the connection can serve again; never waits for it long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(END_WAIT):
                await self._content.readany()

    def fail(self, error: HomelabError) -> None:
        """End the wait for bytes with an error."""
        self._content.set_exception(error)

    def _feed(self, chunk: bytes) -> None:
        if not self._tail and chunk.find(b"\n") == len(chunk) - 1 < self._limit:  # one token, as a rule
            if line := chunk.strip():
                self._ready.append(line)
            return
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


class GapWatch:
    """Bounds each wait of a reader by `gap` seconds, and all of them by `total`; time spent elsewhere does not count.

    One timer looks after the whole answer: a timeout around every wait would cost more than reading a token.
    """

    def __init__(self, lines: LineReader, failures: Failures, *, gap: float, total: float, begun: float) -> None:
        self._lines = lines
        self._failures = failures
        self._gap = gap
        self._total = total
        self._until = begun + total
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        self._look()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        """End a wait that has lasted too long, or look again when it will have."""
        now, since = self._loop.time(), self._lines.waiting_since
        due = (now if since is None else since) + self._gap
        if since is not None and now >= self._until:
            self._lines.fail(self._failures.endless(self._total))
        elif now >= due:
            self._lines.fail(self._failures.stalled(self._gap))
        else:
            self._timer = self._loop.call_at(min(due, self._until) if now < self._until else due, self._look)
