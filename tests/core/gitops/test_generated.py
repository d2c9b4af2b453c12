"""What ArgoCD's generators make of files, lists and their products: nothing is changed for an Application not meant."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import AmbiguousWorkload, EditRefused
from assistant_core.models.plan import ChangePlan, SetChartVersion, SetImage, SetResources, SetStorage

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
