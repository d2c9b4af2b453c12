"""A new value has the type of the old one, and a version is never taken for a number."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.models.plan import ChangePlan, SetValue

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]

APPLICATION = {
    "app.yaml": """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {namespace: home}
  source:
    chart: web
    repoURL: https://charts.example
    targetRevision: 1.0.0
    helm:
      parameters:
        - name: sidecar.enabled
          value: "true"
        - name: threshold
          value: "0.3"
      valuesObject:
        image: {tag: "3.9"}
        cache: {image: {tag: 3.9}}
        mode: "0775"
        ratio: 0.3
        port: 8080
        metrics: false
        quoted: "true"
"""
}


@pytest.mark.parametrize(
    ("plan", "line"),
    [
        (SetValue(name="web", path="sidecar.enabled", value=False), '+          value: "false"'),
        (SetValue(name="web", path="threshold", value=0.5), '+          value: "0.5"'),
        (SetValue(name="web", path="image.tag", value="3.10"), '+        image: {tag: "3.10"}'),
        (SetValue(name="web", path="cache.image.tag", value="3.10"), '+        cache: {image: {tag: "3.10"}}'),
        (SetValue(name="web", path="mode", value="0755"), '+        mode: "0755"'),
        (SetValue(name="web", path="ratio", value="0.50"), "+        ratio: 0.5"),
        (SetValue(name="web", path="port", value="9090"), "+        port: 9090"),
        (SetValue(name="web", path="port", value=9090), "+        port: 9090"),
        (SetValue(name="web", path="metrics", value=True), "+        metrics: true"),
        (SetValue(name="web", path="quoted", value=False), '+        quoted: "false"'),
    ],
)
def test_a_value_is_written_in_the_type_of_the_old_one(changed: Changed, plan: SetValue, line: str) -> None:
    assert changed(APPLICATION, plan)[-1] == line
