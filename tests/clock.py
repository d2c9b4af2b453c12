"""Time that does not wait: while nothing happens on any socket or in a thread, the event loop's clock runs on in steps.

It stands still while anything does happen, so only waiting takes time: minutes of back-off pass in a second, and
nothing times out because the machine is busy.
"""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
import time
from typing import Any

import pytest

IDLE = 0.004  # real seconds without any event after which time moves on
STEP = 1.0  # seconds by which it does


class FastClock:
    """The monotonic clock of this process; while it is `running`, it counts only what the loop waits for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._real = time.monotonic
        self._ahead = 0.0
        self._stands: float | None = None
        self._at_work: set[Future[Any]] = set()
        submit = ThreadPoolExecutor.submit

        def submitted(pool: ThreadPoolExecutor, *args: Any, **kwargs: Any) -> Future[Any]:
            work = submit(pool, *args, **kwargs)
            self._at_work.add(work)
            work.add_done_callback(self._at_work.discard)
            return work

        monkeypatch.setattr(time, "monotonic", self._now)
        monkeypatch.setattr(ThreadPoolExecutor, "submit", submitted)

    def _now(self) -> float:
        return self._real() + self._ahead if self._stands is None else self._stands

    @contextmanager
    def running(self) -> Iterator[None]:
        """Skip what the running loop would wait for."""
        selector: Any = asyncio.get_running_loop()._selector  # type: ignore[attr-defined] # the loop has one
        select = selector.select
        now = self._stands = self._now()

        def skip(timeout: float | None = None) -> Any:
            nonlocal now
            if timeout is None or timeout <= 0:
                return select(timeout)
            if not (events := select(idle := min(timeout, IDLE))):
                now += idle if self._at_work else min(timeout, STEP)
                self._stands = now
            return events

        selector.select = skip
        try:
            yield
        finally:
            del selector.select
            self._stands = None
            self._ahead += max(0.0, now - self._now())
