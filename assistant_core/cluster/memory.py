"""The ledger as a watch uses it: when it fails, the watch goes on and saves later."""

from collections.abc import Sequence
from datetime import datetime

from ..errors import JournalFailed
from ..models.episode import Entry, Episode, Recollection, Silence, SilenceKind
from ..ports import Ledger


class Memory:
    """What is remembered of one cluster; without a ledger only the history, and only until the next start."""

    def __init__(self, ledger: Ledger | None, cluster: str) -> None:
        self._ledger = ledger
        self._cluster = cluster
        self._episodes: dict[str, Episode] = {}
        self._entries: list[Entry] = []
        self._recent: list[Entry] = []
        self.known = False
        self.error: JournalFailed | None = None

    async def recall(self) -> Recollection:
        """What is known from before; nothing if it cannot be read, which `error` then says."""
        if self._ledger is None:
            return Recollection()
        try:
            recollection = await self._ledger.recall(self._cluster)
        except JournalFailed as error:
            self.error = error
            return Recollection()
        self.known = recollection.known
        return recollection

    async def remember(self, episodes: Sequence[Episode], entries: Sequence[Entry]) -> None:
        """Save; what could not be saved is tried again the next time."""
        if self._ledger is None:
            self._recent += entries
            return
        self._episodes.update((episode.finding.id, episode) for episode in episodes)
        self._entries += entries
        if self.known and not self._episodes and not self._entries:
            return
        try:
            await self._ledger.remember(self._cluster, tuple(self._episodes.values()), tuple(self._entries))
        except JournalFailed as error:
            self.error = error
            return
        self._episodes, self._entries = {}, []
        self.known, self.error = True, None

    async def silence(self, silence: Silence) -> None:
        """Save a wish. Raises JournalFailed."""
        if self._ledger is not None:
            await self._ledger.silence(silence)

    async def end_silence(self, kind: SilenceKind, about: str) -> None:
        """Forget a wish. Raises JournalFailed."""
        if self._ledger is not None:
            await self._ledger.end_silence(self._cluster, kind, about)

    async def history(self, since: datetime) -> tuple[Entry, ...]:
        """What happened since then. Raises JournalFailed."""
        if self._ledger is None:
            return tuple(entry for entry in self._recent if entry.at >= since)
        return await self._ledger.history(self._cluster, since)
