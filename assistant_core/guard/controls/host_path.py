"""Baseline: a pod must not mount a path of its node."""

from collections.abc import Iterator

from ..control import Breach, PodControl
from ..objects import Pod
from ..shape import named, value
from ..verdict import Level


def _judge(pod: Pod) -> Iterator[Breach]:
    for place, volume in named(pod.spec, "volumes"):
        if value(volume, "hostPath") is not None:
            yield Breach(
                where=f"{pod.path}.volumes{place}.hostPath",
                message="A hostPath volume opens the node's files to the pod; use a PersistentVolumeClaim.",
                value=volume["hostPath"],
            )


CONTROL = PodControl(rule="host-path", level=Level.BASELINE, judge=_judge)
