"""Pods that cannot start, crash or are not ready, with what their status and their events say of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...models.cluster import Contents, Pod, WarningEvent
from ...models.finding import Finding
from .found import Object, found

TELLING = {"FailedScheduling", "FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox", "Unhealthy", "BackOff"}
EVENTS = 3


def check(contents: Contents) -> Iterator[Finding]:
    """A finding per pod that says what keeps it from being ready; one that is on its way says nothing."""
    told = _by_pod(contents.warnings)
    for pod in contents.pods:
        if pod.ready or pod.phase == "Succeeded":
            continue
        texts = [*_status(pod), *_events(told.get((pod.namespace, pod.name), ()))]
        if texts:
            since = next((each.since for each in pod.complaints if each.since), pod.created)
            yield found(contents.cluster, Object("Pod", pod.namespace, pod.name), texts, since=since, owner=pod.owner)


def _status(pod: Pod) -> Iterator[str]:
    for complaint in pod.complaints:
        yield f"{complaint.type}: {complaint.reason}. {complaint.message}".rstrip()


def _events(events: Sequence[WarningEvent]) -> Iterator[str]:
    """The latest of each telling reason."""
    latest = {event.reason: event for event in events if event.reason in TELLING}
    for event in list(latest.values())[-EVENTS:]:
        yield f"{event.reason}: {event.message}"


def _by_pod(warnings: Iterable[WarningEvent]) -> Mapping[tuple[str, str], Sequence[WarningEvent]]:
    told: dict[tuple[str, str], list[WarningEvent]] = defaultdict(list)
    for event in warnings:
        if event.kind == "Pod":
            told[event.namespace, event.name].append(event)
    return told
