"""Baseline: no container may be privileged."""

from collections.abc import Iterator

from ..control import Breach, PodControl
from ..objects import Pod
from ..shape import value
from ..verdict import Level


def _judge(pod: Pod) -> Iterator[Breach]:
    for container in pod.containers:
        found = value(container.security, "privileged")
        if found not in (None, False):
            yield Breach(
                where=f"{container.path}.securityContext.privileged",
                message="A privileged container is root on the node; remove privileged.",
                value=found,
            )


CONTROL = PodControl(rule="privileged", level=Level.BASELINE, judge=_judge)
