"""What happens to what Argo CD and Flux deploy."""

from collections.abc import Iterable

from ..argocd import application_changes
from ..kube import Reflector
from ..models.application import Application, ApplicationChange


class ApplicationNews:
    """Compares each look with the last; the first at each kind is where it starts from."""

    def __init__(self, watches: Iterable[Reflector[Application]]) -> None:
        self._watches = tuple(watches)
        self._before: dict[Reflector[Application], dict[str, Application]] = {}

    def drain(self) -> list[ApplicationChange]:
        """What happened since this was last asked."""
        return [change for watch in self._watches for change in self._drain(watch)]

    def _drain(self, watch: Reflector[Application]) -> list[ApplicationChange]:
        if watch.last_contact is None:
            return []
        before, after = self._before.get(watch), dict(watch.items)
        self._before[watch] = after
        if before is None:
            return []
        return [
            change
            for uid in dict.fromkeys((*before, *after))
            for change in application_changes(before.get(uid), after.get(uid))
        ]
