"""Baseline: /proc stays masked.

Since Kubernetes 1.35 a pod with its own users may unmask it at baseline; no manifest tells whether its node has them.
"""

from collections.abc import Iterator

from ..control import Breach, PodControl
from ..objects import Pod
from ..shape import shown, value
from ..verdict import Level


def _judge(pod: Pod) -> Iterator[Breach]:
    for container in pod.containers:
        found = value(container.security, "procMount")
        if found not in (None, "Default"):
            yield Breach(
                where=f"{container.path}.securityContext.procMount",
                message=f"procMount must be Default, not {shown(found)}.",
                value=found,
            )


CONTROL = PodControl(rule="proc-mount", level=Level.BASELINE, judge=_judge)
