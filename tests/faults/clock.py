"""Time that does not wait: while nothing happens on any socket or in a thread, the event loop's clock runs on in steps.

Whatever is under way on a socket or in a thread takes as long as it takes; only waiting is short. So minutes of
back-off pass in a second, and nothing times out because the machine is busy.
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
    """The monotonic clock of this process, and as much more as was skipped."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._real = time.monotonic
        self._ahead = 0.0
        self._at_work: set[Future[Any]] = set()
        submit = ThreadPoolExecutor.submit

        def submitted(pool: ThreadPoolExecutor, *args: Any, **kwargs: Any) -> Future[Any]:
            work = submit(pool, *args, **kwargs)
            self._at_work.add(work)
            work.add_done_callback(self._at_work.discard)
            return work

        monkeypatch.setattr(time, "monotonic", lambda: self._real() + self._ahead)
        monkeypatch.setattr(ThreadPoolExecutor, "submit", submitted)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Skip what the running loop would wait for."""
        selector: Any = asyncio.get_running_loop()._selector  # type: ignore[attr-defined] # the loop has one
        select = selector.select

        def skip(timeout: float | None = None) -> Any:
            if timeout is None or timeout <= IDLE:
                return select(timeout)
            if not (events := select(IDLE)) and not self._at_work:
                self._ahead += min(timeout - IDLE, STEP)
            return events

        selector.select = skip
        try:
            yield
        finally:
            del selector.select
