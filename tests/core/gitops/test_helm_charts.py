"""The HelmCharts of k3s: their values are YAML in a text, and a HelmChartConfig sets more of them."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import EditRefused
from assistant_core.gitops import Edit
from assistant_core.guard import Trust, judge_change
from assistant_core.models.change import Risk
from assistant_core.models.plan import (
    ChangePlan,
    RemoveApp,
    SetChartVersion,
    SetImage,
    SetReplicas,
    SetStorage,
    SetValue,
)

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Edited = Callable[[Mapping[str, str], ChangePlan], Edit]

CHART = """apiVersion: helm.cattle.io/v1
kind: HelmChart
metadata: {name: grafana, namespace: kube-system}
spec:
  repo: https://charts.example
  chart: grafana
  version: 8.6.4
  targetNamespace: monitoring
  valuesContent: |-
    replicas: 1
    persistence: {enabled: true, size: 5Gi}
    image:
      tag: 11.3.1
"""
CONFIG = """apiVersion: helm.cattle.io/v1
kind: HelmChartConfig
metadata: {name: NAME, namespace: kube-system}
spec:
  valuesContent: |-
    replicas: 2
"""
FILES = {"manifests/grafana.yaml": CHART}


@pytest.mark.parametrize(
    ("plan", "lines"),
    [
        (SetReplicas(name="grafana", replicas=3), ["-    replicas: 1", "+    replicas: 3"]),
        (SetImage(name="grafana", tag="11.4.0"), ["-      tag: 11.3.1", "+      tag: 11.4.0"]),
        (SetChartVersion(name="grafana", version="8.7.0"), ["-  version: 8.6.4", "+  version: 8.7.0"]),
        (
            SetStorage(name="grafana", size="9Gi"),
            ["-    persistence: {enabled: true, size: 5Gi}", "+    persistence: {enabled: true, size: 9Gi}"],
        ),
    ],
)
def test_its_values_are_changed_where_they_stand_and_the_guard_agrees(
    edit: Edited, changed: Changed, plan: ChangePlan, lines: list[str]
) -> None:
    assert changed(FILES, plan) == ["manifests/grafana.yaml", *lines]
    verdict = judge_change(edit(FILES, plan).files, trust=Trust())
    assert verdict.accepted, verdict.violations


def test_a_config_sets_what_counts(changed: Changed) -> None:
    files = FILES | {"manifests/more.yaml": CONFIG.replace("NAME", "grafana")}
    assert changed(files, SetReplicas(name="grafana", replicas=3))[0] == "manifests/more.yaml"


def test_a_config_alone_is_for_a_chart_of_the_system_which_changes_at_a_high_risk(edit: Edited) -> None:
    files = {"manifests/traefik.yaml": CONFIG.replace("NAME", "traefik")}
    verdict = judge_change(edit(files, SetReplicas(name="traefik", replicas=3)).files, trust=Trust())
    assert (verdict.accepted, verdict.risk) == (True, Risk.HIGH)


def test_what_wins_over_all_values_is_not_guessed_round(changed: Changed) -> None:
    files = {"manifests/grafana.yaml": CHART.replace("  version:", "  set: {replicas: 5}\n  version:")}
    for plan in (SetReplicas(name="grafana", replicas=3), SetValue(name="grafana", path="replicas", value=3)):
        with pytest.raises(EditRefused, match="The files do not tell where"):
            changed(files, plan)
    assert changed(files, SetChartVersion(name="grafana", version="9.9.9"))[-1] == "+  version: 9.9.9"


def test_values_that_share_the_network_of_the_node_are_refused(edit: Edited) -> None:
    verdict = judge_change(edit(FILES, SetValue(name="grafana", path="hostNetwork", value=True)).files, trust=Trust())
    assert {each.rule for each in verdict.violations} == {"risky-values"}


def test_it_goes_with_its_file(changed: Changed) -> None:
    assert changed(FILES, RemoveApp(name="grafana"))[1:] == [f"-{line}" for line in CHART.splitlines()]
