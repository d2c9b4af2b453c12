"""Baseline: probes and lifecycle hooks must not reach for other hosts (since Kubernetes 1.34)."""

from collections.abc import Iterator

from ..control import Breach, PodControl
from ..objects import Pod
from ..shape import value
from ..verdict import Level

_HANDLERS = (
    ("livenessProbe",),
    ("readinessProbe",),
    ("startupProbe",),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
)


def _judge(pod: Pod) -> Iterator[Breach]:
    for container in pod.containers:
        for handler in _HANDLERS:
            for action in ("httpGet", "tcpSocket"):
                found = value(container.spec, *handler, action, "host")
                if found not in (None, ""):
                    yield Breach(
                        where=".".join((container.path, *handler, action, "host")),
                        message="A probe or hook that names a host makes the node call it; remove host.",
                        value=found,
                    )


CONTROL = PodControl(rule="host-probes", level=Level.BASELINE, judge=_judge)
