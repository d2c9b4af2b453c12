"""Applications that an overlay patches deploy what the patch says, and are changed there."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import EditRefused
from assistant_core.models.change import ChangePlan
from assistant_core.models.plan import SetChartVersion, SetReplicas

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]

_APPLICATION = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: NAME, namespace: argocd}
spec:
  SOURCE
  destination: {namespace: NAME}
"""
_HOME = "repoURL: https://git.example/me/home"


def _application(name: str, source: str) -> str:
    return _APPLICATION.replace("NAME", name).replace("SOURCE", source)


def _files(*patches: str) -> dict[str, str]:
    chart = "source:\n    {chart: NAME, repoURL: https://charts.example, targetRevision: 1.0.0, helm: HELM}"
    return {
        "root.yaml": _application("root", f"source: {{{_HOME}, path: cd/home}}"),
        "cd/home/kustomization.yaml": f"resources: [../base]\npatches:\n{''.join(patches)}",
        "cd/base/kustomization.yaml": "resources: [kiwi.yaml, plum.yaml, fig.yaml]\n",
        "cd/base/kiwi.yaml": _application("kiwi", f"source: {{{_HOME}, path: apps/kiwi/away}}"),
        **{
            f"cd/base/{name}.yaml": _application(name, chart.replace("HELM", "{valuesObject: {replicaCount: 1}}"))
            for name in ("plum", "fig")
        },
        **{
            f"apps/kiwi/{place}/kiwi.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: kiwi}\n"
            "spec:\n  replicas: 1\n  selector: {matchLabels: {app: kiwi}}\n  template:\n"
            "    metadata: {labels: {app: kiwi}}\n    spec: {containers: [{name: kiwi, image: 'acme/kiwi:1'}]}\n"
            for place in ("home", "away")
        },
    }


_PATH = """- target: {kind: Application, name: kiwi}
  patch: |
    - op: replace
      path: /spec/source/path
      value: apps/kiwi/home
"""
_VERSION = """- patch: |
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: plum}
    spec:
      source:
        targetRevision: 1.1.0
"""
_EVERY = """- target: {kind: Application, name: plum|fig}
  patch: |
    - {op: replace, path: /spec/source/targetRevision, value: 1.2.0}
"""
_COUNT = """- target: {kind: Application, name: plum}
  patch: |
    - {op: replace, path: /spec/source/helm/valuesObject/replicaCount, value: 3}
"""


def test_the_folder_that_a_patch_names_is_the_one_that_is_deployed(changed: Changed) -> None:
    lines = ["apps/kiwi/home/kiwi.yaml", "-  replicas: 1", "+  replicas: 2"]
    assert changed(_files(_PATH), SetReplicas(name="kiwi", replicas=2)) == lines


def test_a_version_that_a_patch_sets_is_changed_in_the_patch(changed: Changed) -> None:
    lines = ["cd/home/kustomization.yaml", "-        targetRevision: 1.1.0", "+        targetRevision: 1.3.0"]
    assert changed(_files(_VERSION), SetChartVersion(name="plum", version="1.3.0")) == lines
    assert changed(_files(_VERSION), SetChartVersion(name="fig", version="1.3.0"))[0] == "cd/base/fig.yaml"


def test_what_one_patch_sets_for_several_applications_is_not_changed_for_one(changed: Changed) -> None:
    with pytest.raises(EditRefused, match="would follow too"):
        changed(_files(_EVERY), SetChartVersion(name="plum", version="1.3.0"))


def test_values_that_a_patch_sets_are_not_changed_below_it(changed: Changed) -> None:
    with pytest.raises(EditRefused):
        changed(_files(_COUNT), SetReplicas(name="plum", replicas=2))
    assert changed(_files(_COUNT), SetReplicas(name="fig", replicas=2))[0] == "cd/base/fig.yaml"
