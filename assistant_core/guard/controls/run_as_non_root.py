"""Restricted: containers run as non-root, by the pod's word or their own, unless the pod has its own users."""

from collections.abc import Iterator

from ..control import Breach, PodControl
from ..objects import Pod
from ..shape import value
from ..verdict import Level


def _judge(pod: Pod) -> Iterator[Breach]:
    if pod.has_own_users:
        return
    of_pod = value(pod.security, "runAsNonRoot")
    if of_pod not in (None, True):
        yield Breach(
            where=f"{pod.path}.securityContext.runAsNonRoot",
            message="The pod must not set runAsNonRoot to anything but true.",
            value=of_pod,
        )
    for container in pod.containers:
        found = value(container.security, "runAsNonRoot")
        if found is not True and not (found is None and (of_pod is True or pod.is_patch)):
            yield Breach(
                where=f"{container.path}.securityContext.runAsNonRoot",
                message="The pod or the container must set runAsNonRoot to true.",
                value=found,
            )


CONTROL = PodControl(rule="run-as-non-root", level=Level.RESTRICTED, judge=_judge)
