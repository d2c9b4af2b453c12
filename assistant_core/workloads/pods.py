"""Pods: whether they are ready, and if not, what their containers and conditions say."""

from collections.abc import Iterator
from typing import Any

from ..kube.fields import conditions, controller, count, entries, moment, section, text
from ..models.cluster import Complaint, Pod

ON_THE_WAY = {"", "ContainerCreating", "PodInitializing", "Completed"}
STARTS = ("PodScheduled", "PodReadyToStartContainers")


def pod_from(item: dict[str, Any]) -> Pod:
    """A Pod of the core API."""
    metadata, status = section(item, "metadata"), section(item, "status")
    containers = [*entries(status, "initContainerStatuses"), *entries(status, "containerStatuses")]
    found = list(conditions(item))
    ready = [state for state, condition in found if condition.type == "Ready"]
    return Pod(
        namespace=metadata["namespace"],
        name=metadata["name"],
        owner=controller(item),
        phase=text(status, "phase"),
        ready=ready == ["True"] if ready else _all_ready(entries(status, "containerStatuses")),
        node=text(section(item, "spec"), "nodeName") or None,
        restarts=sum(count(each, "restartCount") for each in containers),
        complaints=(
            *(condition for state, condition in found if state == "False" and condition.type in STARTS),
            *(complaint for each in containers for complaint in _complaints(each)),
        ),
        created=moment(metadata, "creationTimestamp"),
    )


def _all_ready(containers: list[dict[str, Any]]) -> bool:
    return bool(containers) and all(each.get("ready") is True for each in containers)


def _complaints(container: dict[str, Any]) -> Iterator[Complaint]:
    """What a container waits for, and how it last ended if that is why."""
    name, state = text(container, "name"), section(container, "state")
    for how, what in (("waiting", section(state, "waiting")), ("terminated", section(state, "terminated"))):
        if (reason := text(what, "reason")) not in ON_THE_WAY:
            last = section(container, "lastState", "terminated") if how == "waiting" else what
            yield Complaint(name, reason, _why(what, last), moment(last, "finishedAt"))


def _why(what: dict[str, Any], last: dict[str, Any]) -> str:
    message = text(what, "message")
    if ended := text(last, "reason"):
        return f"{message} The container last ended with {ended} (exit code {count(last, 'exitCode')}).".lstrip()
    return message
