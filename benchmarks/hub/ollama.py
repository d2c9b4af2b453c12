"""The simulated Ollama under both sides: what it costs there to read a prompt, and which prompts it was given."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from demo.ollama import OllamaSimulator
from demo.ollama_models import Model

from ..served import served

TALKER = "llama3.1:8b-demo-rules"  # its template puts the tools into the last user message
CODER = "qwen2.5-coder:7b-demo-rules"  # its template puts them into the system message


class Ollama:
    """A running simulator at `url`."""

    def __init__(self, session: aiohttp.ClientSession, url: str, control: str) -> None:
        self._session = session
        self._control = control
        self.url = url

    async def behave(self, **settings: float | bool) -> None:
        """Change its `demo.ollama_answer.Settings`."""
        async with self._session.patch(f"{self._control}/settings", json=settings) as response:
            response.raise_for_status()

    async def will_say(self, *tokens: str) -> None:
        """Answer the next request with these tokens."""
        async with self._session.post(f"{self._control}/script", json=[{"content": tokens}]) as response:
            response.raise_for_status()

    async def forget(self, model: str) -> None:
        """Unload a model, and with it every prompt it has read."""
        body = {"model": model, "messages": [], "keep_alive": 0}
        async with self._session.post(f"{self.url}/api/chat", json=body) as response:
            response.raise_for_status()
            await response.read()

    async def requests(self) -> list[dict[str, Any]]:
        """The bodies of all chats so far."""
        async with self._session.get(f"{self._control}/chats") as response:
            response.raise_for_status()
            return [chat["body"] for chat in await response.json() if chat["body"]["messages"]]


@asynccontextmanager
async def simulated_ollama(session: aiohttp.ClientSession) -> AsyncIterator[Ollama]:
    """A simulated Ollama in a process of its own."""
    async with served(OllamaSimulator) as service:
        yield Ollama(session, service.url, service.control)


def prompt(request: dict[str, Any]) -> bytes:
    """The prompt that the model's template makes of a request."""
    return Model.named(request["model"]).render(request["messages"], request.get("tools") or [])


def fixed_part(request: dict[str, Any]) -> bytes:
    """The prompt up to the words of its last message: instructions, earlier rounds, and tools wherever they stand."""
    *before, last = request["messages"]
    whole = prompt(request)
    emptied = prompt({**request, "messages": [*before, {**last, "content": ""}]})
    return whole[: _common(whole, emptied)]


def shared(request: dict[str, Any], previous: dict[str, Any]) -> float:
    """How much of the fixed part a model that has just read the previous request need not read again, in percent."""
    fixed = fixed_part(request)
    return 100 * _common(fixed, prompt(previous)) / len(fixed)


def _common(one: bytes, other: bytes) -> int:
    """How many bytes both begin with."""
    differences = (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differences, min(len(one), len(other)))
