"""The open findings of one cluster as k8sgpt has them, followed live."""

from collections.abc import Callable
from functools import partial
from typing import Never

from ..kube import DEFAULT_TIMING, Cluster, Reflector, Throttle, Timing, WatchState
from ..models.finding import Finding, FindingChange
from ..models.observation import Observation
from .changes import changes
from .results import RESULTS, finding_from_result


class FindingsWatch:
    """Follows a cluster's Results. What is open at the first look is where it starts from, not a change."""

    def __init__(self, cluster: Cluster, name: str, *, timing: Timing = DEFAULT_TIMING) -> None:
        """`name` is what findings call the cluster; needs a running event loop."""
        transform = partial(finding_from_result, cluster=name)
        self._throttle = Throttle(self._compare, timing.burst)
        self._reflector: Reflector[Finding] = Reflector(cluster, RESULTS, transform, self._throttle.poke, timing=timing)
        self._findings: dict[str, Finding] | None = None
        self._ordered: tuple[Finding, ...] | None = None
        self._subscribers: dict[object, Callable[[FindingChange], None]] = {}
        self._listeners: dict[object, Callable[[], None]] = {}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is open, oldest first."""
        if self._ordered is None:
            found = (self._findings or {}).values()
            self._ordered = tuple(sorted(found, key=lambda finding: (finding.first_seen, finding.id)))
        return self._ordered

    @property
    def observation(self) -> Observation[tuple[Finding, ...]]:
        """What is open, when the cluster was last heard of, and why it is not heard of now."""
        watched = self._reflector
        return Observation(
            value=None if self._findings is None else self.findings,
            at=watched.last_contact,
            error=watched.error,
            since=watched.failing_since,
        )

    @property
    def state(self) -> WatchState:
        """What the watch is doing."""
        return self._reflector.state

    async def run(self) -> Never:
        """Follow the cluster until cancelled."""
        try:
            await self._reflector.run()
        finally:
            self._throttle.close()

    async def wait_synced(self) -> None:
        """Wait until the findings are known, or k8sgpt is known not to be installed."""
        await self._reflector.wait_synced()
        self._compare()

    def subscribe(self, callback: Callable[[FindingChange], None]) -> Callable[[], None]:
        """Call back for each finding that opens, changes or clears; returns how to stop that."""
        return _register(self._subscribers, callback)

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when `observation` or `state` may have changed, once for a burst; returns how to stop that."""
        return _register(self._listeners, callback)

    def _compare(self) -> None:
        if self._reflector.last_contact is not None and (self._findings is None or self._reflector.drain()):
            before, self._findings = self._findings, {item.id: item for item in self._reflector.items.values()}
            self._ordered = None
            happened = changes(before, self._findings) if before is not None else ()
            for change in happened:
                for subscriber in tuple(self._subscribers.values()):
                    subscriber(change)
        for listener in tuple(self._listeners.values()):
            listener()


def _register[C](registry: dict[object, C], callback: C) -> Callable[[], None]:
    key = object()
    registry[key] = callback

    def unregister() -> None:
        registry.pop(key, None)

    return unregister
