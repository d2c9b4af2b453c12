"""Turns a burst of news into few calls."""

import asyncio
from collections.abc import Callable


class Throttle:
    """Calls back soon after the first poke, and while pokes go on once each `seconds`."""

    def __init__(self, callback: Callable[[], None], seconds: float) -> None:
        self._callback = callback
        self._seconds = seconds
        self._waiting: asyncio.Handle | None = None
        self._poked = False

    def poke(self) -> None:
        """There is news; needs a running event loop."""
        self._poked = True
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().call_soon(self._call)

    def close(self) -> None:
        """Call back no more for what was poked before."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        self._poked = False

    def _call(self) -> None:
        if not self._poked:
            self._waiting = None
            return
        self._poked = False
        self._waiting = asyncio.get_running_loop().call_later(self._seconds, self._call)
        self._callback()
