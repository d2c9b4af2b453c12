"""Cuts a stream of bytes into lines."""

from collections.abc import Iterator


class Lines:
    """Collects chunks and gives whole lines, each once; one longer than `limit` bytes comes as b"" instead."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> list[bytes]:
        """Add a chunk; the lines it completes, without their ends."""
        return list(self._lines(chunk))

    def rest(self) -> list[bytes]:
        """What the stream ended with instead of a line's end, if anything; once."""
        rest, self._parts, self._size = b"".join(self._parts), [], 0
        return [rest] if rest else []

    def _lines(self, chunk: bytes) -> Iterator[bytes]:
        *whole, rest = chunk.split(b"\n")
        for end in whole:
            self._keep(end)
            yield b"".join(self._parts)
            self._parts, self._size = [], 0
        self._keep(rest)

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._limit:
            self._parts = []
        else:
            self._parts.append(part)
