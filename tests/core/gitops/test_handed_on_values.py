"""What an ApplicationSet hands on as a whole with `toYaml`, and what its `templatePatch` makes of its template."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import EditRefused
from assistant_core.gitops import Index
from assistant_core.models.change import ChangePlan
from assistant_core.models.plan import SetEnv, SetImage, SetReplicas, SetResources, SetValue

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Indexed = Callable[[Mapping[str, str]], Index]

_SET = """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: homes, namespace: argocd}
spec:
  goTemplate: true
  generators:
    - git: {repoURL: https://git.example/me/home, files: [{path: homes/*.yaml}]}
  template:
    metadata: {name: 'home-{{ .name }}'}
    spec:
      source:
        repoURL: https://git.example/me/home
        path: chart
        helm:
          values: |
            {{- VALUES | nindent 12 }}
      destination: {namespace: homes}
"""
_CHART = {
    "chart/Chart.yaml": "name: chart\nversion: 0.1.0\n",
    "chart/values.yaml": "name: ''\ntag: latest\nenv:\n  TZ: UTC\n",
    "chart/templates/all.yaml": """kind: Deployment
metadata:
  name: {{ .Values.name }}
spec:
  replicas: {{ .Values.count }}
  template:
    spec:
      containers:
        - image: "{{ .Values.image }}:{{ .Values.tag }}"
          env: {{ toYaml .Values.env }}
          resources: {{ toYaml .Values.resources }}
""",
}
FILES = {
    "set.yaml": _SET.replace("VALUES", "toYaml ."),
    **_CHART,
    "homes/kiwi.yaml": "name: kiwi\nimage: acme/kiwi\ntag: 1.0.0\ncount: 1\nresources: {limits: {memory: 1Gi}}\n",
    "homes/plum.yaml": "name: plum\nimage: acme/plum\ntag: '2.0'\nenv: {LANG: en}\n",
}


@pytest.mark.parametrize(
    ("plan", "lines"),
    [
        (SetReplicas(name="kiwi", replicas=2), ["homes/kiwi.yaml", "-count: 1", "+count: 2"]),
        (SetImage(name="kiwi", tag="1.1.0"), ["homes/kiwi.yaml", "-tag: 1.0.0", "+tag: 1.1.0"]),
        (SetImage(name="plum", tag="2.1"), ["homes/plum.yaml", "-tag: '2.0'", "+tag: '2.1'"]),
        (
            SetResources(name="kiwi", memory_limit="2Gi"),
            ["homes/kiwi.yaml", "-resources: {limits: {memory: 1Gi}}", "+resources: {limits: {memory: 2Gi}}"],
        ),
        (SetEnv(name="plum", variable="LANG", value="de"), ["homes/plum.yaml", "-env: {LANG: en}", "+env: {LANG: de}"]),
        (SetEnv(name="kiwi", variable="TZ", value="CET"), ["homes/kiwi.yaml", "+env:", "+  TZ: CET"]),
    ],
)
def test_a_file_that_is_handed_on_whole_is_where_the_values_stand(
    changed: Changed, plan: ChangePlan, lines: list[str]
) -> None:
    assert changed(FILES, plan) == lines


def test_a_part_of_a_file_is_handed_on_too(changed: Changed) -> None:
    files = {
        **FILES,
        "set.yaml": _SET.replace("VALUES", ".chart.values | toYaml"),
        "homes/plum.yaml": "name: plum\nchart:\n  values:\n    name: plum\n    count: 1\n",
    }
    lines = ["homes/plum.yaml", "-    count: 1", "+    count: 2"]
    assert changed(files, SetReplicas(name="plum", replicas=2)) == lines


def test_values_that_nobody_can_tell_are_never_replaced(changed: Changed) -> None:
    files = {
        "set.yaml": _SET.replace("{{- VALUES | nindent 12 }}", "count: {{ .count }}\n            {{ mystery . }}"),
        **_CHART,
        "homes/kiwi.yaml": FILES["homes/kiwi.yaml"],
    }
    for plan in (SetReplicas(name="home-kiwi", replicas=2), SetValue(name="home-kiwi", path="tag", value="2.0.0")):
        with pytest.raises(EditRefused):
            changed(files, plan)


_PATCHED = """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: fruit, namespace: argocd}
spec:
  goTemplate: true
  generators:
    - git:
        repoURL: https://git.example/me/home
        files: [{path: fruit/*/app.yaml}]
      selector: {matchExpressions: [{key: enabled, operator: In, values: ["true"]}]}
  template:
    metadata: {name: '{{ .path.basename }}'}
    spec:
      destination: {namespace: '{{ .space }}'}
  templatePatch: |
    {{- if or (hasKey . "inside") (hasKey . "wave") }}
    metadata:
      {{- if hasKey . "inside" }}
      name: '{{ .path.basename }}-{{ .inside }}'
      {{- end }}
      {{- if hasKey . "wave" }}
      annotations:
        wave: "{{ .wave }}"
      {{- end }}
    {{- end }}
    spec:
      source:
        repoURL: https://git.example/me/home
      {{- if hasKey . "inside" }}
        path: {{ .path.path }}/{{ .inside }}
      {{- else }}
        path: '{{ .path.path }}'
      {{- end }}
      syncPolicy:
      {{- if hasKey . "labels" }}
        managedNamespaceMetadata:
          {{- .labels | toYaml | nindent 10 }}
      {{- end }}
        automated:
          prune: {{ .prune }}
"""


def _deployment(name: str) -> str:
    return f"""apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: 1
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{containers: [{{name: {name}, image: 'acme/{name}:1'}}]}}
"""


def test_a_template_patch_says_what_is_deployed(index: Indexed) -> None:
    found = index(
        {
            "set.yaml": _PATCHED,
            "fruit/kiwi/app.yaml": "enabled: 'true'\nspace: orchard\nprune: true\nlabels: {a: {b: c}}\nwave: '2'\n",
            "fruit/kiwi/kiwi.yaml": _deployment("kiwi"),
            "fruit/plum/app.yaml": "- {enabled: 'true', inside: red, space: garden}\n- {enabled: 'no', inside: blue}\n",
            "fruit/plum/red/plum.yaml": _deployment("red-plum"),
            "fruit/plum/blue/plum.yaml": _deployment("blue-plum"),
        }
    )
    assert {each.label for each in found.workloads} == {"orchard/kiwi", "garden/red-plum"}
    assert {each.owner.name for each in found.workloads if each.owner} == {"kiwi", "plum-red"}


def test_what_a_template_patch_sets_is_not_set_in_the_template(changed: Changed) -> None:
    patch = "  templatePatch: |\n    spec:\n      source: {repoURL: https://git.example/me/home, path: chart}\n"
    files = {"set.yaml": _PATCHED[: _PATCHED.index("  templatePatch")] + patch, **_CHART}
    files["fruit/kiwi/app.yaml"] = "enabled: 'true'\nspace: orchard\n"
    assert changed(files, SetEnv(name="kiwi", variable="TZ", value="CET"))[0] == "chart/values.yaml"


def test_a_chart_that_hands_its_values_to_the_library_of_app_template_is_like_it(changed: Changed) -> None:
    files = {
        "kiwi/Chart.yaml": "name: kiwi\nversion: 1.0.0\ndependencies:\n"
        "  - {name: common, version: 4.0.0, repository: https://charts.example}\n",
        "kiwi/values.yaml": "controllers:\n  kiwi:\n    replicas: 1\n    containers: {app: {image: {tag: 1.0.0}}}\n",
        "kiwi/templates/common.yaml": '{{ include "bjw-s.common.loader.generate" . }}\n',
        "kiwi/templates/store.yaml": _deployment("store"),
    }
    assert changed(files, SetReplicas(name="kiwi", replicas=2)) == [
        "kiwi/values.yaml",
        "-    replicas: 1",
        "+    replicas: 2",
    ]
    assert changed(files, SetReplicas(name="store", replicas=2))[0] == "kiwi/templates/store.yaml"
