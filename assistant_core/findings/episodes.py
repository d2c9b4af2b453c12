"""The life of findings: when they came, whether they stay long enough to alarm, when they went, how often.

Pure: it is told what is there and what time it is, and says what happened and what to remember.

    absent ──there──> NEW ──persists──> OPEN ──gone──> CLEARED ──back within `damping`──> OPEN (the same episode)
                       └──gone──> absent                   └────back later──────────────> NEW
"""

from collections.abc import Iterable, Iterator
from copy import replace
from datetime import datetime, timedelta

from ..models.episode import Entry, Episode, Patience, Recollection, Silence, SilenceKind
from ..models.finding import Finding, FindingChange, FindingEvent, FindingState
from .merge import error_hashes
from .silences import Silences


class Episodes:
    """The findings of one cluster. The first that a cluster never looked at before has are no news."""

    def __init__(self, cluster: str, patience: Patience, recollection: Recollection) -> None:
        self.cluster = cluster
        self.silences = Silences(recollection.silences)
        self._patience = patience
        self._episodes = {episode.finding.id: episode for episode in recollection.episodes}
        self._news: list[FindingChange] = []
        self._history: list[Entry] = []
        self._dirty: set[str] = set()
        self._hushed: dict[str, FindingState] = {}
        self.revision = 0  # another number, other findings

    def see(self, finding: Finding, now: datetime, *, news: bool = True) -> None:
        """A finding is there; without `news` it was so before anybody looked."""
        if finding.first_seen > now:
            finding = replace(finding, first_seen=now)  # some do not know when they began
        episode = self._episodes.get(finding.id)
        if episode is None or self._is_over(episode, now):
            self._begin(finding, episode.finding.times_seen + 1 if episode else 1, now, news=news)
            return
        was, back = episode.finding, episode.finding.state is FindingState.CLEARED
        current = replace(
            finding,
            state=FindingState.OPEN if back else was.state,
            first_seen=min(was.first_seen, finding.first_seen),
            times_seen=was.times_seen + back,
        )
        differs = back or _says(current) != _says(was)
        self._keep(current, now if back else episode.changed, dirty=differs)
        if differs and current.state is FindingState.OPEN:
            self._tell(FindingEvent.CHANGED, current, now)

    def miss(self, identity: str, now: datetime) -> None:
        """A finding is no longer there."""
        episode = self._episodes.get(identity)
        if episode is None or episode.finding.state is FindingState.CLEARED:
            return
        if episode.finding.state is FindingState.NEW:
            del self._episodes[identity]
            self.revision += 1
            return
        cleared = replace(episode.finding, state=FindingState.CLEARED, last_seen=now)
        self._keep(cleared, now)
        self._tell(FindingEvent.CLEARED, cleared, now)

    def tick(self, now: datetime) -> Iterator[None]:
        """Time passes, for one finding each step: what is new may alarm, what was snoozed too, the old is forgotten."""
        for identity in list(self._episodes):
            self._set_back(identity, now)
            episode = self._episodes[identity]
            if episode.finding.state is FindingState.NEW:
                self._raise_alarms(identity, now)
            elif episode.finding.state is FindingState.CLEARED and now - episode.changed > self._patience.memory:
                del self._episodes[identity]
            elif episode.finding.state is FindingState.OPEN and self.silences:
                snoozed = self._hushed.get(identity) is FindingState.SNOOZED
                if not self._hush(episode.finding, now) and snoozed:
                    self._tell(FindingEvent.OPENED, episode.finding, now)
            yield

    def due(self, now: datetime, longest: timedelta) -> timedelta:
        """How long `tick` can wait until something new may alarm; at most `longest`."""
        new = (each.changed for each in self._episodes.values() if each.finding.state is FindingState.NEW)
        first = min(new, default=None)
        return min(longest, max(first + self._patience.persistence - now, timedelta())) if first else longest

    def unsilence(self, kind: SilenceKind, about: str) -> None:
        """Speak again of what a wish was about."""
        self.silences.remove(kind, about)
        self.revision += 1

    def silence(self, silence: Silence, now: datetime) -> None:
        """Respect a person's wish from now on."""
        self.silences.add(silence)
        if episode := self._episodes.get(silence.about):
            self._hush(episode.finding, now)

    def dismissal(self, identity: str, now: datetime) -> Silence | None:
        """The wish not to hear of a finding while it is what it is now; None for one that is not there."""
        if (episode := self._episodes.get(identity)) is None:
            return None
        return Silence(
            kind=SilenceKind.DISMISSAL,
            cluster=self.cluster,
            about=identity,
            since=now,
            errors=error_hashes(episode.finding),
            category=episode.finding.category,
        )

    def unseen(self, present: Iterable[str]) -> list[Finding]:
        """Remembered findings that are not among those present."""
        there = set(present)
        return [
            episode.finding
            for identity, episode in self._episodes.items()
            if identity not in there and episode.finding.state is not FindingState.CLEARED
        ]

    def findings(self, now: datetime) -> Iterator[Finding]:
        """What is there, each in the state that its silence puts it in."""
        for episode in self._episodes.values():
            if episode.finding.state is not FindingState.CLEARED:
                hushed = self.silences.over(episode.finding, now) if self.silences else None
                yield replace(episode.finding, state=hushed) if hushed else episode.finding

    def drain(self) -> tuple[list[FindingChange], list[Episode], list[Entry]]:
        """What to tell, what to remember and what to add to the history since this was last asked."""
        news, self._news = self._news, []
        history, self._history = self._history, []
        dirty, self._dirty = self._dirty, set()
        return news, [self._episodes[each] for each in dirty if each in self._episodes], history

    def _begin(self, finding: Finding, times_seen: int, now: datetime, *, news: bool) -> None:
        if news or times_seen > 1:
            state = FindingState.NEW if news else FindingState.OPEN
            finding = replace(finding, state=state, times_seen=times_seen)
        self._keep(finding, now)
        self._raise_alarms(finding.id, now)

    def _set_back(self, identity: str, now: datetime) -> None:
        """When the clock was set back, nobody shall wait until the old time comes again."""
        episode = self._episodes[identity]
        if episode.changed > now:
            self._episodes[identity] = replace(episode, changed=now)

    def _is_over(self, episode: Episode, now: datetime) -> bool:
        return episode.finding.state is FindingState.CLEARED and now - episode.changed > self._patience.damping

    def _raise_alarms(self, identity: str, now: datetime) -> None:
        episode = self._episodes[identity]
        if episode.finding.state is FindingState.NEW and now - episode.changed >= self._patience.persistence:
            opened = replace(episode.finding, state=FindingState.OPEN)
            self._keep(opened, episode.changed)
            self._tell(FindingEvent.OPENED, opened, now)

    def _keep(self, finding: Finding, changed: datetime, *, dirty: bool = True) -> None:
        self._episodes[finding.id] = Episode(finding=finding, changed=changed)
        self.revision += 1
        if dirty and finding.state is not FindingState.NEW:
            self._dirty.add(finding.id)

    def _tell(self, event: FindingEvent, finding: Finding, now: datetime) -> None:
        self._history.append(Entry(at=now, event=event, finding=finding))
        if not self._hush(finding, now):
            self._news.append(FindingChange(event=event, finding=finding))

    def _hush(self, finding: Finding, now: datetime) -> bool:
        """Whether a finding is not to be heard now; remembered to notice when that ends."""
        state = self.silences.over(finding, now)
        if state is None or finding.state is FindingState.CLEARED:
            self._hushed.pop(finding.id, None)
        else:
            self._hushed[finding.id] = state
        return state is not None


def _says(finding: Finding) -> tuple[object, ...]:
    """What makes a finding another one to a person."""
    return error_hashes(finding), finding.explanation, finding.category, finding.severity, finding.sources
