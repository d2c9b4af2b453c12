"""What a change brings is judged, not what stood there before."""

import pytest

from assistant_core.guard import Policy, Risk, Severity, Trust, Verdict, judge_change
from assistant_core.models.left_alone import LeftAlone
from assistant_core.models.notes import Danger
from assistant_core.models.repository import FileChange

LAX = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: media}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: app
          image: ghcr.io/example/app:1.2
          securityContext: {privileged: true}
          env: [{name: PASSWORD, value: hunter2}]
"""
SYSTEM = LAX.replace("media", "kube-system")
STRICT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: media}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: app
          image: ghcr.io/example/app:1.2
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
"""


def _verdict(
    before: str | None, after: str | None, path: str = "apps/web.yaml", policy: Policy | None = None
) -> Verdict:
    change = FileChange(
        path=path,
        before=None if before is None else before.encode(),
        after=None if after is None else after.encode(),
    )
    return judge_change([change], policy=policy)


def _rules(verdict: Verdict) -> list[str]:
    return [each.rule for each in verdict.violations]


def test_old_violations_are_not_blamed_on_a_change() -> None:
    verdict = _verdict(LAX, LAX.replace("replicas: 1", "replicas: 2"))

    assert verdict.accepted
    assert verdict.violations == ()
    assert verdict.risk is Risk.LOW
    assert verdict.reasons == (Danger.LITTLE.told(),)


def test_new_violations_are_and_say_in_which_file() -> None:
    verdict = _verdict(STRICT, STRICT.replace("securityContext: {allow", "securityContext: {privileged: true, allow"))

    (violation,) = verdict.violations
    assert not verdict.accepted
    assert verdict.risk is Risk.HIGH
    assert violation.where.startswith("apps/web.yaml: Deployment media/web, spec.template.spec.containers[app]")


def test_a_violation_with_another_value_is_a_new_one() -> None:
    assert _rules(_verdict(LAX, LAX.replace("hunter2", "hunter3"))) == ["secret-values"]


def test_the_same_violation_in_another_container_is_a_new_one() -> None:
    second = '        - {name: second, image: "a:1", securityContext: {privileged: true}}\n'

    verdict = _verdict(LAX, LAX + second)

    assert "privileged" in _rules(verdict)
    assert all("[second]" in each.where for each in verdict.violations)


def test_items_that_moved_are_not_new() -> None:
    arguments = LAX + "          args: [--password=hunter2]\n"

    assert _verdict(arguments, arguments.replace("args: [", "args: [--verbose, ")).violations == ()


def test_an_object_that_moved_to_another_file_brings_nothing_new() -> None:
    verdict = judge_change(
        [
            FileChange(path="apps/web.yaml", before=LAX.encode(), after=None),
            FileChange(path="apps/media/web.yaml", before=None, after=LAX.encode()),
        ]
    )

    assert verdict.violations == ()


def test_taking_a_safeguard_away_is_refused() -> None:
    assert _rules(_verdict(STRICT, STRICT.replace("runAsNonRoot: true, ", ""))) == ["run-as-non-root"]


def test_a_new_workload_is_held_to_restricted() -> None:
    assert _verdict(None, STRICT).accepted
    assert "run-as-non-root" in _rules(_verdict(None, LAX))


def test_a_new_image_without_a_version_is_an_error() -> None:
    (violation,) = _verdict(LAX, LAX.replace("app:1.2", "app:latest")).violations

    assert (violation.rule, violation.severity) == ("images", Severity.ERROR)


def test_a_change_that_makes_a_file_unreadable_is_refused() -> None:
    assert _rules(_verdict(LAX, LAX + "  - x: [")) == ["unreadable"]


def test_what_nobody_could_read_before_may_be_deleted_but_not_changed() -> None:
    template = "a: {{ .Values.a }}\n"

    assert _rules(_verdict(template, template + "b: 1\n")) == ["unreadable"]
    assert _verdict(template, None).accepted


def test_a_change_of_nothing_is_nothing() -> None:
    assert judge_change([]).accepted
    assert _verdict(LAX, LAX).violations == ()


def test_too_many_files_or_lines_are_refused() -> None:
    files = [FileChange(path=f"a{n}.yaml", before=b"a: 1\n", after=b"a: 2\n") for n in range(6)]

    assert judge_change(files[:5]).accepted
    assert _rules(judge_change(files)) == ["limits"]
    assert _rules(_verdict("a: 1\n", "a:\n" + "  - x\n" * 200)) == ["limits"]


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/ci.yaml",
        ".gitlab-ci.yml",
        "apps/.git/config.yaml",
        ".sops.yaml",
        "CODEOWNERS",
        "docs/codeowners",
        "../elsewhere.yaml",
        "/etc/passwd.yaml",
        "apps//web.yaml",
        "apps/./web.yaml",
        "apps\\web.yaml",
        "apps/we\nb.yaml",
        "",
    ],
)
def test_some_paths_are_never_touched(path: str) -> None:
    assert _rules(_verdict(None, "a: 1\n", path)) == ["paths"]


def test_a_household_allows_and_denies_paths() -> None:
    policy = Policy(allowed_paths=("apps/**",), denied_paths=("**/secret.yaml",))

    assert _verdict("a: 1", "a: 2", "apps/media/web.yaml", policy).accepted
    assert not _verdict("a: 1", "a: 2", "apps/media/secret.yaml", policy).accepted
    assert not _verdict("a: 1", "a: 2", "system/web.yaml", policy).accepted


