"""Baseline: only the kernel settings that Kubernetes holds to be safe."""

from collections.abc import Iterator

from ..control import Breach, PodControl
from ..objects import Pod
from ..shape import named, shown, value
from ..verdict import Level

_SAFE = frozenset(
    (
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_notsent_lowat",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_slow_start_after_idle",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_wmem",
    )
)


def _judge(pod: Pod) -> Iterator[Breach]:
    for place, sysctl in named(pod.security, "sysctls"):
        found = value(sysctl, "name")
        if not isinstance(found, str) or found not in _SAFE:
            yield Breach(
                where=f"{pod.path}.securityContext.sysctls{place}",
                message=f"The sysctl {shown(found)} is not one of the safe ones.",
                value=found,
            )


CONTROL = PodControl(rule="sysctls", level=Level.BASELINE, judge=_judge)
