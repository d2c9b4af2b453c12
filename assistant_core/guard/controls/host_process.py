"""Baseline: a Windows container must not run as a process of the node."""

from collections.abc import Iterator

from ..control import Breach, PodControl
from ..objects import Pod
from ..shape import value
from ..verdict import Level


def _judge(pod: Pod) -> Iterator[Breach]:
    for path, security in pod.contexts():
        found = value(security, "windowsOptions", "hostProcess")
        if found not in (None, False):
            yield Breach(
                where=f"{path}.windowsOptions.hostProcess",
                message="hostProcess gives the container the rights of a process on the Windows node; remove it.",
                value=found,
            )


CONTROL = PodControl(rule="host-process", level=Level.BASELINE, judge=_judge)
