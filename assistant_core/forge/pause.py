"""A service that asked us to wait is not asked again before."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from ..errors import RateLimited

_UNTOLD = 60.0
"""Seconds that we wait when a service does not say how long; GitHub asks for at least as many."""


def asked_to_wait(service: str, retry_after: str | None) -> RateLimited:
    """An answer 429, with what stands in its header Retry-After."""
    seconds = float(retry_after) if retry_after and retry_after.isdigit() else _UNTOLD
    told = f"{service} asks us to slow down; try again in {seconds:.0f} seconds."
    return RateLimited(told, retry_after=seconds, service=service, reason="wait")


class Pause:
    """Obeys RateLimited; `until` is when the pause ends, also one from before a restart."""

    def __init__(self, service: str, until: datetime | None = None) -> None:
        self._service = service
        self._until = until

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Ask within this. Raises RateLimited instead, while the pause lasts."""
        left = (self._until - datetime.now(UTC)).total_seconds() if self._until else 0.0
        if left > 0:
            told = f"{self._service} asked us to wait; try again in {left:.0f} seconds."
            raise RateLimited(told, retry_after=left, service=self._service, reason="wait")
        try:
            yield
        except RateLimited as error:
            self._until = error.retry_at
            raise