@pytest.mark.parametrize("folder", ["apps/media", "apps/media/", "*/media", "**/media", "apps/media/**"])
def test_a_folder_is_left_alone_with_all_that_is_below_it(folder: str) -> None:
    policy = Policy().leaving(LeftAlone(paths=(folder,)))
    assert not _verdict("a: 1", "a: 2", "apps/media/web.yaml", policy).accepted
    assert not _verdict("a: 1", "a: 2", "apps/media/base/web.yaml", policy).accepted
    assert _verdict("a: 1", "a: 2", "apps/media.yaml", policy).accepted
    assert _verdict("a: 1", "a: 2", "apps/mediaserver/web.yaml", policy).accepted


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (STRICT, STRICT.replace("media", "kube-system")),
        (None, STRICT.replace("media", "kube-system")),
        (None, "apiVersion: v1\nkind: Namespace\nmetadata: {name: kube-system}\n"),
    ],
)
def test_nothing_new_comes_into_the_namespaces_of_kubernetes(before: str | None, after: str | None) -> None:
    assert "namespaces" in _rules(_verdict(before, after))


@pytest.mark.parametrize("after", [SYSTEM.replace("replicas: 1", "replicas: 2"), None])
def test_what_runs_in_the_namespaces_of_kubernetes_may_change_at_a_high_risk(after: str | None) -> None:
    verdict = _verdict(SYSTEM, after)
    assert (verdict.accepted, verdict.risk) == (True, Risk.HIGH)


def test_where_values_are_deployed_counts_like_where_a_manifest_says_it_is() -> None:
    change = FileChange(path="values.yaml", before=b"replicas: 1\n", after=b"replicas: 2\n")
    assert judge_change([change], namespace="media").risk is Risk.LOW
    assert judge_change([change], namespace="kube-system").risk is Risk.HIGH
    policy = Policy(denied_namespaces=frozenset({"media"}))
    assert [each.message for each in judge_change([change], policy=policy, namespace="media").violations] == [
        "Nothing in the namespace media may be changed."
    ]
    assert judge_change([change], policy=policy, namespace="web").accepted


def test_a_household_allows_and_denies_namespaces() -> None:
    change = (LAX, LAX.replace("replicas: 1", "replicas: 2"))

    assert _verdict(*change, policy=Policy(allowed_namespaces=frozenset({"media"}))).accepted
    assert not _verdict(*change, policy=Policy(allowed_namespaces=frozenset({"web"}))).accepted
    assert not _verdict(*change, policy=Policy(denied_namespaces=frozenset({"media"}))).accepted


@pytest.mark.parametrize(
    ("kind", "api", "rule"),
    [
        ("CustomResourceDefinition", "apiextensions.k8s.io/v1", "custom-resource-definitions"),
        ("MutatingWebhookConfiguration", "admissionregistration.k8s.io/v1", "webhooks"),
    ],
)
def test_what_changes_the_whole_cluster_is_refused_in_a_change(kind: str, api: str, rule: str) -> None:
    verdict = _verdict(None, f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: a}}\n")

    assert (rule, Severity.ERROR) in {(each.rule, each.severity) for each in verdict.violations}


def test_trust_is_read_from_the_files_of_a_commit() -> None:
    trust = Trust.of(
        {
            "a.yaml": b"apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n"
            b"  {project: home, destination: {server: https://a}, source: {repoURL: 'https://git.example.com/a.git'}}",
            "b.yaml": b"argoproj.io: [",
            "c.txt": b"argoproj.io",
        }
    )

    assert trust == Trust(
        repositories=frozenset({"https://git.example.com/a"}),
        projects=frozenset({"home"}),
        clusters=frozenset({"https://a"}),
    )


def test_files_that_go_as_a_whole_are_told_and_not_counted_with_the_others() -> None:
    def verdict(count: int) -> Verdict:
        return judge_change(
            [FileChange(path=f"apps/{n}.yaml", before=b"a: 1\n" * 99, after=None) for n in range(count)]
        )

    assert verdict(7).accepted
    assert verdict(7).risk is Risk.HIGH
    assert Danger.DELETES.told(path="apps/0.yaml") in verdict(7).reasons
    assert [each.message for each in verdict(26).violations] == ["The change deletes 26 files; 25 are allowed."]


def test_a_kustomization_is_compared_with_what_it_was_itself() -> None:
    kind = b"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
    verdict = judge_change(
        [
            FileChange(path="apps/a/kustomization.yaml", before=kind + b"resources: [a.yaml]\n", after=None),
            FileChange(
                path="apps/kustomization.yaml",
                before=kind + b"namespace: media\nresources: [a, b]\n",
                after=kind + b"namespace: media\nresources: [b]\n",
            ),
        ]
    )
    assert verdict.accepted


def test_an_application_set_may_hold_what_argocd_fills_in() -> None:
    text = (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: apps, namespace: argocd}\n"
        "spec:\n  generators: []\n  template:\n    metadata:\n      name: app-{{path.basename}}\n"
        "    spec:\n      source:\n        helm:\n          valuesObject:\n            replicas: 1\n"
    )
    assert _verdict(text, text.replace("replicas: 1", "replicas: 2")).accepted
