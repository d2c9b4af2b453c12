"""What warning events tell of an object."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from ...models.cluster import WarningEvent

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def told(warnings: Iterable[WarningEvent], kind: str) -> Mapping[tuple[str, str], Sequence[WarningEvent]]:
    """The events about the objects of a kind by namespace and name, oldest first: a server lists them by name."""
    about: dict[tuple[str, str], list[WarningEvent]] = defaultdict(list)
    for event in sorted(warnings, key=lambda each: each.at or _LONG_AGO):
        if event.kind == kind:
            about[event.namespace, event.name].append(event)
    return about
