"""Baseline: the seccomp profile may be chosen, not switched off."""

from collections.abc import Iterator

from ..control import Breach, PodControl
from ..objects import Pod
from ..shape import shown, value
from ..verdict import Level

PROFILES = ("RuntimeDefault", "Localhost")


def _judge(pod: Pod) -> Iterator[Breach]:
    for path, security in pod.contexts():
        if value(security, "seccompProfile") is None:
            continue
        found = value(security, "seccompProfile", "type")
        if found not in PROFILES:
            yield Breach(
                where=f"{path}.seccompProfile.type",
                message=f"The seccomp profile must be RuntimeDefault or Localhost, not {shown(found)}.",
                value=found,
            )


CONTROL = PodControl(rule="seccomp", level=Level.BASELINE, judge=_judge)
