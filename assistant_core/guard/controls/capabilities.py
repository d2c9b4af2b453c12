"""Baseline: a container may add only the capabilities that container runtimes give anyway."""

from collections.abc import Iterator

from ..control import Breach, PodControl
from ..objects import Pod
from ..shape import plain, texts
from ..verdict import Level

ADDABLE = frozenset(
    (
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    )
)


def _judge(pod: Pod) -> Iterator[Breach]:
    for container in pod.containers:
        for added in texts(container.security, "capabilities", "add"):
            if added not in ADDABLE:
                yield Breach(
                    where=f"{container.path}.securityContext.capabilities.add",
                    message=f"The container must not add the capability {plain(added)}.",
                    value=added,
                )


CONTROL = PodControl(rule="capabilities", level=Level.BASELINE, judge=_judge)
