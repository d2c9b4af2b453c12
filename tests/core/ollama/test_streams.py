"""Lines of an answer, however the network cuts it."""

import asyncio

from aiohttp import StreamReader
from aiohttp.base_protocol import BaseProtocol
from hypothesis import given
from hypothesis import strategies as st
import pytest

from assistant_core.ollama.streams import LineReader
from assistant_core.web import TooLong, read_all


def stream(chunks: list[bytes]) -> StreamReader:
    loop = asyncio.get_running_loop()
    content = StreamReader(BaseProtocol(loop), 2**16, loop=loop)
    for chunk in chunks:
        content.feed_data(chunk)
    content.feed_eof()
    return content


def read(chunks: list[bytes], limit: int = 1000) -> list[bytes]:
    async def lines() -> list[bytes]:
        reader = LineReader(stream(chunks), limit=limit)
        found = []
        while line := await reader.next():
            found.append(line)
        assert await reader.next() is None
        return found

    return asyncio.run(lines())


@given(st.lists(st.binary(max_size=20).map(lambda part: part.replace(b"\n", b"")), max_size=20), st.data())
def test_the_lines_do_not_depend_on_the_cuts(lines: list[bytes], data: st.DataObject) -> None:
    text = b"\n".join(lines)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=10)))
    chunks = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert read([chunk for chunk in chunks if chunk]) == [line.strip() for line in lines if line.strip()]


@pytest.mark.parametrize("chunks", [[b"x" * 101], [b"x" * 60, b"x" * 60], [b"ok\n" + b"x" * 101 + b"\n"]])
def test_a_line_beyond_the_limit_is_refused(chunks: list[bytes]) -> None:
    with pytest.raises(TooLong):
        read(chunks, limit=100)


async def test_a_body_beyond_the_limit_is_refused() -> None:
    assert await read_all(stream([b"x" * 50, b"x" * 50]), 100) == b"x" * 100
    with pytest.raises(TooLong):
        await read_all(stream([b"x" * 50, b"x" * 51]), 100)
