"""Counts how far a pull has come, over all of its layers."""

from copy import replace

from ..models.hub import PullProgress
from .wire import PullLine

SUCCESS = "success"


class Tally:
    """The layers of `model` as they are reported.

    They are reported one after the other and what was fetched before counts, so a pull that was given up goes on where
    it stopped.
    """

    def __init__(self, model: str) -> None:
        self._layers: dict[str, tuple[int, int]] = {}
        self.progress = PullProgress(model=model, status="")

    def add(self, line: PullLine) -> PullProgress:
        """The progress after this line."""
        if line.layer:
            self._layers[line.layer] = (min(line.completed, line.total), line.total)
        completed = sum(fetched for fetched, _ in self._layers.values())
        total = sum(size for _, size in self._layers.values())
        percent, done = self.progress.percent, line.status == SUCCESS
        if total:
            percent = max(percent or 0.0, 100 * completed / total)
        self.progress = replace(
            self.progress,
            status=line.status,
            completed=completed,
            total=total,
            percent=100.0 if done else percent,
            done=done,
        )
        return self.progress
