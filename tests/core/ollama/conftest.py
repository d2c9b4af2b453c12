import asyncio
from collections.abc import AsyncIterator, Callable
from copy import replace
from dataclasses import dataclass

import aiohttp
import pytest

from assistant_core.errors import HomelabError
from assistant_core.models.chat import ChatDelta, ChatRequest, Message, Role
from assistant_core.ollama import CircuitBreaker, Deadlines, OllamaClient
from demo.faults import FaultProxy
from demo.ollama import OllamaSimulator
from demo.ollama_models import DEFAULT_MODELS
from demo.serving import serving
from tests.clock import FastClock

MODEL, OTHER = DEFAULT_MODELS
PATIENT = Deadlines(pause=0.01)
REQUEST = ChatRequest(model=MODEL, messages=(Message(role=Role.USER, content="hello"),), context_length=4096)


@dataclass(frozen=True)
class Ollama:
    """A simulated server behind its fault proxy, and clients of it."""

    simulator: OllamaSimulator
    proxy: FaultProxy
    session: aiohttp.ClientSession

    def client(
        self, *, token: str | None = None, breaker: CircuitBreaker | None = None, **limits: float
    ) -> OllamaClient:
        deadlines = replace(PATIENT, **limits)
        return OllamaClient(self.session, self.proxy.url, token=token, breaker=breaker, deadlines=deadlines)

    async def answer(self, request: ChatRequest = REQUEST, **limits: float) -> list[ChatDelta]:
        return [delta async for delta in self.client(**limits).chat(request)]

    async def failure(self, **limits: float) -> HomelabError:
        """What a chat ends in."""
        with pytest.raises(HomelabError) as raised:
            await self.answer(**limits)
        return raised.value

    def sentence(self, error: HomelabError) -> str:
        return str(error).replace(self.proxy.url, "URL")

    def asked(self, path: str) -> int:
        """How many requests for this path have passed."""
        return sum(seen.path == path for seen in self.proxy.seen)


async def until(reached: Callable[[], bool]) -> None:
    """Let the others run."""
    for _ in range(100):
        if reached():
            return
        await asyncio.sleep(0)
    pytest.fail("it never happened")


def words(deltas: list[ChatDelta]) -> str:
    return "".join(delta.content for delta in deltas)


@pytest.fixture
async def ollama(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ollama]:
    simulator = OllamaSimulator()
    with FastClock(monkeypatch).running():
        async with serving(simulator) as proxy, aiohttp.ClientSession() as session:
            yield Ollama(simulator, proxy, session)
