"""The Pod Security Standards, control by control, for every kind that makes pods."""

from copy import deepcopy
import json
from typing import Any

import pytest

from assistant_core.guard import Level, Policy, is_accepted, judge_file, judge_manifests

CONTAINER = {
    "name": "app",
    "image": "ghcr.io/example/app:1.2",
    "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
}
POD = {
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [CONTAINER],
}
LABELS = {"app": "web"}
SELECTOR = {"matchLabels": LABELS}
KINDS = ["Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "ReplicationController"]


def _workload(kind: str, pod: dict[str, Any], annotations: dict[str, str] | None = None) -> dict[str, Any]:
    template = {"metadata": {"labels": LABELS, "annotations": annotations or {}}, "spec": pod}
    metadata = {"name": "web"}
    match kind:
        case "Pod":
            return {"apiVersion": "v1", "kind": kind, **template, "metadata": {**template["metadata"], **metadata}}
        case "Job":
            spec = {"template": {**template, "spec": {"restartPolicy": "Never", **pod}}}
        case "CronJob":
            job = {"spec": {"template": {**template, "spec": {"restartPolicy": "Never", **pod}}}}
            spec = {"schedule": "0 3 * * *", "jobTemplate": job}
        case "ReplicationController":
            spec = {"selector": LABELS, "template": template}
        case "StatefulSet":
            spec = {"serviceName": "web", "selector": SELECTOR, "template": template}
        case _:
            spec = {"selector": SELECTOR, "template": template}
    api = {"Job": "batch/v1", "CronJob": "batch/v1", "ReplicationController": "v1"}.get(kind, "apps/v1")
    return {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec}


def _changed(path: str, value: object, pod: dict[str, Any] = POD) -> dict[str, Any]:
    """The pod with one field set; `c` stands for its container."""
    new = deepcopy(pod)
    keys = path.split(".")
    at: Any = new
    if keys[0] == "c":
        at, keys = new["containers"][0], keys[1:]
    for key in keys[:-1]:
        at = at.setdefault(key, {})
    at[keys[-1]] = value
    return new


def _rules(pod: dict[str, Any], level: Level, kind: str = "Pod", annotations: dict[str, str] | None = None) -> set[str]:
    return {violation.rule for violation in judge_manifests([_workload(kind, pod, annotations)], level)}


BASELINE = [
    ("securityContext.windowsOptions", {"hostProcess": True}, "host-process"),
    ("c.securityContext.windowsOptions", {"hostProcess": True}, "host-process"),
    ("hostNetwork", True, "host-namespaces"),
    ("hostPID", True, "host-namespaces"),
    ("hostIPC", True, "host-namespaces"),
    ("c.securityContext.privileged", True, "privileged"),
    ("c.securityContext.capabilities.add", ["SYS_ADMIN"], "capabilities"),
    ("c.securityContext.capabilities.add", ["chown"], "capabilities"),
    ("c.securityContext.capabilities.add", ["CAP_CHOWN"], "capabilities"),
    ("volumes", [{"name": "a", "hostPath": {"path": "/"}}], "host-path"),
    ("volumes", [{"name": "a", "emptyDir": {}}, {"name": "b", "hostPath": {"path": "/etc"}}], "host-path"),
    ("c.ports", [{"containerPort": 80, "hostPort": 80}], "host-ports"),
    ("c.livenessProbe", {"httpGet": {"port": 80, "host": "10.0.0.1"}}, "host-probes"),
    ("c.readinessProbe", {"tcpSocket": {"port": 80, "host": "127.0.0.1"}}, "host-probes"),
    ("c.startupProbe", {"httpGet": {"port": 80, "host": "localhost"}}, "host-probes"),
    ("c.lifecycle", {"postStart": {"httpGet": {"port": 80, "host": "a"}}}, "host-probes"),
    ("c.lifecycle", {"preStop": {"tcpSocket": {"port": 80, "host": "a"}}}, "host-probes"),
    ("securityContext.appArmorProfile", {"type": "Unconfined"}, "app-armor"),
    ("c.securityContext.appArmorProfile", {"type": "Unconfined"}, "app-armor"),
    ("securityContext.seLinuxOptions", {"type": "spc_t"}, "se-linux"),
    ("c.securityContext.seLinuxOptions", {"user": "system_u"}, "se-linux"),
    ("c.securityContext.seLinuxOptions", {"role": "system_r"}, "se-linux"),
    ("c.securityContext.procMount", "Unmasked", "proc-mount"),
    ("securityContext.seccompProfile", {"type": "Unconfined"}, "seccomp"),
    ("c.securityContext.seccompProfile", {"type": "Unconfined"}, "seccomp"),
    ("securityContext.sysctls", [{"name": "kernel.msgmax", "value": "1"}], "sysctls"),
]
RESTRICTED = [
    ("volumes", [{"name": "a", "nfs": {"server": "nas", "path": "/x"}}], "volume-types"),
    ("volumes", [{"name": "a", "gitRepo": {"repository": "https://example.com"}}], "volume-types"),
    ("volumes", [{"name": "a", "image": {"reference": "a:1"}}], "volume-types"),
    ("c.securityContext.allowPrivilegeEscalation", True, "privilege-escalation"),
    ("c.securityContext.allowPrivilegeEscalation", None, "privilege-escalation"),
    ("securityContext.runAsNonRoot", False, "run-as-non-root"),
    ("securityContext.runAsNonRoot", None, "run-as-non-root"),
    ("c.securityContext.runAsNonRoot", False, "run-as-non-root"),
    ("securityContext.runAsUser", 0, "run-as-user"),
    ("c.securityContext.runAsUser", 0, "run-as-user"),
    ("securityContext.seccompProfile", None, "seccomp-required"),
    ("c.securityContext.capabilities.drop", [], "capabilities-dropped"),
    ("c.securityContext.capabilities.drop", ["NET_RAW"], "capabilities-dropped"),
    ("c.securityContext.capabilities.add", ["CHOWN"], "capabilities-dropped"),
    ("c.securityContext", None, "privilege-escalation"),
]
ALLOWED = [
    ("securityContext.windowsOptions", {"hostProcess": False}),
    ("hostNetwork", False),
    ("c.securityContext.privileged", None),
    ("c.securityContext.capabilities.add", ["NET_BIND_SERVICE"]),
    ("volumes", [{"name": "a", "emptyDir": {}}, {"name": "b", "persistentVolumeClaim": {"claimName": "b"}}]),
    ("volumes", [{"name": "becomes-an-empty-dir"}]),
    ("volumes", [{"name": "a", "hostPath": None, "configMap": {"name": "a"}}]),
    ("c.ports", [{"containerPort": 80, "hostPort": 0}]),
    ("c.livenessProbe", {"httpGet": {"port": 80, "host": ""}}),
    ("c.securityContext.appArmorProfile", {"type": "Localhost", "localhostProfile": "a"}),
    ("c.securityContext.seLinuxOptions", {"type": "container_kvm_t", "level": "s0"}),
    ("c.securityContext.procMount", "Default"),
    ("c.securityContext.seccompProfile", {"type": "Localhost", "localhostProfile": "a"}),
    ("securityContext.sysctls", [{"name": "net.ipv4.tcp_rmem", "value": "1"}]),
    ("c.securityContext.runAsNonRoot", True),
    ("c.securityContext.runAsUser", 1000),
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_restricted_workload_is_accepted_at_every_level(kind: str) -> None:
    for level in Level:
        assert judge_manifests([_workload(kind, POD)], level) == ()


@pytest.mark.parametrize(("path", "value", "rule"), BASELINE)
def test_what_baseline_forbids_is_found_at_both_levels(path: str, value: object, rule: str) -> None:
    for level in Level:
        assert rule in _rules(_changed(path, value), level)


@pytest.mark.parametrize(("path", "value", "rule"), RESTRICTED)
def test_what_restricted_forbids_is_found_at_that_level_only(path: str, value: object, rule: str) -> None:
    assert rule in _rules(_changed(path, value), Level.RESTRICTED)
    assert rule not in _rules(_changed(path, value), Level.BASELINE)


@pytest.mark.parametrize(("path", "value"), ALLOWED)
def test_what_the_standards_allow_is_accepted(path: str, value: object) -> None:
    assert _rules(_changed(path, value), Level.RESTRICTED) == set()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("group", ["containers", "initContainers", "ephemeralContainers"])
def test_every_container_of_every_workload_is_judged(kind: str, group: str) -> None:
    bad = {**CONTAINER, "name": "bad", "securityContext": {"privileged": True}}
    pod = {**POD, group: [*POD.get(group, []), bad]}

    violations = judge_manifests([_workload(kind, pod)], Level.RESTRICTED)

    assert {violation.rule for violation in violations} == {
        "privileged",
        "privilege-escalation",
        "capabilities-dropped",
    }
    assert all(f"{group}[bad].securityContext" in violation.where for violation in violations)


@pytest.mark.parametrize("kind", KINDS)
def test_the_annotations_of_the_pod_are_judged(kind: str) -> None:
    key = "container.apparmor.security.beta.kubernetes.io/app"

    assert _rules(POD, Level.BASELINE, kind, {key: "unconfined"}) == {"app-armor"}
    for allowed in ("runtime/default", "localhost/mine", ""):
        assert _rules(POD, Level.BASELINE, kind, {key: allowed}) == set()


def test_windows_is_excused_from_what_it_does_not_know() -> None:
    windows = {"os": {"name": "windows"}, "containers": [{"name": "app", "image": "a:1"}]}

    assert _rules({**windows, "securityContext": {"runAsNonRoot": True}}, Level.RESTRICTED) == set()
    assert _rules(windows, Level.RESTRICTED) == {"run-as-non-root"}


def test_a_pod_with_its_own_users_may_run_as_root_inside() -> None:
    pod = _changed("c.securityContext.runAsUser", 0)
    pod["securityContext"]["runAsNonRoot"] = False

    assert _rules({**pod, "hostUsers": False}, Level.RESTRICTED) == set()
    assert _rules({**pod, "hostUsers": True}, Level.RESTRICTED) == {"run-as-user", "run-as-non-root"}


def test_containers_may_set_for_themselves_what_the_pod_leaves_open() -> None:
    own = {**CONTAINER["securityContext"], "runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}

    assert _rules({"containers": [{**CONTAINER, "securityContext": own}]}, Level.RESTRICTED) == set()


@pytest.mark.parametrize("switch", ["y", "true", "on", 1, "{}"])
@pytest.mark.parametrize("field", ["hostNetwork", "c.securityContext.privileged"])
def test_a_switch_of_the_wrong_type_is_never_taken_for_harmless(field: str, switch: object) -> None:
    assert not is_accepted(judge_manifests([_workload("Pod", _changed(field, switch))], Level.BASELINE))


@pytest.mark.parametrize("user", ["0", "0o0", 0.0, False, "root"])
def test_a_user_of_the_wrong_type_is_never_taken_for_harmless(user: object) -> None:
    assert "run-as-user" in _rules(_changed("c.securityContext.runAsUser", user), Level.RESTRICTED)


def test_a_household_may_know_some_ports_of_its_nodes() -> None:
    pod = _workload("Pod", _changed("c.ports", [{"containerPort": 80, "hostPort": 8080}]))
    data = json.dumps(pod).encode()

    assert not is_accepted(judge_file("a.json", data, Policy()))
    assert is_accepted(judge_file("a.json", data, Policy(host_ports=frozenset({8080}))))


def test_lists_and_templates_of_other_kinds_are_looked_into() -> None:
    bad = _workload("Deployment", _changed("hostNetwork", True))
    rollout = {**bad, "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout"}

    for document in ({"apiVersion": "v1", "kind": "List", "items": [bad]}, rollout):
        assert "host-namespaces" in {each.rule for each in judge_manifests([document], Level.BASELINE)}


def test_a_violation_says_where_and_what_in_one_sentence() -> None:
    deployment = _workload("Deployment", _changed("c.securityContext.privileged", True))
    deployment["metadata"]["namespace"] = "media"

    (violation,) = judge_manifests([deployment], Level.BASELINE)

    assert violation.where == "Deployment media/web, spec.template.spec.containers[app].securityContext.privileged"
    assert violation.message == "A privileged container is root on the node; remove privileged."


def test_a_patch_is_not_blamed_for_what_it_leaves_out() -> None:
    patch = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"template": {"spec": {"containers": [{"name": "app", "resources": {"limits": {"memory": "1Gi"}}}]}}},
    }
    bad = deepcopy(patch)
    bad["spec"]["template"]["spec"]["hostNetwork"] = True

    assert judge_manifests([patch], Level.RESTRICTED) == ()
    assert [each.rule for each in judge_manifests([bad], Level.RESTRICTED)] == ["host-namespaces"]
