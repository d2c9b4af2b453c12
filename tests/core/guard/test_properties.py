"""Whatever stands in a document: the guard judges it in time and never falls over."""

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest
import yaml

from assistant_core.guard import Level, Policy, is_accepted, judge_change, judge_file, judge_manifests
from assistant_core.models.repository import FileChange
from assistant_core.redaction import redact

KINDS = st.sampled_from(
    [
        ("v1", "Pod"),
        ("apps/v1", "Deployment"),
        ("batch/v1", "CronJob"),
        ("v1", "Service"),
        ("v1", "Secret"),
        ("v1", "ConfigMap"),
        ("v1", "List"),
        ("v1", "PersistentVolumeClaim"),
        ("rbac.authorization.k8s.io/v1", "ClusterRole"),
        ("rbac.authorization.k8s.io/v1", "RoleBinding"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
        ("argoproj.io/v1alpha1", "Application"),
        ("kustomize.config.k8s.io/v1beta1", "Kustomization"),
        ("helm.toolkit.fluxcd.io/v2", "HelmRelease"),
    ]
)
FIELDS = """
spec template metadata containers initContainers volumes securityContext capabilities add drop name namespace ports
hostPort image env value resources limits requests memory selector matchLabels matchExpressions rules verbs data
stringData labels annotations destination source sources project helm values valuesObject parameters patches patch
op path items hostPath seccompProfile type runAsUser sysctls livenessProbe httpGet host roleRef subjects jobTemplate
"""
KEYS = st.sampled_from(re.findall(r"\w+", FIELDS))
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["ALL", "nginx:latest", "a: 1\nprivileged: true", "500m", "{a: [", "*", "=", "\x00", "9" * 50]),
)
TREES: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda below: st.lists(below, max_size=4) | st.dictionaries(KEYS | st.text(max_size=5), below, max_size=5)
)
BODIES = st.dictionaries(KEYS, TREES, max_size=6)

PIECES = st.sampled_from(
    [
        "\n",
        "kind: Secret",
        "-----BEGIN A-----",
        "-----END A-----",
        "sensitive = true",
        'variable "x" {',
        "://a:b@c",
        "x" * 20,
        *["password", "token", "value", "name", "data:", "Bearer", "EOT", "<<", "---"],
        *":=|-\"'{},",
    ]
)


def _document(kind: tuple[str, str], body: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": kind[0], "kind": kind[1], **body}


@settings(max_examples=300)
@given(kind=KINDS, body=BODIES)
def test_a_document_of_any_shape_is_judged(kind: tuple[str, str], body: dict[str, Any]) -> None:
    for violation in judge_manifests([_document(kind, body), body], Level.RESTRICTED):
        assert violation.rule
        assert violation.message.endswith(".")
        assert violation.message.isprintable()
        assert violation.where.isprintable()


@settings(max_examples=150)
@given(kind=KINDS, before=BODIES, after=BODIES)
def test_a_change_between_any_two_documents_is_judged(
    kind: tuple[str, str], before: dict[str, Any], after: dict[str, Any]
) -> None:
    old, new = (yaml.safe_dump(_document(kind, body), allow_unicode=True).encode() for body in (before, after))

    verdict = judge_change([FileChange(path="apps/a.yaml", before=old, after=new)])

    assert verdict.accepted == is_accepted(verdict.violations)
    assert verdict.reasons
    assert judge_change([FileChange(path="apps/a.yaml", before=new, after=new)]).violations == ()


@settings(max_examples=200)
@given(
    path=st.sampled_from(["a.yaml", "a.tf", "a.tfvars", "a.json", "kustomization.yaml", "a.txt"]),
    data=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
)
def test_bytes_of_any_kind_are_judged(path: str, data: bytes) -> None:
    assert judge_file(path, data, Policy()) is not None


HOSTILE = {
    "deep": b"[" * 30_000,
    "aliases of aliases": b"a0: &a0 [x, x]\n"
    + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 50)),
    "deep object": b"kind: Pod\napiVersion: v1\nspec: " + b"{a: " * 62 + b"1" + b"}" * 62,
    "deep schema": b"apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
    b"spec: {versions: [{schema: {openAPIV3Schema: " + b"{properties: {a: " * 28 + b"{}" + b"}}" * 28 + b"}}]}",
    "texts in texts": b"values: |\n" + b"".join(b" " * n + b"values: |\n" for n in range(1, 600)),
    "long text": b"a: " + b"x" * 250_000,
    "half tokens": b"kind: ConfigMap\napiVersion: v1\ndata:\n"
    + b"".join(b" k%d: eyJ-eyJ-://a:\n" % n for n in range(6_000)),
    "many containers": b"apiVersion: v1\nkind: Pod\nspec: {containers: [" + b"{}," * 6_000 + b"{}]}",
    "many fields": b"apiVersion: v1\nkind: Pod\nmetadata: {x: 1"
    + b"".join(b", y%d: 1" % n for n in range(6_000))
    + b"}",
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_file_made_to_hang_or_kill_the_reader_does_neither(data: bytes) -> None:
    judge_file("a.yaml", data, Policy())
    judge_file("a.tf", data, Policy())
    redact(data.decode())
    judge_change([FileChange(path="a.yaml", before=b"", after=data)], policy=Policy(max_lines=10_000))


def test_a_value_that_holds_itself_is_not_gone_through() -> None:
    endless: dict[str, Any] = {"kind": "Pod", "apiVersion": "v1"}
    endless["spec"] = endless

    (violation,) = judge_manifests([endless], Level.BASELINE)

    assert violation.rule == "unreadable"


@settings(max_examples=300)
@given(text=st.text(max_size=300) | st.lists(PIECES).map(" ".join))
def test_any_text_is_redacted_once_and_for_all(text: str) -> None:
    assert redact(redact(text)) == redact(text)
