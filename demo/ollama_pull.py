"""The registry a simulated Ollama pulls from; what was fetched stays when a pull is given up, as in the real one."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from typing import Any

from .ollama_models import Model

PARTS = 10


class Registry:
    """Has the models `names`."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._fetched: dict[str, int] = {}

    async def pull(self, name: str, delay: float) -> AsyncGenerator[dict[str, Any]]:
        """Fetch a model, `delay` seconds for each part; yields the lines of `/api/pull`."""
        yield {"status": "pulling manifest"}
        if name not in self._names:
            yield {"error": "pull model manifest: file does not exist"}
            return
        model = Model.named(name)
        layer = {"status": f"pulling {model.digest[:12]}", "digest": f"sha256:{model.digest}", "total": model.size}
        fetched = self._fetched.get(name, 0)
        yield layer | ({"completed": model.size * fetched // PARTS} if fetched else {})
        for part in range(fetched + 1, PARTS + 1):
            await asyncio.sleep(delay)
            self._fetched[name] = part
            yield {**layer, "completed": model.size * part // PARTS}
        for status in ("verifying sha256 digest", "writing manifest", "success"):
            yield {"status": status}
