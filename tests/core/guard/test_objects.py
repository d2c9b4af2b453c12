"""Rules over objects other than the Pod Security Standards."""

from typing import Any

import pytest
import yaml

from assistant_core.guard import Level, Policy, Severity, Violation, judge_file

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: app
          image: ghcr.io/example/app:1.2
"""


def _judged(text: str, path: str = "apps/web.yaml", level: Level = Level.BASELINE) -> tuple[Violation, ...]:
    return judge_file(path, text.encode(), Policy(level=level))


def _rules(text: str, **more: Any) -> set[str]:
    return {each.rule for each in _judged(text, **more)}


def _container(**fields: Any) -> str:
    document = yaml.safe_load(DEPLOYMENT)
    document["spec"]["template"]["spec"]["containers"][0].update(fields)
    return yaml.safe_dump(document)


def _role(kind: str = "ClusterRole", **rule: Any) -> str:
    api = "rbac.authorization.k8s.io/v1"
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"], **rule}]
    return yaml.safe_dump({"apiVersion": api, "kind": kind, "metadata": {"name": "a"}, "rules": rules})


def _binding(kind: str, role: str, subject: dict[str, str]) -> str:
    api = "rbac.authorization.k8s.io"
    return yaml.safe_dump(
        {
            "apiVersion": f"{api}/v1",
            "kind": kind,
            "metadata": {"name": "a"},
            "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": role},
            "subjects": [subject],
        }
    )


def test_a_plain_deployment_is_fine() -> None:
    assert _judged(DEPLOYMENT) == ()


@pytest.mark.parametrize("field", ["verbs", "resources", "apiGroups"])
@pytest.mark.parametrize("kind", ["Role", "ClusterRole"])
def test_a_wildcard_in_a_role_is_found(kind: str, field: str) -> None:
    assert _rules(_role(kind, **{field: ["*"]})) == {"rbac-wildcards"}


def test_a_role_without_wildcards_is_fine() -> None:
    assert _judged(_role()) == ()
    assert _judged(_role(nonResourceURLs=["/metrics/*"])) == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("verbs", "escalate"),
        ("verbs", "bind"),
        ("verbs", "impersonate"),
        ("verbs", "approve"),
        ("verbs", "sign"),
        ("resources", "nodes/proxy"),
        ("resources", "serviceaccounts/token"),
        ("resources", "pods/exec"),
        ("resources", "pods/attach"),
        ("resources", "pods/ephemeralcontainers"),
        ("resources", "certificatesigningrequests/approval"),
    ],
)
def test_a_right_to_take_more_rights_is_found(field: str, value: str) -> None:
    assert _rules(_role(**{field: ["get", value]})) == {"rbac-escalation"}


@pytest.mark.parametrize("kind", ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"])
def test_the_right_to_set_webhooks_up_is_found(kind: str) -> None:
    assert _rules(_role(resources=[kind], verbs=["patch"])) == {"rbac-escalation"}
    assert _rules(_role(resources=[kind], verbs=["get"])) == set()


def test_reading_every_secret_of_the_cluster_is_found() -> None:
    assert _rules(_role(resources=["secrets"])) == {"rbac-escalation"}
    assert _rules(_role(resources=["secrets"], resourceNames=["web-tls"])) == set()
    assert _rules(_role("Role", resources=["secrets"])) == set()


def test_a_role_made_of_every_other_role_is_found() -> None:
    role = """apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: all}
rules: []
aggregationRule: {clusterRoleSelectors: [SELECTOR]}
"""
    assert _rules(role.replace("SELECTOR", "{}")) == {"rbac-escalation"}
    assert _rules(role.replace("SELECTOR", "{matchLabels: {to-view: 'true'}}")) == set()


def test_the_items_of_a_list_may_leave_their_kind_to_it() -> None:
    roles = """apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleList
items: [{metadata: {name: all}, rules: [{apiGroups: [""], resources: [pods], verbs: ["*"]}]}]
"""
    assert _rules(roles) == {"rbac-wildcards"}


def test_a_secret_that_sops_encrypted_is_fine() -> None:
    secret = """apiVersion: v1
