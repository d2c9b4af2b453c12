"""Restricted: nobody sets the user to root, unless the pod has its own users."""

from collections.abc import Iterator

from ..control import Breach, PodControl
from ..objects import Pod
from ..shape import shown, value
from ..verdict import Level


def _judge(pod: Pod) -> Iterator[Breach]:
    if pod.has_own_users:
        return
    for path, security in pod.contexts():
        found = value(security, "runAsUser")
        if found is not None and not (isinstance(found, int) and found is not False and found != 0):
            yield Breach(
                where=f"{path}.runAsUser",
                message=f"runAsUser must be the number of a user other than root, not {shown(found)}.",
                value=found,
            )


CONTROL = PodControl(rule="run-as-user", level=Level.RESTRICTED, judge=_judge)
