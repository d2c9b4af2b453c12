"""Where ArgoCD, Flux and kustomize get things from and bring them to stays as it is."""

import pytest

from assistant_core.guard import Policy, Trust, judge_change
from assistant_core.models.repository import FileChange

REPOSITORY = "https://github.com/anna/homelab"
TRUST = Trust(
    repositories=frozenset({REPOSITORY}), projects=frozenset({"default"}), clusters=frozenset({"https://kubernetes"})
)
APPLICATION = f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: web, namespace: argocd}}
spec:
  project: default
  source:
    repoURL: {REPOSITORY}
    path: apps/web
    targetRevision: HEAD
    helm: {{valueFiles: [values.yaml]}}
  destination: {{server: https://kubernetes, namespace: web}}
"""
RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: web}
spec:
  chart: {spec: {chart: web, version: 1.0.0, sourceRef: {kind: HelmRepository, name: charts}}}
  values: {replicas: 1}
"""
KUSTOMIZATION = "resources: [web.yaml]\nnamespace: web\n"


def _rules(before: str | None, after: str | None, path: str = "argocd/web.yaml") -> list[str]:
    change = FileChange(path=path, before=before.encode() if before else None, after=after.encode() if after else None)
    verdict = judge_change([change], policy=Policy(), trust=TRUST)
    return [each.rule for each in verdict.violations if each.rule != "unjudged"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("project: default", "project: admin"),
        ("server: https://kubernetes", "server: https://elsewhere"),
        ("namespace: web}", "namespace: default}"),
        (f"repoURL: {REPOSITORY}", "repoURL: https://github.com/mallory/homelab"),
        ("    path: apps/web\n", "    path: apps/web\n    plugin: {name: sh}\n"),
        ("[values.yaml]", "[values.yaml, 'https://example.com/values.yaml']"),
    ],
)
def test_an_application_stays_where_a_person_put_it(old: str, new: str) -> None:
    assert _rules(APPLICATION, APPLICATION.replace(old, new)) == ["deliveries"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("targetRevision: HEAD", "targetRevision: 1.2.3"),
        ("[values.yaml]", "[values.yaml, more.yaml]"),
        ("{valueFiles: [values.yaml]}", "{valueFiles: [values.yaml], valuesObject: {replicas: 2}}"),
    ],
)
def test_what_an_application_runs_may_change(old: str, new: str) -> None:
    assert _rules(APPLICATION, APPLICATION.replace(old, new)) == []


def test_a_new_application_may_use_what_others_use() -> None:
    assert _rules(None, APPLICATION) == []
    assert _rules(None, APPLICATION.replace(REPOSITORY, f"{REPOSITORY}.git")) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (REPOSITORY, "https://github.com/mallory/homelab"),
        ("project: default", "project: admin"),
        ("https://kubernetes", "https://elsewhere"),
        ("[values.yaml]", "['https://example.com/values.yaml']"),
    ],
)
def test_a_new_application_may_use_nothing_else(old: str, new: str) -> None:
    assert _rules(None, APPLICATION.replace(old, new)) == ["deliveries"]


def test_a_new_application_stays_out_of_the_namespaces_of_kubernetes() -> None:
    assert _rules(None, APPLICATION.replace("namespace: web}", "namespace: kube-system}")) == ["namespaces"]


@pytest.mark.parametrize("kind", ["AppProject", "ApplicationSet"])
def test_projects_and_sets_of_applications_are_for_a_person(kind: str) -> None:
    spec = "spec: {generators: [{list: {}}]}"
    before = f"apiVersion: argoproj.io/v1alpha1\nkind: {kind}\nmetadata: {{name: a}}\n{spec}\n"

    assert _rules(None, before) == ["deliveries"]
    assert _rules(before, before.replace("list", "git"))[0] == "deliveries"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: charts", "name: others"),
        ("chart: web", "chart: other"),
        ("  values:", "  targetNamespace: other\n  values:"),
        ("  values:", "  serviceAccountName: admin\n  values:"),
        ("  values:", "  kubeConfig: {secretRef: {name: a}}\n  values:"),
    ],
)
def test_a_helm_release_stays_where_a_person_put_it(old: str, new: str) -> None:
    assert set(_rules(RELEASE, RELEASE.replace(old, new))) == {"deliveries"}


def test_what_a_helm_release_runs_may_change() -> None:
    assert _rules(RELEASE, RELEASE.replace("1.0.0", "1.1.0").replace("replicas: 1", "replicas: 2")) == []


