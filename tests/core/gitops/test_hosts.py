"""A host is the same in the rule and in the certificate."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import EditRefused
from assistant_core.gitops import Edit
from assistant_core.models.plan import ChangePlan, SetValue

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]

_APP = """apiVersion: apps/v1
kind: Deployment
metadata: {name: films}
spec:
  selector: {matchLabels: {app: films}}
  template: {metadata: {labels: {app: films}}, spec: {containers: [{name: films, image: "x/films:1.0"}]}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: films}
spec:
  tls:
    - hosts: [films.example, other.example]
      secretName: films
  rules:
    - host: films.example
    - host: other.example
"""


def test_the_certificate_of_an_ingress_follows_its_rule(changed: Changed) -> None:
    plan = SetValue(name="films", kind="Ingress", path="spec.rules[0].host", value="cinema.example")
    assert changed({"films.yaml": _APP}, plan) == [
        "films.yaml",
        "-    - hosts: [films.example, other.example]",
        "+    - hosts: [cinema.example, other.example]",
        "-    - host: films.example",
        "+    - host: cinema.example",
    ]


def test_a_certificate_may_be_changed_alone(changed: Changed) -> None:
    plan = SetValue(name="films", kind="Ingress", path="spec.tls[0].hosts[0]", value="cinema.example")
    assert changed({"films.yaml": _APP}, plan) == [
        "films.yaml",
        "-    - hosts: [films.example, other.example]",
        "+    - hosts: [cinema.example, other.example]",
    ]


def test_the_certificate_of_a_patched_rule_follows_where_it_stands(changed: Changed) -> None:
    files = {
        "films/kustomization.yaml": "resources: [app.yaml]\npatches:\n- {path: host.yaml, target: {kind: Ingress}}\n",
        "films/app.yaml": _APP,
        "films/host.yaml": "- {op: replace, path: /spec/rules/0/host, value: home.example}\n"
        "- {op: replace, path: /spec/tls/0/hosts/0, value: home.example}\n",
    }
    plan = SetValue(name="films", kind="Ingress", path="spec.rules[0].host", value="cinema.example")
    assert changed(files, plan) == [
        "films/host.yaml",
        "-- {op: replace, path: /spec/rules/0/host, value: home.example}",
        "-- {op: replace, path: /spec/tls/0/hosts/0, value: home.example}",
        "+- {op: replace, path: /spec/rules/0/host, value: cinema.example}",
        "+- {op: replace, path: /spec/tls/0/hosts/0, value: cinema.example}",
    ]


def test_the_values_of_a_chart_do_the_same(changed: Changed) -> None:
    files = {
        "films.yaml": """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: films, namespace: argocd}
spec:
  source:
    chart: films
    targetRevision: 1.0.0
    helm:
      valuesObject:
        ingress:
          hosts: [{host: films.example}]
          tls: [{secretName: films, hosts: [films.example]}]
"""
    }
    assert changed(files, SetValue(name="films", path="ingress.hosts[0].host", value="cinema.example"))[1:] == [
        "-          hosts: [{host: films.example}]",
        "-          tls: [{secretName: films, hosts: [films.example]}]",
        "+          hosts: [{host: cinema.example}]",
        "+          tls: [{secretName: films, hosts: [cinema.example]}]",
    ]


_ENV = """apiVersion: apps/v1
kind: Deployment
metadata: {name: n8n}
spec:
  selector: {matchLabels: {app: n8n}}
  template:
    metadata: {labels: {app: n8n}}
    spec:
      containers:
        - name: n8n
          image: x/n8n:1.0
          env:
            - {name: N8N_HOST, value: n8n.example}
            - {name: WEBHOOK_URL, value: "https://n8n.example/"}
            - {name: OTHER, value: "https://my.n8n.example/"}
            - {name: LONGER, value: "https://n8n.example.org/"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: n8n}
data: {EDITOR_URL: "https://n8n.example:443"}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: n8n}
spec:
  tls: [{hosts: [n8n.example]}]
  rules: [{host: n8n.example}]
"""


def test_what_still_names_the_old_host_is_said_and_left(edit: Callable[..., Edit]) -> None:
    plan = SetValue(name="n8n", kind="Ingress", path="spec.rules[0].host", value="flow.example")
    found = edit({"n8n.yaml": _ENV}, plan)
    (note,) = found.notes
    assert note.sentence.startswith("n8n.example is still named by N8N_HOST, WEBHOOK_URL, EDITOR_URL in n8n.yaml;")
    assert (
        found.files[0].after
        == _ENV.replace("hosts: [n8n", "hosts: [flow").replace("{host: n8n", "{host: flow").encode()
    )


def test_the_values_of_a_chart_that_name_the_old_host_are_said_too(edit: Callable[..., Edit]) -> None:
    files = {
        "grafana.yaml": """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: grafana, namespace: argocd}
spec:
  source:
    chart: grafana
    repoURL: https://grafana.github.io/helm-charts
    targetRevision: 8.0.0
    helm:
      values: |
        ingress:
          hosts: [grafana.example]
          tls: [{hosts: [grafana.example]}]
        grafana.ini:
          server: {root_url: "https://grafana.example"}
"""
    }
    plan = SetValue(name="grafana", path="ingress.hosts[0]", value="charts.example")
    (note,) = edit(files, plan).notes
    assert note.sentence.startswith("grafana.example is still named by grafana.ini.server.root_url in grafana.yaml;")
    assert edit(files, SetValue(name="grafana", path="ingress.hosts[0]", value="grafana.example")).notes == ()


_VALUES = """ingress:
  main:
    hosts:
      - host: &host draw.example
    tls:
      - hosts: [*host]
        secretName: draw
"""
_LISTED = {
    "draw/Chart.yaml": "apiVersion: v2\nname: draw\nversion: 1.0.0\n",
    "draw/values.yaml": _VALUES,
}


def test_the_certificate_that_is_an_alias_of_the_host_follows_by_itself(changed: Changed) -> None:
    plan = SetValue(name="draw", path="ingress.main.hosts[0].host", value="paint.example")
    assert changed(_LISTED, plan) == [
        "draw/values.yaml",
        "-      - host: &host draw.example",
        "+      - host: &host paint.example",
    ]


def test_an_anchor_that_something_else_takes_is_left_alone(changed: Changed) -> None:
    plan = SetValue(name="draw", path="ingress.main.hosts[0].host", value="paint.example")
    with pytest.raises(EditRefused, match="without changing title"):
        changed(_LISTED | {"draw/values.yaml": f"{_VALUES}title: *host\n"}, plan)


def test_a_certificate_inside_the_values_of_an_application_follows_its_anchor(changed: Changed) -> None:
    application = f"""apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: draw, namespace: argocd}}
spec:
  source:
    chart: draw
    targetRevision: 3.0.0
    helm:
      values: |
{"".join(f"        {line}" for line in _VALUES.splitlines(keepends=True))}"""
    plan = SetValue(name="draw", path="ingress.main.hosts[0].host", value="paint.example")
    assert changed({"draw.yaml": application}, plan)[1:] == [
        "-              - host: &host draw.example",
        "+              - host: &host paint.example",
    ]


def test_a_path_that_only_an_object_of_the_same_name_has_is_that_object_s(changed: Changed) -> None:
    plan = SetValue(name="films", path="spec.rules[1].host", value="cinema.example")
    assert changed({"films.yaml": _APP}, plan) == [
        "films.yaml",
        "-    - hosts: [films.example, other.example]",
        "+    - hosts: [films.example, cinema.example]",
        "-    - host: other.example",
        "+    - host: cinema.example",
    ]
