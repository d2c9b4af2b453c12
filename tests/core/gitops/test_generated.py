"""What ArgoCD's generators make of files, lists and their products: nothing is changed for an Application not meant."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import AmbiguousWorkload, EditRefused
from assistant_core.gitops import Edit, Index
from assistant_core.models.plan import (
    ChangePlan,
    RemoveApp,
    SetChartVersion,
    SetImage,
    SetReplicas,
    SetResources,
    SetStorage,
)

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]

_TEMPLATE = """  template:
    metadata: {name: '{{ .app.name }}NAME'}
    spec:
      project: default
      sources:
      - repoURL: https://charts.example
        chart: '{{ .app.chart }}'
        targetRevision: '{{ .app.version }}'
        helm:
          releaseName: '{{ .app.name }}'
          valueFiles: ['$values/apps/{{ .app.name }}/values.yaml', '$values/apps/{{ .app.name }}/CLUSTER.yaml']
          ignoreMissingValueFiles: true
      - {repoURL: https://git.example/me/home, targetRevision: main, ref: values}
      destination: {server: 'SERVER', namespace: home}
"""
_SET = """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: apps, namespace: argocd}
spec:
  goTemplate: true
  generators:
"""
_FILES = """  - git:
      repoURL: https://git.example/me/home
      files: [{path: apps/*/config.json}]
"""
_PRODUCT = """  - matrix:
      generators:
      - git:
          repoURL: https://git.example/me/home
          files: [{path: apps/*/config.json}]
      - list:
          elements:
          - {cluster: home, url: 'https://10.0.0.1:6443'}
          - {cluster: cabin, url: 'https://10.9.0.1:6443'}
"""
APPS = {
    "apps/kuma/config.json": '{\n  "app": {"name": "kuma", "chart": "kuma", "version": "2.21.2"}\n}\n',
    "apps/kuma/values.yaml": "image: {repository: acme/kuma, tag: 1.23.1}\nvolume: {size: 1Gi}\n",
    "apps/kuma/cabin.yaml": "volume: {size: 4Gi}\n",
    "apps/links/config.json": '{"app": {"name": "links", "chart": "links", "version": "1.0.0"}}\n',
}
ONE_CLUSTER = {
    "sets.yaml": _SET + _FILES + _TEMPLATE.replace("NAME", "").replace("SERVER", "https://kubernetes.default.svc"),
    **APPS,
}
TWO_CLUSTERS = {
    "sets.yaml": _SET
    + _PRODUCT
    + _TEMPLATE.replace("NAME", "-{{ .cluster }}").replace("SERVER", "{{ .url }}").replace("CLUSTER", "{{ .cluster }}"),
    **APPS,
}


def test_the_version_of_a_chart_is_changed_in_the_file_that_makes_its_application(changed: Changed) -> None:
    assert changed(ONE_CLUSTER, SetChartVersion(name="kuma", version="2.22.0")) == [
        "apps/kuma/config.json",
        '-  "app": {"name": "kuma", "chart": "kuma", "version": "2.21.2"}',
        '+  "app": {"name": "kuma", "chart": "kuma", "version": "2.22.0"}',
    ]


def test_one_release_on_two_clusters_is_asked_about(changed: Changed) -> None:
    with pytest.raises(AmbiguousWorkload) as raised:
        changed(TWO_CLUSTERS, SetImage(name="kuma", tag="1.23.2"))
    assert raised.value.candidates == ("home/kuma (kuma-home)", "home/kuma (kuma-cabin)")
    assert changed(TWO_CLUSTERS, SetStorage(name="home/kuma (kuma-cabin)", size="5Gi")) == [
        "apps/kuma/cabin.yaml",
        "-volume: {size: 4Gi}",
        "+volume: {size: 5Gi}",
    ]


@pytest.mark.parametrize(
    "plan", [SetImage(name="kuma-home", tag="1.23.2"), SetChartVersion(name="kuma-cabin", version="2.22.0")]
)
def test_what_both_clusters_read_is_left_alone(plan: ChangePlan, changed: Changed) -> None:
    with pytest.raises(EditRefused, match="would follow too"):
        changed(TWO_CLUSTERS, plan)


LISTED = """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: games, namespace: argocd}
spec:
  generators:
    - list:
        elements:
          - {name: kids, limits: {memory: 4Gi}, version: 4.23.2}
          - {name: grown, limits: {memory: 8Gi}, version: 4.23.2}
  template:
    metadata: {name: '{{name}}'}
    spec:
      destination: {namespace: games}
      source:
        repoURL: https://charts.example
        chart: minecraft
        targetRevision: '{{version}}'
        helm:
          valuesObject: {resources: {limits: {memory: '{{limits.memory}}'}}}
"""


def test_the_chart_that_several_are_made_of_names_none_of_them(changed: Changed) -> None:
    with pytest.raises(AmbiguousWorkload) as raised:
        changed({"games.yaml": LISTED}, SetChartVersion(name="minecraft", version="4.24.0"))
    assert raised.value.candidates == ("games/grown", "games/kids")


def test_a_value_further_down_in_an_element_is_changed_there(changed: Changed) -> None:
    assert changed({"games.yaml": LISTED}, SetResources(name="kids", memory_limit="6Gi")) == [
        "games.yaml",
        "-          - {name: kids, limits: {memory: 4Gi}, version: 4.23.2}",
        "+          - {name: kids, limits: {memory: 6Gi}, version: 4.23.2}",
    ]


FUNCTIONS = {
    "sets.yaml": """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: apps, namespace: argocd}
