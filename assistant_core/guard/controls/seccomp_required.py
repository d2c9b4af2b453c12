"""Restricted: every container has a seccomp profile, its own or the pod's; Windows knows none."""

from collections.abc import Iterator

from ..control import Breach, PodControl
from ..objects import Pod
from ..shape import value
from ..verdict import Level
from .seccomp import PROFILES


def _judge(pod: Pod) -> Iterator[Breach]:
    if pod.is_windows or pod.is_patch or value(pod.security, "seccompProfile", "type") in PROFILES:
        return
    for container in pod.containers:
        if value(container.security, "seccompProfile") is None:
            yield Breach(
                where=f"{container.path}.securityContext.seccompProfile",
                message="The pod or the container must set the seccomp profile RuntimeDefault or Localhost.",
            )


CONTROL = PodControl(rule="seccomp-required", level=Level.RESTRICTED, judge=_judge)
