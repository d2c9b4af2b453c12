"""Every field that the Pod Security Standards restrict, in every group of containers of every kind that makes pods.

The values are those of https://kubernetes.io/docs/concepts/security/pod-security-standards/; each pod keeps the whole
level but for the one field.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from assistant_core.guard import Level, is_accepted, judge_manifests

KINDS = (
    "Pod",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "ReplicationController",
    "Job",
    "CronJob",
)
GROUPS = ("containers", "initContainers", "ephemeralContainers")
POD, CONTAINER = ("pod",), GROUPS
SECURITY = "securityContext"
SYSCTLS = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
]
CAPABILITIES = [
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
]
ANYWHERE = (*POD, *CONTAINER)

type Case = tuple[tuple[str, ...], str, Any]


def _volume(**source: Any) -> list[Any]:
    return [{"name": "v", **source}]


BAD_BASELINE: tuple[Case, ...] = (
    (ANYWHERE, f"{SECURITY}.windowsOptions.hostProcess", True),
    *((POD, name, True) for name in ("hostNetwork", "hostPID", "hostIPC")),
    (CONTAINER, f"{SECURITY}.privileged", True),
    (CONTAINER, f"{SECURITY}.capabilities.add", ["NET_RAW"]),
    (CONTAINER, f"{SECURITY}.capabilities.add", ["CHOWN", "SYS_ADMIN"]),
    (POD, "volumes", _volume(hostPath={"path": "/x"})),
    (GROUPS[:2], "ports", [{"containerPort": 80, "hostPort": 80}]),
    (ANYWHERE, f"{SECURITY}.appArmorProfile.type", "Unconfined"),
    (ANYWHERE, f"{SECURITY}.seLinuxOptions.type", "spc_t"),
    (ANYWHERE, f"{SECURITY}.seLinuxOptions.user", "system_u"),
    (ANYWHERE, f"{SECURITY}.seLinuxOptions.role", "system_r"),
    (CONTAINER, f"{SECURITY}.procMount", "Unmasked"),
    (ANYWHERE, f"{SECURITY}.seccompProfile.type", "Unconfined"),
    (POD, f"{SECURITY}.sysctls", [{"name": "kernel.msgmax", "value": "1"}]),
)
GOOD_BASELINE: tuple[Case, ...] = (
    (POD, "hostNetwork", False),
    (CONTAINER, f"{SECURITY}.privileged", False),
    (CONTAINER, f"{SECURITY}.capabilities.add", CAPABILITIES),
    (GROUPS[:2], "ports", [{"containerPort": 80, "hostPort": 0}]),
    *((ANYWHERE, f"{SECURITY}.appArmorProfile", profile) for profile in (
        {"type": "RuntimeDefault"}, {"type": "Localhost", "localhostProfile": "own"})),
    *((ANYWHERE, f"{SECURITY}.seLinuxOptions.type", kind) for kind in (
        "container_t", "container_init_t", "container_kvm_t")),
    (ANYWHERE, f"{SECURITY}.seLinuxOptions.level", "s0"),
    (CONTAINER, f"{SECURITY}.procMount", "Default"),
    (ANYWHERE, f"{SECURITY}.seccompProfile", {"type": "Localhost", "localhostProfile": "own"}),
    (POD, f"{SECURITY}.sysctls", [{"name": each, "value": "1"} for each in SYSCTLS]),
    (CONTAINER, f"{SECURITY}.runAsUser", 0),
    (CONTAINER, f"{SECURITY}.allowPrivilegeEscalation", True),
    (POD, "volumes", _volume(nfs={"server": "s", "path": "/"})),
)  # fmt: skip
BAD_RESTRICTED: tuple[Case, ...] = (
    (CONTAINER, f"{SECURITY}.allowPrivilegeEscalation", True),
    (CONTAINER, f"{SECURITY}.allowPrivilegeEscalation", None),
    (CONTAINER, f"{SECURITY}.runAsNonRoot", False),
    (CONTAINER, f"{SECURITY}.runAsNonRoot", None),
    (ANYWHERE, f"{SECURITY}.runAsUser", 0),
    (CONTAINER, f"{SECURITY}.seccompProfile", None),
    (CONTAINER, f"{SECURITY}.capabilities", None),
    (CONTAINER, f"{SECURITY}.capabilities.drop", ["NET_RAW"]),
    (CONTAINER, f"{SECURITY}.capabilities.add", ["CHOWN"]),
    (POD, "volumes", _volume(nfs={"server": "s", "path": "/"})),
    (POD, "volumes", _volume(gitRepo={"repository": "https://git.example/x"})),
    (POD, "volumes", _volume(iscsi={"iqn": "i", "lun": 0, "targetPortal": "t"})),
)
GOOD_RESTRICTED: tuple[Case, ...] = (
    (CONTAINER, f"{SECURITY}.capabilities.add", ["NET_BIND_SERVICE"]),
    (ANYWHERE, f"{SECURITY}.runAsUser", 1000),
    (POD, f"{SECURITY}.fsGroup", 2000),
    *((POD, "volumes", _volume(**{name: source})) for name, source in (
        ("configMap", {"name": "x"}), ("csi", {"driver": "d"}), ("downwardAPI", {}), ("emptyDir", {}),
        ("persistentVolumeClaim", {"claimName": "x"}), ("projected", {"sources": []}),
        ("secret", {"secretName": "x"}))),
)  # fmt: skip
KEPT = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def _pod(level: Level) -> dict[str, Any]:
    security = {SECURITY: deepcopy(KEPT)} if level is Level.RESTRICTED else {}
    return {"containers": [{"name": "c", "image": "registry.example/app:1.0", **security}]}


def _object(kind: str, spec: dict[str, Any], annotations: dict[str, str] | None = None) -> dict[str, Any]:
    named = {"name": "x", "namespace": "home"}
    template = {"metadata": {"labels": {"app": "x"}, "annotations": annotations or {}}, "spec": spec}
    if kind == "Pod":
        return {"apiVersion": "v1", "kind": kind, "metadata": {**named, **template["metadata"]}, "spec": spec}
    if kind in ("Job", "CronJob"):
        spec["restartPolicy"] = "Never"
        job = {"template": template}
        inner = {"schedule": "0 3 * * *", "jobTemplate": {"spec": job}} if kind == "CronJob" else job
        return {"apiVersion": "batch/v1", "kind": kind, "metadata": named, "spec": inner}
    core = kind == "ReplicationController"
    selector = {"app": "x"} if core else {"matchLabels": {"app": "x"}}
    service = {"serviceName": "x"} if kind == "StatefulSet" else {}
    spec = {"selector": selector, "template": template, **service}
    return {"apiVersion": "v1" if core else "apps/v1", "kind": kind, "metadata": named, "spec": spec}


def _changed(level: Level, where: str, path: str, value: Any) -> dict[str, Any]:
    spec = _pod(level)
    if where not in ("pod", "containers"):
        spec[where] = [{**deepcopy(spec["containers"][0]), "name": "other"}]
    inner: Any = spec if where == "pod" else spec[where][0]
    *outer, last = path.split(".")
    for key in outer:
        inner = inner.setdefault(key, {})
    inner[last] = deepcopy(value)
    return spec


def _wrong(level: Level, kind: str, cases: tuple[Case, ...], *, good: bool) -> Iterator[tuple[str, str, Any]]:
    for places, path, value in cases:
        for where in places:
            found = judge_manifests([_object(kind, _changed(level, where, path, value))], level)
            if is_accepted(found) is not good:
                yield where, path, value


@pytest.mark.parametrize("kind", KINDS)
def test_the_baseline_holds_everywhere(kind: str) -> None:
    for level in Level:
        assert list(_wrong(level, kind, BAD_BASELINE, good=False)) == []
    assert list(_wrong(Level.BASELINE, kind, GOOD_BASELINE, good=True)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_restrictions_hold_everywhere(kind: str) -> None:
    assert list(_wrong(Level.RESTRICTED, kind, BAD_RESTRICTED, good=False)) == []
    assert list(_wrong(Level.RESTRICTED, kind, GOOD_RESTRICTED, good=True)) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("profile", "good"), [("unconfined", False), ("runtime/default", True), ("localhost/own", True)]
)
def test_the_old_annotation_of_app_armor_is_judged(kind: str, profile: str, good: bool) -> None:  # noqa: FBT001 - pytest's
    annotations = {"container.apparmor.security.beta.kubernetes.io/c": profile}
    for level in Level:
        assert is_accepted(judge_manifests([_object(kind, _pod(level), annotations)], level)) is good


def test_what_the_pod_says_holds_for_containers_that_say_nothing() -> None:
    spec = _pod(Level.RESTRICTED)
    own = spec["containers"][0][SECURITY]
    spec[SECURITY] = {key: own.pop(key) for key in ("runAsNonRoot", "seccompProfile")}
    assert is_accepted(judge_manifests([_object("Pod", spec)], Level.RESTRICTED))


def test_windows_needs_only_a_user_that_is_not_root() -> None:
    spec = {**_pod(Level.BASELINE), "os": {"name": "windows"}, SECURITY: {"runAsNonRoot": True}}
    assert is_accepted(judge_manifests([_object("Pod", spec)], Level.RESTRICTED))
    assert not is_accepted(judge_manifests([_object("Pod", {**spec, "os": {"name": "linux"}})], Level.RESTRICTED))
