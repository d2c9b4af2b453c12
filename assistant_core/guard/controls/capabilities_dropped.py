"""Restricted: a container drops all capabilities and adds none but NET_BIND_SERVICE; Windows has none."""

from collections.abc import Iterator

from ..control import Breach, PodControl
from ..objects import Pod
from ..shape import plain, texts, value
from ..verdict import Level

_ADDABLE = "NET_BIND_SERVICE"


def _judge(pod: Pod) -> Iterator[Breach]:
    if pod.is_windows:
        return
    for container in pod.containers:
        path = f"{container.path}.securityContext.capabilities"
        is_left = pod.is_patch and value(container.security, "capabilities", "drop") is None
        if not is_left and "ALL" not in texts(container.security, "capabilities", "drop"):
            yield Breach(where=f"{path}.drop", message="The container must drop the capabilities ALL.")
        for added in texts(container.security, "capabilities", "add"):
            if added != _ADDABLE:
                yield Breach(
                    where=f"{path}.add",
                    message=f"The container may add only {_ADDABLE}, not {plain(added)}.",
                    value=added,
                )


CONTROL = PodControl(rule="capabilities-dropped", level=Level.RESTRICTED, judge=_judge)
