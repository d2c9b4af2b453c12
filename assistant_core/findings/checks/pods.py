"""Pods that cannot start, crash or are not ready, with what their status and their events say of it."""

from collections.abc import Iterator, Sequence

from ...models.cluster import Contents, Pod, WarningEvent
from ...models.finding import Finding
from .events import told
from .found import Object, found

NO_NODE = "FailedScheduling"
TELLING = {NO_NODE, "FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox", "Unhealthy", "BackOff"}
EVENTS = 3


def check(contents: Contents) -> Iterator[Finding]:
    """A finding per pod that says what keeps it from being ready; one that is on its way says nothing."""
    events = told(contents.warnings, "Pod")
    for pod in contents.pods:
        if pod.ready or pod.phase == "Succeeded":
            continue
        texts = [*_status(pod), *_events(pod, events.get((pod.namespace, pod.name), ()))]
        if texts:
            since = next((each.since for each in pod.complaints if each.since), pod.created)
            yield found(contents.cluster, Object("Pod", pod.namespace, pod.name), texts, since=since, owner=pod.owner)


def _status(pod: Pod) -> Iterator[str]:
    for complaint in pod.complaints:
        yield f"{complaint.type}: {complaint.reason}. {complaint.message}".rstrip()


def _events(pod: Pod, events: Sequence[WarningEvent]) -> Iterator[str]:
    """The latest of each telling reason; events last an hour, though the pod may have found a node since."""
    latest = {event.reason: event for event in events if event.reason in TELLING}
    if pod.node is not None:
        latest.pop(NO_NODE, None)
    for event in list(latest.values())[-EVENTS:]:
        yield f"{event.reason}: {event.message}"
