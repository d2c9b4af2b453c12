"""Baseline: a container must not take a port of its node."""

from collections.abc import Iterator

from ..control import Breach, PodControl
from ..objects import Pod
from ..shape import named, shown, value
from ..verdict import Level


def _judge(pod: Pod) -> Iterator[Breach]:
    for container in pod.containers:
        for place, port in named(container.spec, "ports"):
            found = value(port, "hostPort")
            if found is not None and (isinstance(found, bool) or found != 0):
                yield Breach(
                    where=f"{container.path}.ports{place}.hostPort",
                    message=f"hostPort {shown(found)} takes a port of the node; use a Service.",
                    value=found,
                )


CONTROL = PodControl(rule="host-ports", level=Level.BASELINE, judge=_judge)