kind: Secret
metadata: {name: web}
stringData: {password: "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]"}
sops: {mac: "ENC[AES256_GCM,data:eA==]", version: 3.9.0}
"""
    assert _rules(secret) == set()


@pytest.mark.parametrize("kind", ["RoleBinding", "ClusterRoleBinding"])
def test_a_binding_to_cluster_admin_is_found(kind: str) -> None:
    account = {"kind": "ServiceAccount", "name": "a", "namespace": "b"}

    assert _rules(_binding(kind, "cluster-admin", account)) == {"cluster-admin"}
    assert _rules(_binding(kind, "view", account)) == set()


@pytest.mark.parametrize("group", ["system:masters", "system:unauthenticated", "system:anonymous"])
def test_a_binding_of_everybody_or_of_the_masters_is_found(group: str) -> None:
    assert _rules(_binding("ClusterRoleBinding", "view", {"kind": "Group", "name": group})) == {"cluster-admin"}


def test_webhooks_and_new_kinds_are_warned_of_where_they_stand() -> None:
    webhook = "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: a}"
    definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a}"

    assert {(each.rule, each.severity) for each in _judged(webhook)} == {("webhooks", Severity.WARNING)}
    assert ("custom-resource-definitions", Severity.WARNING) in {(e.rule, e.severity) for e in _judged(definition)}


@pytest.mark.parametrize("field", ["data", "stringData"])
def test_a_secret_in_plain_text_is_found_and_never_repeated(field: str) -> None:
    (violation,) = _judged(f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\n{field}: {{user: aHVudGVyMg==}}")

    assert violation.rule == "plaintext-secrets"
    assert "aHVudGVyMg" not in repr(violation)


@pytest.mark.parametrize("value", ["ENC[AES256_GCM,data:x]", "${PASSWORD}", "<path:secret/data/a#b>", ""])
def test_a_secret_that_only_refers_to_one_is_fine(value: str) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "stringData": {"a": value}}

    assert _judged(yaml.safe_dump(secret)) == ()
    assert _judged(_container(env=[{"name": "PASSWORD", "value": value}])) == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "hunter2"),
        ("adminPasswd", "hunter2"),
        ("API_KEY", "abc123"),
        ("GITHUB_TOKEN", "abc"),
        ("OAUTH_CLIENT_SECRET", "abc"),
        ("NEXTAUTH_SECRET", "a1b2c3d4e5f60718293a4b5c"),
        ("DATABASE_URL", "postgres://app:hunter2@db/app"),
        ("ANYTHING", "ghp_" + "a" * 36),
        ("ANYTHING", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"),
    ],
)
def test_a_secret_in_the_environment_is_found_and_never_repeated(name: str, value: str) -> None:
    (violation,) = _judged(_container(env=[{"name": name, "value": value}]))

    assert violation.rule == "secret-values"
    assert value not in repr(violation)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PASSWORD_FILE", "/run/secrets/password"),
        ("DB_PASSWORD", "$(OTHER)"),
        ("SECRET_NAME", "my-secret"),
        ("TOKEN_TTL", "3600"),
        ("REQUIRE_PASSWORD", "true"),
        ("PUBLIC_KEY_PATH", "keys/a.pub"),
        ("URL", "https://example.com:8080/a@b"),
        ("PASSWORD", ""),
    ],
)
def test_what_only_sounds_like_a_secret_is_fine(name: str, value: str) -> None:
    assert _judged(_container(env=[{"name": name, "value": value}])) == ()


def test_secrets_in_arguments_and_config_maps_are_found() -> None:
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {smtp_password: hunter2}"

    assert _rules(_container(args=["--port=80", "--admin-password=hunter2"])) == {"secret-values"}
    assert _rules(config) == {"secret-values"}
    assert _judged(_container(args=["--password-file=/run/a", "--token-ttl=5"])) == ()


def test_a_key_that_flux_fills_in_is_a_secret_whatever_it_opens() -> None:
    text = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\n"
    filled = {
        each: f"spec: {{postBuild: {{substitute: {{{each}: a1b2}}}}}}" for each in ("X_KEY", "PUBLIC_KEY", "SIZE")
    }
    found = {name for name, spec in filled.items() if "secret-values" in _rules(text + spec)}
    assert found == {"X_KEY"}


@pytest.mark.parametrize("image", ["nginx", "nginx:latest", "registry:5000/nginx", "ghcr.io/a/b:latest"])
def test_an_image_without_a_version_is_warned_of(image: str) -> None:
    assert [(each.rule, each.severity) for each in _judged(_container(image=image))] == [("images", Severity.WARNING)]


@pytest.mark.parametrize("image", ["nginx:1.29", "registry:5000/nginx:1", f"nginx@sha256:{'a' * 64}"])
def test_an_image_with_a_version_is_fine(image: str) -> None:
    assert _judged(_container(image=image)) == ()


def test_a_selector_that_does_not_match_is_found() -> None:
    def selected_by(expression: str) -> str:
        return DEPLOYMENT.replace("{matchLabels: {app: web}}", f"{{matchExpressions: [{{key: app, {expression}}}]}}")

    assert _rules(DEPLOYMENT.replace("labels: {app: web}", "labels: {app: api}")) == {"selectors"}
    assert _rules(selected_by("operator: In, values: [api]")) == {"selectors"}
    assert _rules(selected_by("operator: DoesNotExist")) == {"selectors"}
    assert _rules(selected_by("operator: In, values: [web]")) == set()
    assert _rules(selected_by("operator: Exists")) == set()


@pytest.mark.parametrize(
    ("resources", "sentence"),
    [
        ({"limits": {"memory": "2Gb"}}, '"2Gb" is no quantity; write it like 500m or 2Gi.'),
        ({"limits": {"memory": "512m"}}, '"512m" is less than a byte: m means thousandths, Mi means mebibytes.'),
        ({"requests": {"cpu": "-1"}}, "A quantity is not negative."),
        (
            {"requests": {"memory": "2Gi"}, "limits": {"memory": "1G"}},
            'The request "2Gi" is larger than the limit "1G".',
        ),
    ],
)
def test_a_quantity_that_cannot_be_is_found(resources: dict[str, Any], sentence: str) -> None:
    (violation,) = _judged(_container(resources=resources))

    assert (violation.rule, violation.message) == ("quantities", sentence)


@pytest.mark.parametrize("quantity", ["500m", 2, 0.5, "1e3", "1E", "2.5Gi", "100k", "12"])
def test_every_way_to_write_a_quantity_is_read(quantity: object) -> None:
    assert _judged(_container(resources={"limits": {"cpu": quantity}})) == ()


@pytest.mark.parametrize("port", [{"containerPort": 0}, {"containerPort": 70_000}, {"containerPort": 1, "name": "A"}])
def test_a_port_that_cannot_be_is_found(port: dict[str, Any]) -> None:
    assert _rules(_container(ports=[port])) == {"ports"}


def test_the_ports_of_a_service_are_judged() -> None:
    service = "apiVersion: v1\nkind: Service\nmetadata: {{name: a}}\nspec: {{ports: [{{port: {}, targetPort: {}}}]}}"

    assert _judged(service.format(80, "http")) == ()
    assert _rules(service.format(0, 8080)) == {"ports"}
    assert _rules(service.format(80, "Not_a_name")) == {"ports"}


def test_a_namespace_freed_from_the_standards_is_warned_of() -> None:
    label = "pod-security.kubernetes.io/enforce"
    namespace = f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: a, labels: {{{label}: privileged}}}}"

    assert _rules(namespace) == {"namespace-levels"}
    assert _rules(namespace.replace("privileged", "restricted")) == set()


CONTAINER = "spec.template.spec.containers[app]"


@pytest.mark.parametrize(
    ("text", "where", "sentence"),
    [
        (DEPLOYMENT.replace("selector:", "selektor:"), "spec.selektor", "Kubernetes knows no such field."),
        (DEPLOYMENT.replace("selector:", "selektor:"), "spec.selector", "This field is missing."),
        (
            DEPLOYMENT.replace("spec:\n  sel", "spec:\n  replicas: two\n  sel"),
            "spec.replicas",
            "This must be a whole number, not a text.",
        ),
        (
            DEPLOYMENT.replace("{app: web}}\n  t", "[a]}\n  t"),
            "spec.selector.matchLabels",
            "This must be a mapping, not a list.",
        ),
        (_container(image=5), f"{CONTAINER}.image", "This must be a text, not a number."),
        (
            _container(livenessProbe={"httpGet": {"port": [1]}}),
            f"{CONTAINER}.livenessProbe.httpGet.port",
            "This must be a text or a whole number, not a list.",
        ),
    ],
)
def test_an_object_of_the_wrong_shape_is_told_where_and_what(text: str, where: str, sentence: str) -> None:
    assert ("schema", f"Deployment web, {where}", sentence) in {(e.rule, e.where, e.message) for e in _judged(text)}


def test_somebody_elses_kind_is_not_judged_by_its_fields_and_that_is_said() -> None:
    (note,) = _judged("apiVersion: example.com/v1\nkind: Wish\nmetadata: {name: a}\nspec: {anything: goes}")

    assert (note.rule, note.severity) == ("unjudged", Severity.NOTE)
    assert note.message == "The fields of a Wish of example.com are not judged by a schema."


def test_a_version_that_kubernetes_dropped_is_warned_of() -> None:
    (warning,) = _judged("apiVersion: networking.k8s.io/v1beta1\nkind: Ingress\nmetadata: {name: a}")

    assert (warning.rule, warning.severity) == ("unknown-kind", Severity.WARNING)
    assert warning.message.startswith("Kubernetes 1.")


@pytest.mark.parametrize(
    ("path", "data", "reason"),
    [
        ("a.yaml", b"a: }", "is not valid YAML (line 1)"),
        ("a.yaml", b"a: {{ .Values.a }}", "is a template (line 1)"),
        ("a.yaml", b"a: 1\na: 2", "repeats the key 'a' (line 2)"),
        ("a.yaml", b"\xff", "is not UTF-8 text"),
        ("a.sh", b"rm -rf /", "is neither YAML nor Terraform, so nobody can judge it"),
        ("main.tf.json", b"{}", "is neither YAML nor Terraform, so nobody can judge it"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error(path: str, data: bytes, reason: str) -> None:
    (violation,) = judge_file(path, data, Policy())

    assert (violation.rule, violation.severity) == ("unreadable", Severity.ERROR)
    assert violation.message == f"The file {reason}."
