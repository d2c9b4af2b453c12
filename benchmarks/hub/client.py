"""Our client beside the least that a program can do: POST, read lines, parse them."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
import time

import aiohttp
import orjson

from assistant_core.models.chat import ChatRequest, Message, Role
from assistant_core.ollama import OllamaClient
from assistant_core.ollama.wire import chat_body

from ..figures import Figure, Target, interleaved
from .ollama import TALKER, Ollama, simulated_ollama

FIRST_TOKENS = 300  # pairs
STREAMS = 15  # pairs
STREAM_TOKENS = 400
TOKEN_SECONDS = 0.001  # so that each token comes in a chunk of its own, as from a graphics card

type Stream = Callable[[], AsyncGenerator[str]]


async def against_bare_aiohttp() -> AsyncIterator[Figure]:
    """Time to the first token, and processor time for each token of a long answer."""
    async with aiohttp.ClientSession() as session, simulated_ollama(session) as ollama:
        request = ChatRequest(
            model=TALKER,
            messages=(
                Message(role=Role.SYSTEM, content="You are the assistant of a homelab. " * 40),
                Message(role=Role.USER, content="Tell me a story about a rack in a cellar."),
            ),
            context_length=8192,
            keep_alive=1800,
        )
        body = chat_body(request)
        client = OllamaClient(session, ollama.url)

        async def ours() -> AsyncGenerator[str]:
            async with aclosing(client.chat(request)) as deltas:
                async for delta in deltas:
                    yield delta.content

        async def theirs() -> AsyncGenerator[str]:
            async with session.post(f"{ollama.url}/api/chat", data=orjson.dumps(body)) as response:
                async for line in response.content:
                    yield orjson.loads(line)["message"]["content"]

        first = await interleaved(lambda: _first_token(ours), lambda: _first_token(theirs), pairs=FIRST_TOKENS)
        yield Figure(
            name="client: time to first token",
            ours=first[0],
            theirs=first[1],
            unit="ms",
            target=Target(value=1.25),
        )
        await ollama.behave(token_delay=TOKEN_SECONDS)
        long = await interleaved(lambda: _stream(ollama, ours), lambda: _stream(ollama, theirs), pairs=STREAMS)
        yield Figure(
            name="client: processor time for each streamed token",
            ours=long[0],
            theirs=long[1],
            unit="µs",
            target=Target(value=1.3),
        )


async def _first_token(stream: Stream) -> float:
    """Milliseconds."""
    seconds = 0.0
    begun = time.perf_counter()
    async with aclosing(stream()) as pieces:
        async for _ in pieces:
            seconds = seconds or time.perf_counter() - begun
    return seconds * 1e3


async def _stream(ollama: Ollama, stream: Stream) -> float:
    """Microseconds of processor time for each token."""
    await ollama.will_say(*["word "] * STREAM_TOKENS)
    begun = time.process_time()
    async with aclosing(stream()) as pieces:
        async for _ in pieces:
            pass
    return (time.process_time() - begun) * 1e6 / STREAM_TOKENS
