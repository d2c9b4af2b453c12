"""The memory of a simulated Ollama: what is loaded, for how long, and the queue before each model."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from .ollama_models import Model
from .ollama_wire import FOR_EVER, timestamp

KEEP_ALIVE = 300.0


@dataclass
class Loaded:
    """A model in memory; `context` in tokens, `keep_alive` in seconds, `prompt` is what it can reuse.

    `expires` is None until its first request is through; what is listed counts from the present until then.
    """

    model: Model
    context: int
    keep_alive: float = KEEP_ALIVE
    expires: datetime | None = None
    busy: bool = False
    prompt: bytes = b""

    def rest(self) -> None:
        """Begin to count down, as the end of a request does."""
        self.expires = datetime.now(UTC) + self._patience
        self.busy = False

    def listing(self, *, on_gpu: float) -> dict[str, Any]:
        """An entry of `/api/ps`; the card holds the share `on_gpu` of it."""
        expires = self.expires or datetime.now(UTC) + self._patience
        return {
            "name": self.model.name,
            "model": self.model.name,
            "size": self.model.size,
            "digest": self.model.digest,
            "details": self.model.details(),
            "expires_at": timestamp(expires),
            "size_vram": int(self.model.size * on_gpu),
            "context_length": self.context,
        }

    @property
    def _patience(self) -> timedelta:
        return FOR_EVER if self.keep_alive < 0 else timedelta(seconds=self.keep_alive)


class Memory:
    """The loaded models; requests for one model are served one after the other, in the order they came."""

    def __init__(self) -> None:
        self._loaded: dict[str, Loaded] = {}
        self._slots: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def listing(self, *, on_gpu: float) -> list[dict[str, Any]]:
        """What `/api/ps` lists; a model that is being loaded stands there like any other."""
        self._expire()
        return [loaded.listing(on_gpu=on_gpu) for loaded in self._loaded.values()]

    def forget(self, name: str) -> None:
        """Unload a model."""
        self._loaded.pop(name, None)

    def forget_all(self) -> None:
        """Unload every model, as a consumer that needs the whole card brings about."""
        self._loaded.clear()

    @asynccontextmanager
    async def using(
        self, model: Model, context: int, keep_alive: float | None, load_delay: float
    ) -> AsyncIterator[Loaded]:
        """Wait for the model's turn and load it where it is missing or was loaded with another context."""
        async with self._slots[model.name]:
            self._expire()
            loaded = self._loaded.get(model.name)
            if loaded is None or loaded.context != context:
                loaded = self._loaded[model.name] = Loaded(model, context, busy=True)
                await self._load(loaded, load_delay)
            loaded.busy = True
            loaded.keep_alive = loaded.keep_alive if keep_alive is None else keep_alive
            try:
                yield loaded
            finally:
                loaded.rest()

    def _expire(self) -> None:
        now = datetime.now(UTC)
        self._loaded = {
            name: one for name, one in self._loaded.items() if one.busy or one.expires is None or one.expires > now
        }

    async def _load(self, loaded: Loaded, delay: float) -> None:
        try:
            await asyncio.sleep(delay)
        except asyncio.CancelledError:
            self.forget(loaded.model.name)
            raise