spec:
  goTemplate: true
  generators:
    - git:
        repoURL: https://git.example/me/home
        files: [{path: apps/*/*/config.yaml}]
        values: {repo: https://git.example/me/home, folder: '{{ .path.path }}/manifests'}
  template:
    metadata: {name: '{{ .path.basenameNormalized }}'}
    spec:
      destination: {namespace: '{{ index .path.segments 1 }}'}
      sources:
        - repoURL: '{{ .chart.repo }}'
          chart: '{{ dig "chart" "name" "" . }}'
          path: '{{ .chart.path | default "" }}'
          targetRevision: '{{ .chart.version }}'
          helm: {valueFiles: ['$values/{{ .path.path }}/values.yaml']}
        - {repoURL: '{{ .values.repo }}', ref: values}
        - {repoURL: '{{ .values.repo }}', path: '{{ .values.folder }}'}
""",
    "apps/web/notes/config.yaml": "chart: {repo: 'oci://charts.example/app-template', path: '.', version: 4.4.0}\n",
    "apps/web/notes/values.yaml": "controllers:\n  notes:\n    replicas: 1\n    containers:\n"
    "      app: {image: {repository: acme/notes, tag: 1.2.3}}\n",
    "apps/web/notes/manifests/job.yaml": "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: notes-backup}\n"
    "spec: {schedule: '0 3 * * *', jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: 'b:1'}]}}}}}\n",
    "apps/net/cilium/config.yaml": "chart: {repo: 'https://charts.example', name: cilium, version: 1.18.2}\n",
    "apps/net/cilium/values.yaml": "operator: {replicas: 1}\n",
}


def test_the_functions_of_a_template_are_followed(
    index: Callable[[Mapping[str, str]], Index], changed: Changed
) -> None:
    found = {each.label: each for each in index(FUNCTIONS).workloads}
    assert found.keys() == {"web/notes", "web/notes-backup", "net/cilium", "net/cilium-operator"}
    assert found["web/notes"].aliases == ()
    assert changed(FUNCTIONS, SetReplicas(name="notes", replicas=2)) == [
        "apps/web/notes/values.yaml", "-    replicas: 1", "+    replicas: 2",
    ]  # fmt: skip
    assert changed(FUNCTIONS, SetChartVersion(name="notes", version="4.5.0"))[0] == "apps/web/notes/config.yaml"


def test_an_app_of_several_sources_goes_with_the_folder_that_makes_it(
    edit: Callable[[Mapping[str, str], ChangePlan], Edit],
) -> None:
    gone = edit(FUNCTIONS, RemoveApp(name="notes")).files
    assert {each.path: each.after for each in gone} == dict.fromkeys(
        path for path in FUNCTIONS if path.startswith("apps/web/notes/")
    )


def test_configurations_in_one_folder_do_not_take_it_along(
    edit: Callable[[Mapping[str, str], ChangePlan], Edit],
) -> None:
    files = {path.replace("net/cilium/config", "web/notes/cilium"): text for path, text in FUNCTIONS.items()}
    files["sets.yaml"] = files["sets.yaml"].replace("config.yaml", "*.yaml").replace("basenameNormalized", "filename")
    gone = edit(files, RemoveApp(name="config.yaml")).files
    assert {each.path: each.after for each in gone} == {"apps/web/notes/config.yaml": None}


def test_a_folder_that_only_some_of_the_apps_have_is_noted_once(
    index: Callable[[Mapping[str, str]], Index],
) -> None:
    """As `apps/*/extra` beside `apps/*`: it is not as if each app named a folder of its own in vain."""
    manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra}\n"
    source = "{repoURL: 'https://git.example/me/home', path: '{{path}}FOLDER'}"
    files = {
        "set.yaml": _SET.replace("  goTemplate: true\n", "")
        + "  - git: {repoURL: 'https://git.example/me/home', directories: [{path: apps/*}]}\n"
        + "  template:\n    metadata: {name: '{{path.basename}}'}\n    spec:\n      sources:\n"
        + f"      - {source.replace('FOLDER', '')}\n      - {source.replace('FOLDER', '/extra')}\n"
        + "      destination: {namespace: home}\n",
        **{f"apps/{each}/config.yaml": manifest.replace("extra", each) for each in ("one", "two", "three")},
        "apps/one/extra/config.yaml": manifest,
    }
    reasons = [each.reason for each in index(files).unread if each.path == "set.yaml"]
    assert reasons == ["names a folder that is not there ({{path}}/extra)"]


def test_a_chart_of_several_applications_is_asked_about_where_each_has_a_file_of_its_own(changed: Changed) -> None:
    more = {path.replace("web/notes", "net/lists"): text for path, text in FUNCTIONS.items() if "web/notes" in path}
    with pytest.raises(AmbiguousWorkload) as raised:
        changed(FUNCTIONS | more, SetChartVersion(name="app-template", version="4.5.0"))
    assert raised.value.candidates == ("net/lists", "web/notes")
