"""The numbers of a reflector, and the pauses between its attempts. The defaults are client-go's."""

from dataclasses import dataclass
import random
import time


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """All in seconds.

    A page must arrive whole within `page`, a watch be accepted within `answer`. A watch is asked to last from
    `watch_shortest` to `watch_longest`; API servers send a bookmark each minute, so `silence` longer than that means
    that nobody is there. `denied` and `not_installed` are the pauses after 401 or 403 and after a missing CRD; what may
    be listed but not watched is listed each `poll`. While attempts are in vain one request is made each `turn`; after
    a watch has lasted for `proof` others go on. Every other pause lasts from `pause_shortest` to `pause_longest`, twice
    as long each time, and is short again once none was needed for `healthy`. Listeners are told at most once each
    `burst`.
    """

    page: float = 30
    answer: float = 10
    watch_shortest: float = 300
    watch_longest: float = 600
    silence: float = 70
    denied: float = 30
    poll: float = 60
    not_installed: float = 300
    turn: float = 9
    proof: float = 1
    pause_shortest: float = 0.8
    pause_longest: float = 30
    healthy: float = 120
    burst: float = 0.5


DEFAULT_TIMING = Timing()
JITTER = 1.25  # the most by which a pause is longer than it would be


class Backoff:
    """Says how long to wait before each attempt."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._next = timing.pause_shortest
        self._asked = -timing.healthy

    def pause(self) -> float:
        """The seconds to wait now, with jitter: at least `pause_shortest`, at most `pause_longest`."""
        now = time.monotonic()
        if now - self._asked > self._timing.healthy:
            self._next = self._timing.pause_shortest
        self._asked = now
        pause = self._next * random.uniform(1, JITTER)  # noqa: S311 - jitter, not a secret
        self._next = min(self._next * 2, self._timing.pause_longest / JITTER)
        return pause
