"""What Helm values, inline values, parameters and patches ask for."""

import pytest

from assistant_core.guard import Level, Policy, judge_change, judge_file
from assistant_core.models.repository import FileChange

APPLICATION = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  source:
    repoURL: https://charts.example.com
    chart: web
"""


def _found(text: str, level: Level = Level.BASELINE, path: str = "apps/web/values.yaml") -> set[tuple[str, str]]:
    violations = judge_file(path, text.encode(), Policy(level=level))
    return {(each.rule, each.where.partition(", ")[2]) for each in violations if each.rule != "unjudged"}


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("web: {securityContext: {privileged: true}}", "web.securityContext.privileged"),
        ("web: {hostNetwork: true}", "web.hostNetwork"),
        ("hostPID: true", "hostPID"),
        ("persistence: {dri: {type: hostPath, hostPath: /dev/dri}}", "persistence.dri.hostPath"),
        ("volumes: [{name: a, hostPath: {path: /}}]", "volumes[a].hostPath.path"),
        ("ports: [{name: http, hostPort: 80}]", "ports[http].hostPort"),
        ("securityContext: {capabilities: {add: [NET_ADMIN]}}", "securityContext.capabilities.add[0]"),
        ("podSecurityContext: {seccompProfile: {type: Unconfined}}", "podSecurityContext.seccompProfile.type"),
    ],
)
def test_values_that_ask_for_what_baseline_forbids_are_found(text: str, where: str) -> None:
    assert _found(text) == {("risky-values", where)}


@pytest.mark.parametrize(
    "text",
    [
        "privileged: false",
        "hostNetwork: {enabled: false}",
        "hostPort: 0",
        "hostPath: {enabled: false, path: ''}",
        "capabilities: {add: [CHOWN], drop: [ALL]}",
        "image: {repository: a, tag: 1.2.3}",
        "replicas: 2",
        "auth: {existingSecret: web-auth, passwordKey: password}",
    ],
)
def test_values_that_ask_for_nothing_special_are_fine(text: str) -> None:
    assert _found(text, Level.RESTRICTED) == set()


@pytest.mark.parametrize("text", ["runAsUser: 0", "allowPrivilegeEscalation: true", "runAsNonRoot: false"])
def test_values_that_ask_for_root_are_found_at_restricted(text: str) -> None:
    assert _found(text, Level.RESTRICTED) == {("root-values", text.partition(":")[0])}
    assert _found(text) == set()


def test_a_latest_tag_and_a_password_in_values_are_found() -> None:
    assert _found("image: {tag: latest}") == {("images", "image.tag")}
    assert _found("auth: {adminPassword: hunter2}") == {("secret-values", "auth.adminPassword")}


@pytest.mark.parametrize(
    ("helm", "where"),
    [
        ("helm: {valuesObject: {privileged: true}}", "spec.source.helm.valuesObject.privileged"),
        ("helm: {values: 'a: {privileged: true}'}", "spec.source.helm.values.a.privileged"),
        (
            "helm: {parameters: [{name: a.privileged, value: 'true'}]}",
            "spec.source.helm.parameters.a.privileged",
        ),
    ],
)
def test_the_values_inside_an_application_are_judged(helm: str, where: str) -> None:
    assert _found(f"{APPLICATION}    {helm}\n", path="a.yaml") == {("risky-values", where)}


def test_values_inside_an_application_that_cannot_be_read_are_not_passed_over() -> None:
    helm = "helm: {values: '{a: 1, a: 2, hostNetwork: true}'}"

    assert _found(f"{APPLICATION}    {helm}\n", path="a.yaml") == {("nested-documents", "spec.source.helm.values")}


@pytest.mark.parametrize(
    "patch",
    [
        "patches: [{patch: 'spec: {template: {spec: {hostNetwork: true}}}'}]",
        "patches: [{patch: '[{op: add, path: /spec/template/spec/hostNetwork, value: true}]'}]",
        "patches: [{patch: '[{op: add, path: /spec/template/spec, value: {hostNetwork: true}}]'}]",
    ],
)
def test_the_patches_inside_a_kustomization_are_judged(patch: str) -> None:
    assert {rule for rule, _ in _found(patch, path="apps/kustomization.yaml")} == {"risky-values"}


def test_a_json_patch_in_a_file_of_its_own_is_judged() -> None:
    patch = "- {op: add, path: /spec/template/spec/containers/0/securityContext/privileged, value: true}"

    assert {rule for rule, _ in _found(patch)} == {"risky-values"}


def test_secrets_that_kustomize_would_generate_are_found() -> None:
    generator = "secretGenerator: [{name: a, literals: [user=anna]}]"

    assert {rule for rule, _ in _found(generator, path="kustomization.yaml")} == {"secret-values"}


def test_external_and_sealed_secrets_are_fine() -> None:
    external = """
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata: {name: a}
        spec: {data: [{secretKey: password, remoteRef: {key: web, property: password}}]}
    """
    sealed = """
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata: {name: a}
        spec: {encryptedData: {password: AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq}}
    """

    assert _found(external) == set()
    assert _found(sealed) == set()


_FILE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: web}\ndata:\n  web.conf: |\n    "


@pytest.mark.parametrize(
    "line",
    [
        "password = hunter2",
        "DB_PASSWORD=hunter2",
        "export API_TOKEN=hunter2abc",
        'api_key = "hunter2" # from the portal',
        "smtp_password: hunter2",
        '"password": "hunter2",',
        "- client_secret: 'hunter2'",
    ],
)
def test_a_secret_in_a_text_of_a_config_map_is_found(line: str) -> None:
    assert [rule for rule, _ in _found(f"{_FILE}[web]\n    {line}\n    user = web\n")] == ["secret-values"]


@pytest.mark.parametrize(
    "line",
    [
        "password_file = /run/secrets/password",
        "password = ${DB_PASSWORD}",
        "password = $__file{/run/password}",
        "password = %(ENV_PASSWORD)s",
        "password =",
        'password: ""',
        "existingSecret: web-auth",
        "password: !secret web_password",
        "# password = hunter2",
        'password = os.environ["PASSWORD"]',
        "password_policy: strict",
        "token_ttl = 30",
        "use_password = true",
        "The password: ask your admin for it",
    ],
)
def test_what_only_speaks_of_a_secret_in_a_text_is_fine(line: str) -> None:
    assert not _found(f"{_FILE}[web]\n    {line}\n    user = web\n")


def test_a_secret_in_a_text_that_stood_there_before_is_not_blamed_on_a_change() -> None:
    before = f"{_FILE}password = hunter2\n    level = info\n".encode()
    after = before.replace(b"info", b"debug")
    verdict = judge_change([FileChange(path="apps/web.yaml", before=before, after=after)], policy=Policy())
    assert verdict.accepted
    new = after.replace(b"level", b"api_key = hunter3\n    level")
    verdict = judge_change([FileChange(path="apps/web.yaml", before=before, after=new)], policy=Policy())
    assert [each.rule for each in verdict.violations] == ["secret-values"]