def test_a_source_of_flux_is_not_turned_elsewhere() -> None:
    source = "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: a}\n"
    source += "spec: {url: 'https://a/b'}\n"

    assert _rules(source, source.replace("https://a/b", "https://a/c")) == ["deliveries"]
    assert _rules(None, source) == ["deliveries"]
    assert _rules(None, source.replace("https://a/b", REPOSITORY)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[web.yaml]", "[web.yaml, 'https://example.com/a.yaml']"),
        ("[web.yaml]", "[web.yaml, 'github.com/mallory/homelab//apps?ref=main']"),
        ("[web.yaml]", "[web.yaml]\ngenerators: [plugin.yaml]"),
        ("[web.yaml]", "[web.yaml]\nhelmCharts: [{name: a, repo: 'https://charts.example.com'}]"),
        ("namespace: web", "namespace: other"),
    ],
)
def test_a_kustomization_fetches_and_runs_nothing_new(old: str, new: str) -> None:
    changed = KUSTOMIZATION.replace(old, new)

    assert _rules(KUSTOMIZATION, changed, "apps/kustomization.yaml") == ["kustomizations"]


def test_a_kustomization_takes_another_file_in() -> None:
    after = KUSTOMIZATION.replace("[web.yaml]", "[api.yaml, web.yaml]\nimages: [{name: web, newTag: 1.2.3}]")

    assert _rules(KUSTOMIZATION, after, "apps/kustomization.yaml") == []


LIST = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: charts, namespace: argocd}
spec:
  generators:
    - list: {elements: [{chart: web, version: 1.0.0, replicas: "1", path: apps/web, image: x, tag: "1.0", both: "1"}]}
  template:
    spec:
      project: default
      source:
        path: '{{path}}'
        chart: '{{chart}}'
        targetRevision: '{{version}}'
        helm:
          parameters:
            - {name: replicaCount, value: '{{ .replicas }}'}
            - {name: image.repository, value: '{{image}}'}
            - {name: image.tag, value: '{{tag}}'}
            - {name: one, value: '{{both}}'}
            - {name: two, value: '{{both}}'}
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version: 1.0.0", "version: 1.1.0"),
        ('replicas: "1"', 'replicas: "3"'),
        ('tag: "1.0"', 'tag: "1.1"'),
        ('replicas: "1"', "replicas: 512Mi"),
    ],
)
def test_an_element_may_hold_another_version_tag_number_or_size_for_one_place(old: str, new: str) -> None:
    assert not _rules(LIST, LIST.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("chart: web,", "chart: other,"),
        ("path: apps/web", "path: elsewhere"),
        ('replicas: "1"', 'replicas: "true"'),
        ("image: x", "image: evil/x"),
        ('tag: "1.0"', "tag: latest"),
        ('both: "1"', 'both: "2"'),
        ("{chart: web, version", "{more: x, chart: web, version"),
    ],
)
def test_whatever_else_an_element_holds_stays(old: str, new: str) -> None:
    assert "deliveries" in _rules(LIST, LIST.replace(old, new))


def test_a_version_that_is_shown_twice_stays() -> None:
    twice = LIST.replace("path: '{{path}}'", "path: 'charts/{{ version }}'")
    assert _rules(twice, twice.replace("version: 1.0.0", "version: 1.1.0")) == ["deliveries"]


NAMED = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: charts, namespace: argocd}
spec:
  generators:
    - list:
        elements:
          - {name: one, repo: 'https://charts.example'}
          - {name: two, repo: 'https://charts.example'}
  template:
    metadata: {name: '{{name}}'}
    spec: {project: default, source: {chart: '{{name}}', repoURL: '{{repo}}'}, destination: {namespace: '{{name}}'}}
"""
ONE = "          - {name: one, repo: 'https://charts.example'}\n"


def test_an_element_may_go_with_the_application_that_is_made_of_it() -> None:
    assert not _rules(NAMED, NAMED.replace(ONE, ""))


@pytest.mark.parametrize(
    "after",
    [
        NAMED.replace(ONE, ONE.replace("name: one, ", "")),
        NAMED.replace("name: one", "name: other"),
        NAMED.replace(ONE, "").replace("charts.example", "evil.example"),
        NAMED.replace("name: two", "name: three").replace(ONE, ""),
    ],
)
def test_no_element_is_taken_for_another(after: str) -> None:
    assert "deliveries" in _rules(NAMED, after)
