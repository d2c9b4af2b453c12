"""Charts of the repository whose templates have nothing to fill in, or make ApplicationSets of folders."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.gitops import Edit, Index
from assistant_core.guard import judge_change
from assistant_core.models.change import ChangePlan, Risk
from assistant_core.models.plan import AddApp, RemoveApp, SetImage, SetReplicas, SetResources, SetStorage

type Edited = Callable[[Mapping[str, str], ChangePlan], Edit]
type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]

_STACKS = """{{- range $index, $stack := .Values.stacks }}
---
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: "{{ $stack.name }}"}
spec:
  generators:
    - git:
        directories:
          - path: {{ $stack.name }}/*
  template:
    metadata: {name: "{{ `{{path.basename}}` }}"}
    spec: {source: {path: "{{ `{{path}}` }}"}}
{{- end }}
"""
_VALUES = """app-template:
  controllers:
    notes:
      containers:
        app: {image: {repository: acme/notes, tag: 1.0.0}}
  persistence:
    data: {existingClaim: notes-data}
"""
_CLAIM = """apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: notes-data}
spec:
  resources: {requests: {storage: 1Gi}}
"""
_DATABASE = """apiVersion: acid.zalan.do/v1
kind: postgresql
metadata: {name: notes-db}
spec:
  numberOfInstances: 1
  volume: {size: 5Gi}
"""
_PROXY = """apiVersion: apps/v1
kind: Deployment
metadata: {name: proxy}
spec:
  replicas: 1
  selector: {matchLabels: {app: proxy}}
  template:
    metadata: {labels: {app: proxy}}
    spec: {containers: [{name: proxy, image: "acme/proxy:1.0.0"}]}
"""
_TEMPLATES = "apps/notes/templates"
FILES = {
    "bootstrap/root/Chart.yaml": "name: root\nversion: 0.0.0\n",
    "bootstrap/root/values.yaml": "stacks:\n  - {name: bootstrap, namespace: argocd}\n  - name: apps\n"
    "elsewhere:\n  stacks: [{name: apps}]\n",
    "bootstrap/root/templates/stacks.yaml": _STACKS,
    "apps/notes/Chart.yaml": "name: notes\nversion: 0.0.0\ndependencies:\n"
    "  - {name: app-template, version: 3.7.3, repository: https://charts.example}\n",
    "apps/notes/values.yaml": _VALUES,
    f"{_TEMPLATES}/claim.yaml": _CLAIM,
    f"{_TEMPLATES}/database.yaml": _DATABASE,
    f"{_TEMPLATES}/rules.yaml": "kind: PrometheusRule\nmetadata: {name: '{{ .Release.Name }}'}\n",
    f"{_TEMPLATES}/test.yaml": _PROXY.replace("name: proxy}", "name: probe, annotations: {helm.sh/hook: test}}", 1),
    "apps/proxy/Chart.yaml": "name: proxy\nversion: 0.0.0\n",
    "apps/proxy/templates/proxy.yaml": _PROXY,
}


def test_every_folder_of_a_stack_is_deployed_into_its_own_namespace(index: Callable[..., Index]) -> None:
    found = index(FILES)
    assert [each.label for each in found.workloads] == ["notes/notes-db", "notes/notes", "proxy/proxy"]
    assert [each.path for each in found.unread] == [
        f"{_TEMPLATES}/rules.yaml",
        f"{_TEMPLATES}/test.yaml",
        "bootstrap/root/templates/stacks.yaml",
    ]


@pytest.mark.parametrize(
    ("plan", "lines"),
    [
        (SetStorage(name="notes", size="9Gi"), [f"{_TEMPLATES}/claim.yaml", "1Gi", "9Gi"]),
        (SetReplicas(name="notes-db", replicas=2), [f"{_TEMPLATES}/database.yaml", "Instances: 1", "Instances: 2"]),
        (SetImage(name="notes", tag="1.1.0"), ["apps/notes/values.yaml", "tag: 1.0.0", "tag: 1.1.0"]),
        (SetImage(name="proxy", tag="1.1.0"), ["apps/proxy/templates/proxy.yaml", "proxy:1.0.0", "proxy:1.1.0"]),
    ],
)
def test_a_template_with_nothing_to_fill_in_is_a_manifest(plan: ChangePlan, lines: list[str], changed: Changed) -> None:
    found = changed(FILES, plan)
    assert len(found) == len(lines)
    assert [part in line for part, line in zip(lines, found, strict=True)] == [True] * 3


def test_what_such_a_template_becomes_is_judged(edit: Edited) -> None:
    made = edit(FILES, SetResources(name="proxy", memory_limit="1Gi"))
    privileged = made.files[0].after or b""
    bad = privileged.replace(b"name: proxy, image", b"name: proxy, securityContext: {privileged: true}, image")
    assert judge_change(made.files).risk is Risk.LOW
    assert not judge_change([type(made.files[0])(path=made.files[0].path, before=privileged, after=bad)]).accepted


def test_an_app_of_such_a_stack_comes_and_goes_with_its_folder(edit: Edited) -> None:
    assert [each.path for each in edit(FILES, RemoveApp(name="proxy")).files] == [
        "apps/proxy/Chart.yaml",
        "apps/proxy/templates/proxy.yaml",
    ]
    assert [each.path for each in edit(FILES, AddApp(name="cache", template="redis")).files] == [
        "apps/cache/cache.yaml"
    ]
