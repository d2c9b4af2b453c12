"""Name servers for what asks Home Assistant's connector; the harness has none that works."""

import socket
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult


class NoNameServer(AbstractResolver):
    """Knows no host."""

    async def resolve(self, *_: Any, **__: Any) -> list[ResolveResult]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async def close(self) -> None:
        """Nothing is open."""
