"""One cluster, followed live: what a host asks for and subscribes to.

This room stands above `findings`, `argocd` and `workloads` because it puts them together; they know nothing of each
other. Nothing here is shared between clusters.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
import math
from operator import attrgetter
import time
from typing import Never

from ..argocd import deployed_since
from ..errors import InputInvalid, JournalFailed, NotFound
from ..findings import Episodes, Patience
from ..kube import DEFAULT_TIMING, Cluster, Timing, WatchState, supervise
from ..models.application import ApplicationChange
from ..models.episode import Recollection, Silence, SilenceKind
from ..models.finding import Finding, FindingChange, FindingState
from ..models.observation import Observation
from ..models.watching import WhatChanged
from ..ports import Ledger
from .analysis import Analysis, sliced
from .applications import ApplicationNews
from .memory import Memory
from .observing import Rate, observed
from .subscribers import Subscribers
from .view import ClusterView

TICK = timedelta(seconds=30)
HEARD = (FindingState.NEW, FindingState.OPEN)


def _utcnow() -> datetime:
    return datetime.now(UTC)


class ClusterWatch(ClusterView):
    """Follows a cluster while `run` runs; nothing in it raises but what says so.

    Without a `ledger` nothing survives a restart. `clock` gives the time in UTC.
    """

    def __init__(
        self,
        cluster: Cluster,
        *,
        ledger: Ledger | None = None,
        patience: Patience | None = None,
        timing: Timing = DEFAULT_TIMING,
        clock: Callable[[], datetime] = _utcnow,
    ) -> None:
        """Needs a running event loop."""
        self._news = asyncio.Event()
        super().__init__(cluster, self._news.set, timing)
        self._clock = clock
        self._timing = timing
        self._analysis = Analysis(self._sources)
        self._memory = Memory(ledger, cluster.name)
        self._patience = patience or Patience()
        self._episodes = Episodes(cluster.name, self._patience, Recollection())
        self._verified: frozenset[object] = frozenset()
        self._application_news = ApplicationNews(self._sources.delivered)
        self._heard: tuple[Finding, ...] = ()
        self._silenced: tuple[Finding, ...] = ()
        self._shown: object = None
        self._rate = Rate()
        self._finding_subscribers: Subscribers[FindingChange] = Subscribers()
        self._application_subscribers: Subscribers[ApplicationChange] = Subscribers()
        self._listeners: Subscribers[None] = Subscribers()
        self.defect: BaseException | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong and may be spoken of, oldest first."""
        return self._heard

    @property
    def silenced(self) -> tuple[Finding, ...]:
        """What is wrong and nobody wants to hear of, oldest first."""
        return self._silenced

    @property
    def silences(self) -> tuple[Silence, ...]:
        """What people do not want to hear of, their oldest wish first."""
        return self._episodes.silences.all()

    @property
    def observation(self) -> Observation[tuple[Finding, ...]]:
        """The findings, when the cluster was last heard of, and why it is not heard of now.

        Where k8sgpt is not installed our own checks stand for it.
        """
        results = self._sources.results
        watches = self._sources.checked if isinstance(results.error, NotFound) else (results,)
        return observed(self._gate, watches, self._seen(self.findings))

    @property
    def state(self) -> WatchState:
        """What the watch of the Results is doing."""
        return self._sources.results.state

    @property
    def events_per_minute(self) -> float:
        """How much the cluster tells."""
        return self._rate.per_minute

    @property
    def k8sgpt_quiet_since(self) -> datetime | None:
        """Since when k8sgpt has said nothing though it should have; None: all is well, or there is no k8sgpt."""
        return self._analysis.quiet_since(self._clock())

    @property
    def k8sgpt_quiet(self) -> Observation[bool]:
        """Whether k8sgpt says nothing though it should; NotFound where it is not installed."""
        return observed(self._gate, (self._sources.analyses,), self.k8sgpt_quiet_since is not None)

    @property
    def ledger_error(self) -> JournalFailed | None:
        """Why the ledger cannot be read or written; None: all is well."""
        return self._memory.error

    async def run(self) -> Never:
        """Follow the cluster until cancelled."""
        self._episodes = Episodes(self.name, self._patience, await self._memory.recall())
        async with asyncio.TaskGroup() as tasks:
            for watch in self._sources.all:
                tasks.create_task(watch.run())
            await supervise(f"The analysis of {self.name}", self._follow, self._stumbled, self._timing)

    async def wait_synced(self) -> None:
        """Wait until the cluster was looked at once."""
        await self._first_look.wait()

    def subscribe(self, callback: Callable[[FindingChange], None]) -> Callable[[], None]:
        """Call back for each finding that opens, changes or clears; returns how to stop that."""
        return self._finding_subscribers.add(callback)

    def subscribe_applications(self, callback: Callable[[ApplicationChange], None]) -> Callable[[], None]:
        """Call back for what happens to applications; returns how to stop that."""
        return self._application_subscribers.add(callback)

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when anything here may have changed, once for a burst; returns how to stop that."""
        return self._listeners.add(lambda _: callback())

    async def snooze(self, finding_id: str, until: datetime) -> None:
        """Do not speak of a finding until then (UTC). Raises JournalFailed."""
        now = self._clock()
        await self._silence(
            Silence(kind=SilenceKind.SNOOZE, cluster=self.name, about=finding_id, since=now, until=until)
        )

    async def dismiss(self, finding_id: str) -> None:
        """It is not a problem: do not speak of it while it is what it is. Raises InputInvalid, JournalFailed."""
        silence = self._episodes.dismissal(finding_id, self._clock())
        if silence is None:
            raise InputInvalid("There is no such finding; it may be gone by now.")
        await self._silence(silence)

    async def mute(self, namespace: str) -> None:
        """Do not speak of anything in a namespace ("": of what lies in none). Raises JournalFailed."""
        await self._silence(Silence(kind=SilenceKind.MUTE, cluster=self.name, about=namespace, since=self._clock()))

    async def unsilence(self, kind: SilenceKind, about: str) -> None:
        """Speak again of what a wish was about. Raises JournalFailed."""
        await self._memory.end_silence(kind, about)
        self._episodes.unsilence(kind, about)
        self._news.set()

    async def what_changed(self, since: datetime) -> WhatChanged:
        """What happened since then (UTC) to the findings that are not silenced, and what was deployed.

        Raises JournalFailed.
        """
        now, silences = self._clock(), self._episodes.silences
        return WhatChanged(
            findings=tuple(
                entry for entry in await self._memory.history(since) if silences.over(entry.finding, now) is None
            ),
            deployed=deployed_since(self._sources.each_application(), since),
        )

    async def _silence(self, silence: Silence) -> None:
        await self._memory.silence(silence)
        self._episodes.silence(silence, self._clock())
        self._news.set()

    async def _follow(self) -> Never:
        while True:
            self._news.clear()
            began = time.monotonic() if await self._look() else -math.inf
            try:
                async with asyncio.timeout(self._episodes.due(self._clock(), TICK).total_seconds()):
                    await self._news.wait()
            except TimeoutError:
                continue
            await asyncio.sleep(began + self._timing.burst - time.monotonic())

    async def _look(self) -> bool:
        """Take in what changed, remember it and tell it; False while there is too little to look at."""
        now = self._clock()
        if not self._settled():
            self._listeners.tell(None)
            return False
        await self._analysis.look(now)
        known = self._analysis.known
        first = not self._first_look.is_set()
        async for changes in self._analysis.findings():
            for identity, finding in changes:
                if finding is None:
                    self._episodes.miss(identity, now)
                else:
                    self._episodes.see(finding, now, news=self._memory.known or not first)
        if known != self._verified:
            await self._verify(known, now)
        async for _ in sliced(self._episodes.tick(now)):
            pass
        news, episodes, entries = self._episodes.drain()
        await self._memory.remember(episodes, entries)
        await self._show(now)
        await asyncio.sleep(0)
        self._rate.sample(now, sum(watch.events for watch in self._sources.all))
        self._first_look.set()
        self._finding_subscribers.tell(*news)
        self._application_subscribers.tell(*self._application_news.drain())
        self._listeners.tell(None)
        return True

    async def _show(self, now: datetime) -> None:
        """Lay the findings out; people read them oldest first."""
        if self._shown == self._episodes.revision and not self._episodes.silences:
            return
        self._shown = self._episodes.revision
        heard: list[Finding] = []
        silenced: list[Finding] = []
        async for findings in sliced(self._episodes.findings(now)):
            for finding in findings:
                (heard if finding.state in HEARD else silenced).append(finding)
        self._heard, self._silenced = await _by_age(heard), await _by_age(silenced)

    def _settled(self) -> bool:
        """Whether every watch has said something, be it why it cannot."""
        return all(watch.last_contact or watch.error for watch in self._sources.all)

    async def _verify(self, known: frozenset[object], now: datetime) -> None:
        """Clear what went while nobody looked, as far as those who said it are heard again."""
        async for findings in sliced(self._episodes.unseen(self._analysis.present)):
            for finding in findings:
                if known.issuperset(finding.sources):
                    self._episodes.miss(finding.id, now)
        self._verified = known

    def _stumbled(self, defect: BaseException) -> None:
        self.defect = defect
        self._analysis = Analysis(self._sources)  # the old one may have been stopped half-way
        self._verified = frozenset()
        self._listeners.tell(None)


async def _by_age(findings: list[Finding]) -> tuple[Finding, ...]:
    """The oldest first; by id and then by age, which takes two short turns instead of a long one."""
    for name in ("id", "first_seen"):
        await asyncio.sleep(0)
        findings.sort(key=attrgetter(name))
    return tuple(findings)
