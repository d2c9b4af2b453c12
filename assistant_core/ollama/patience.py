"""Waiting for the first byte of an answer: as long as the server lives and may still be loading the model.

Ollama is silent while it loads and while it reads the prompt. A host that has gone is as silent, so after a moment it
is asked, again and again, for its version.

`/api/ps` lists a model from the moment its load begins. Until the first request is through, its `expires_at` is counted
from the present and moves; afterwards it stands still. So a model that is listed with a moving expiry may be loading.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from ..errors import ConnectionFailed, HomelabError
from ..models.chat import ChatRequest
from ..models.hub import LoadedModel
from .channel import Channel

type Loaded = Callable[[], Awaitable[tuple[LoadedModel, ...]]]
"""Asks for the models in memory; raises HomelabError."""


@asynccontextmanager
async def patience(channel: Channel, request: ChatRequest, loaded: Loaded) -> AsyncGenerator[None]:
    """Bound the silence before the first byte; raises the ConnectionFailed that tells why nothing came."""
    limits, loop = channel.deadlines, asyncio.get_running_loop()
    begun = loop.time()
    watch = _Watch(channel, request, loaded, begun)
    try:
        async with asyncio.timeout_at(begun + min(limits.first_byte_loading, limits.total)) as deadline:
            # Nothing is asked at once: that would cost every warm turn a request.
            timer = loop.call_later(limits.probe, watch.start, deadline)

            def end(error: HomelabError) -> None:
                watch.gone = error
                deadline.reschedule(loop.time())

            try:
                with channel.ending(end):
                    yield
            finally:
                timer.cancel()
                await watch.stop()
    except TimeoutError as error:
        raise (watch.gone or channel.failures.silent((deadline.when() or begun) - begun)) from error


class _Watch:
    """Asks about the server during the silence, and moves the deadline by what it learns."""

    def __init__(self, channel: Channel, request: ChatRequest, loaded: Loaded, begun: float) -> None:
        self._channel = channel
        self._request = request
        self._loaded = loaded
        self._begun = begun
        self._task: asyncio.Task[None] | None = None
        self.gone: HomelabError | None = None

    def start(self, deadline: asyncio.Timeout) -> None:
        """Begin to ask."""
        self._task = asyncio.create_task(self._run(deadline))

    async def stop(self) -> None:
        """Ask no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self, deadline: asyncio.Timeout) -> None:
        limits, loop = self._channel.deadlines, asyncio.get_running_loop()
        previous: datetime | None = None
        while True:
            try:
                await self._channel.alive()
            except ConnectionFailed as error:
                self.gone = error
                deadline.reschedule(loop.time())
                return
            except HomelabError:
                pass  # it answers, if only a proxy that does not know this path
            expiry = await self._expiry()
            if expiry is not None and expiry == previous:
                deadline.reschedule(self._begun + min(limits.first_byte, limits.total))
            previous = expiry
            await asyncio.sleep(limits.probe)

    async def _expiry(self) -> datetime | None:
        """When the model will leave the memory; None when it is not there, or with a context that we will replace."""
        try:
            async with asyncio.timeout(self._channel.deadlines.connect):
                loaded = await self._loaded()
        except HomelabError, TimeoutError:
            return None
        names = {self._request.model, f"{self._request.model}:latest"}
        for model in loaded:
            if model.name in names and self._request.context_length in {None, model.context_length}:
                return model.expires_at
        return None
