"""Manifests that other people labelled good or bad; found by HOMELAB_TEST_DATA, never part of this repository.

Each folder is about one control: its good manifests keep that control, and some break others on purpose.
"""

from collections.abc import Iterator
import os
from pathlib import Path

import pytest

from assistant_core.guard import Level, Policy, Severity, judge_file

RULES = {
    "disallow-capabilities": {"capabilities"},
    "disallow-capabilities-strict": {"capabilities", "capabilities-dropped"},
    "disallow-host-namespaces": {"host-namespaces"},
    "disallow-host-path": {"host-path"},
    "disallow-host-ports": {"host-ports"},
    "disallow-host-ports-range": {"host-ports"},
    "disallow-host-process": {"host-process"},
    "disallow-privilege-escalation": {"privilege-escalation"},
    "disallow-privileged-containers": {"privileged"},
    "disallow-proc-mount": {"proc-mount"},
    "disallow-selinux": {"se-linux"},
    "require-run-as-non-root-user": {"run-as-user"},
    "require-run-as-nonroot": {"run-as-non-root"},
    "restrict-apparmor-profiles": {"app-armor"},
    "restrict-seccomp": {"seccomp"},
    "restrict-seccomp-strict": {"seccomp", "seccomp-required"},
    "restrict-sysctls": {"sysctls"},
    "restrict-volume-types": {"host-path", "volume-types"},
}
OTHERS = frozenset().union(*RULES.values())
KNOWN_PORTS = {"disallow-host-ports-range": frozenset(range(5000, 6001))}


def _manifests(label: str) -> Iterator[tuple[Path, bytes]]:
    data = os.environ.get("HOMELAB_TEST_DATA")
    if not data:
        pytest.skip("HOMELAB_TEST_DATA names no folder of labelled manifests")
    for path in sorted((Path(data) / "manifests").rglob(f"*-{label}.yaml")):
        for document in path.read_text().split("\n---"):
            if "kind:" in document:
                yield path, document.encode()


def _errors(path: Path, document: bytes) -> set[str]:
    policy = Policy(level=Level(path.parent.parent.name), host_ports=KNOWN_PORTS.get(path.parent.name, frozenset()))
    return {each.rule for each in judge_file(path.name, document, policy) if each.severity is Severity.ERROR}


def test_every_bad_manifest_is_rejected_by_its_control() -> None:
    judged = [(path, _errors(path, document)) for path, document in _manifests("bad")]

    assert [path for path, errors in judged if errors.isdisjoint(RULES[path.parent.name] | {"schema"})] == []
    assert len(judged) > 400


def test_every_good_manifest_is_accepted_by_its_control_and_by_all_that_are_no_standard() -> None:
    judged = [(path, _errors(path, document)) for path, document in _manifests("good")]

    assert [path for path, errors in judged if errors & RULES[path.parent.name] or errors - OTHERS] == []
    assert len(judged) > 400
