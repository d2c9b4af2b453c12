"""A circuit breaker: a server that cannot be reached is left alone for a while, longer each time."""

from collections.abc import Callable
import random
import time

from ..errors import HomelabError

JITTER = 0.2


class CircuitBreaker:
    """Opens after `failures` failed connections in a row, for `pause` seconds at first and `longest` at most.

    When that time is up one request is let through as a probe; the others wait for what becomes of it. Times are in
    seconds of `clock`; `jitter` is a number from 0 to 1 that spreads the pauses of many clients by a fifth. `cause` is
    what the last failure was told to be.
    """

    def __init__(
        self,
        *,
        failures: int = 3,
        pause: float = 15,
        longest: float = 300,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._limit = failures
        self._first_pause = pause
        self._longest = longest
        self._clock = clock
        self._jitter = jitter
        self._failures = 0
        self._pause = 0.0
        self._until = 0.0
        self._probing = False
        self.cause: HomelabError | None = None

    @property
    def is_open(self) -> bool:
        """Whether requests are held back."""
        return self._pause > 0

    @property
    def wait(self) -> float:
        """Seconds until the next probe; 0 while one is allowed or under way."""
        return max(0.0, self._until - self._clock()) if self.is_open else 0.0

    def admit(self) -> bool:
        """Whether a request may go out now; an open breaker admits one, whose outcome it must be told."""
        if not self.is_open:
            return True
        if self._probing or self.wait:
            return False
        self._probing = True
        return True

    def succeeded(self) -> None:
        """The server answered, whatever it said."""
        self._failures, self._pause, self._probing = 0, 0.0, False

    def failed(self, cause: HomelabError | None = None) -> None:
        """No connection, because of `cause`; what began before the breaker opened tells nothing new."""
        if self.is_open and not self._probing:
            return
        self.cause = cause
        self._failures += 1
        if self._probing or self._failures >= self._limit:
            self._pause = min(2 * self._pause or self._first_pause, self._longest)
            self._until = self._clock() + self._pause * (1 - JITTER * self._jitter())
        self._probing = False

    def abandoned(self) -> None:
        """The request was given up before it showed anything; the next one may be the probe."""
        self._probing = False
