"""Restricted: no process may gain more rights than its parent; Windows knows no such thing."""

from collections.abc import Iterator

from ..control import Breach, PodControl
from ..objects import Pod
from ..shape import value
from ..verdict import Level


def _judge(pod: Pod) -> Iterator[Breach]:
    if pod.is_windows:
        return
    for container in pod.containers:
        found = value(container.security, "allowPrivilegeEscalation")
        if found is not False and not (pod.is_patch and found is None):
            yield Breach(
                where=f"{container.path}.securityContext.allowPrivilegeEscalation",
                message="The container must set allowPrivilegeEscalation to false.",
                value=found,
            )


CONTROL = PodControl(rule="privilege-escalation", level=Level.RESTRICTED, judge=_judge)
