"""Holds what a file says against the controls."""

from collections.abc import Iterable, Iterator

from .control import Breach, ObjectControl
from .controls import OBJECT_CONTROLS, POD_CONTROLS, TERRAFORM_CONTROLS, host_ports, schema, unknown_kind
from .objects import KubernetesObject, Pod
from .policy import Policy
from .reading import Reading, of_documents, read
from .schemas import is_known, misshapen
from .verdict import Level, Severity, Violation

UNREADABLE = "unreadable"


def judge_manifests(documents: Iterable[object], level: Level) -> tuple[Violation, ...]:
    """What is wrong with parsed documents at a level of the Pod Security Standards; nothing they hold raises."""
    return tuple(judged(of_documents(documents), Policy(level=level)))


def judge_file(path: str, data: bytes, policy: Policy) -> tuple[Violation, ...]:
    """What is wrong with a file of manifests, of settings such as Helm values, or of Terraform."""
    return tuple(judged(read(path, data), policy, path=path))


def is_accepted(violations: Iterable[Violation]) -> bool:
    """Whether nothing in them is an error."""
    return all(violation.severity is not Severity.ERROR for violation in violations)


def judged(reading: Reading, policy: Policy, *, path: str = "", is_change: bool = False) -> Iterator[Violation]:
    """The violations in a file; `is_change` weighs them as something new."""
    if reading.problem:
        yield violation(UNREADABLE, Severity.ERROR, path, Breach(where="", message=f"The file {reading.problem}."))
    for found in reading.objects:
        if (pod := found.pod) is not None:
            yield from _of_pod(found.label, pod, policy)
        yield from _of_object(found, policy, is_change=is_change)
    for control in TERRAFORM_CONTROLS if reading.terraform is not None else ():
        if is_change or not control.only_new:
            for breach in control.judge(reading.terraform or {}):
                yield violation(control.rule, Severity.ERROR, f"Terraform {path}".strip(), breach)


def _of_pod(label: str, pod: Pod, policy: Policy) -> Iterator[Violation]:
    for control in POD_CONTROLS:
        for breach in control.judge(pod) if policy.level.includes(control.level) else ():
            if control is not host_ports.CONTROL or not _is_known(breach.value, policy.host_ports):
                yield violation(control.rule, Severity.ERROR, label, breach)


def _is_known(port: object, known: frozenset[int]) -> bool:
    return isinstance(port, int) and port in known


def _of_object(found: KubernetesObject, policy: Policy, *, is_change: bool) -> Iterator[Violation]:
    for control in OBJECT_CONTROLS:
        for breach in _breaches(control, found, policy) if policy.level.includes(control.level) else ():
            severity = control.when_new if is_change else control.severity
            yield violation(control.rule, severity, found.label, breach)


def _breaches(control: ObjectControl, found: KubernetesObject, policy: Policy) -> Iterable[Breach]:
    """What a control says; of shapes and kinds the cluster knows more than we do."""
    if policy.shapes is not None and control is schema.CONTROL:
        return misshapen(found, policy.shapes)
    if policy.shapes is not None and control is unknown_kind.CONTROL and is_known(found, policy.shapes):
        return ()
    return control.judge(found)


def violation(rule: str, severity: Severity, label: str, breach: Breach) -> Violation:
    """A breach with its rule and the object or file it was found in."""
    return Violation(
        rule=rule,
        severity=severity,
        where=", ".join(filter(None, (label, breach.where))),
        message=breach.message,
        values=breach.values,
        fingerprint=hash(repr(breach.value)),
    )
