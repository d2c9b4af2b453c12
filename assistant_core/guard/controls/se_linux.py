"""Baseline: no SELinux user or role, and only the types made for containers."""

from collections.abc import Iterator

from ..control import Breach, PodControl
from ..objects import Pod
from ..shape import shown, value
from ..verdict import Level

_ALLOWED = {
    # Kubernetes 1.31 admits container_engine_t too, which lets a container run containers of its own: never proposed.
    "type": (None, "", "container_t", "container_init_t", "container_kvm_t"),
    "user": (None, ""),
    "role": (None, ""),
}


def _judge(pod: Pod) -> Iterator[Breach]:
    for path, security in pod.contexts():
        for field, allowed in _ALLOWED.items():
            found = value(security, "seLinuxOptions", field)
            if found not in allowed:
                yield Breach(
                    where=f"{path}.seLinuxOptions.{field}",
                    message=f"The SELinux {field} must not be {shown(found)}.",
                    value=found,
                )


CONTROL = PodControl(rule="se-linux", level=Level.BASELINE, judge=_judge)
