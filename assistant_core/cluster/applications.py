"""What happens to Argo CD's Applications."""

from ..argocd import application_changes
from ..kube import Reflector
from ..models.application import Application, ApplicationChange


class ApplicationNews:
    """Compares each look with the last; the first is where it starts from."""

    def __init__(self, watch: Reflector[Application]) -> None:
        self._watch = watch
        self._before: dict[str, Application] | None = None

    def drain(self) -> list[ApplicationChange]:
        """What happened since this was last asked."""
        if self._watch.last_contact is None:
            return []
        before, after = self._before, dict(self._watch.items)
        self._before = after
        if before is None:
            return []
        return [
            change
            for uid in dict.fromkeys((*before, *after))
            for change in application_changes(before.get(uid), after.get(uid))
        ]
