"""Baseline: a pod must not share the namespaces of its node."""

from collections.abc import Iterator

from ..control import Breach, PodControl
from ..objects import Pod
from ..shape import value
from ..verdict import Level

_SHARED = {"hostNetwork": "network", "hostPID": "processes", "hostIPC": "shared memory"}


def _judge(pod: Pod) -> Iterator[Breach]:
    for field, what in _SHARED.items():
        found = value(pod.spec, field)
        if found not in (None, False):
            yield Breach(
                where=f"{pod.path}.{field}",
                message=f"{field} shares the {what} of the node with the pod; remove it.",
                value=found,
            )


CONTROL = PodControl(rule="host-namespaces", level=Level.BASELINE, judge=_judge)
