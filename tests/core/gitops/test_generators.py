"""Which Applications generators make: the functions of their templates, empty configurations, selectors."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.gitops import Index

type Indexed = Callable[[Mapping[str, str]], Index]

_SET = """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: apps, namespace: argocd}
spec:
  goTemplate: true
  generators: [GENERATOR]
  template:
    metadata: {name: '{{ .path.basename }}'}
    spec:
      source: {repoURL: https://git.example/me/home, path: '{{ .path.path }}'}
      destination: {namespace: 'NAMESPACE'}
"""
_FILES = "{git: {repoURL: https://git.example/me/home, files: [{path: apps/*/app.yaml}]}}"
_JOB = """apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME}
spec:
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec: {containers: [{name: a, image: 'a:1'}]}
"""


def _files(generator: str = _FILES, namespace: str = "{{ .path.basename }}") -> dict[str, str]:
    return {
        "set.yaml": _SET.replace("GENERATOR", generator).replace("NAMESPACE", namespace),
        "apps/kiwi-app/app.yaml": "space: orchard\nteam: {is_home: true}\n",
        "apps/kiwi-app/kiwi.yaml": _JOB.replace("NAME", "kiwi"),
        "apps/plum/app.yaml": "# nothing of its own\n",
        "apps/plum/plum.yaml": _JOB.replace("NAME", "plum"),
    }


def _labels(index: Index) -> set[str]:
    return {each.label for each in index.workloads}


@pytest.mark.parametrize(
    ("namespace", "kiwi", "plum"),
    [
        ("{{ .path.basename }}", "kiwi-app", "plum"),
        ('{{ dig "space" .path.basename . }}', "orchard", "plum"),
        ('{{ default .path.basename (dig "space" "" .) }}', "orchard", "plum"),
        ('{{ dig "space" "" . | default (index .path.segments 1) }}', "orchard", "plum"),
        ("{{ if .space }}{{ .space }}{{ else }}{{ .path.basename }}{{ end }}", "orchard", "plum"),
        ('{{ if hasKey . "space" -}} {{ .space }} {{- end }}', "orchard", ""),
        ('{{ ternary "fruit" "stone" (hasKey . "space") }}', "fruit", "stone"),
        ('{{ if and (hasKey . "team") (eq .team.is_home "true") }}home{{ else }}away{{ end }}', "home", "away"),
        ('{{ .path.basename | trimSuffix "-app" | upper | lower }}', "kiwi", "plum"),
        ('{{ printf "in-%s" (.path.basename | replace "-" "") }}', "in-kiwiapp", "in-plum"),
        ("{{ coalesce .space .path.basename | toString }}", "orchard", "plum"),
        ("{{ .path.basename | mystery }}", "kiwi-app", "plum"),
        ('{{ regexReplaceAll "-app$" .path.basename "" }}', "kiwi", "plum"),
        ('{{ regexReplaceAll "^(.)i(.*)" .path.basename "$1-$2" }}', "k-wi-app", "plum"),
        ('{{ regexReplaceAll "(i+)+$" .path.basename "" }}', "", ""),
        ('{{ regexReplaceAll "k?k?k?k?k?x" .path.basename "" }}', "", ""),
        ('{{ mystery .path.basename "a" }}', "", ""),
        ("{{ .nobody.knows }}", "", ""),
    ],
)
def test_functions_say_where_an_application_goes(namespace: str, kiwi: str, plum: str, index: Indexed) -> None:
    labels = {f"{kiwi}/kiwi".lstrip("/"), f"{plum}/plum".lstrip("/")}
    assert _labels(index(_files(namespace=namespace))) == labels


@pytest.mark.parametrize(
    ("selector", "made"),
    [
        ("{matchLabels: {team.is_home: 'true'}}", {"kiwi-app/kiwi"}),
        ("{matchExpressions: [{key: space, operator: In, values: [orchard, barn]}]}", {"kiwi-app/kiwi"}),
        ("{matchExpressions: [{key: space, operator: NotIn, values: [orchard]}]}", {"plum/plum"}),
        ("{matchExpressions: [{key: space, operator: DoesNotExist}]}", {"plum/plum"}),
        ("{matchExpressions: [{key: space, operator: Exists}]}", {"kiwi-app/kiwi"}),
    ],
)
def test_what_a_selector_leaves_out_is_not_deployed(selector: str, made: set[str], index: Indexed) -> None:
    found = index(_files(f"{_FILES[:-1]}, selector: {selector}}}"))
    assert _labels(found) == made


def test_a_selector_leaves_out_elements_of_a_list(index: Indexed) -> None:
    listed = "{list: {elements: [{path: apps/kiwi-app, on: true}, {path: apps/plum, on: false}]}, SELECTOR}"
    files = _files(listed.replace("SELECTOR", "selector: {matchLabels: {on: 'true'}}"), "trees")
    files["set.yaml"] = files["set.yaml"].replace(".path.basename", ".path").replace(".path.path", ".path")
    assert _labels(index(files)) == {"trees/kiwi"}


def test_a_prefix_keeps_the_paths_of_two_generators_apart(index: Indexed) -> None:
    clusters = "{git: {repoURL: https://git.example/me/home, directories: [{path: clusters/*}], pathParamPrefix: one}}"
    files = _files(f"{{matrix: {{generators: [{_FILES}, {clusters}]}}}}", "{{ index .one.path.segments 1 }}")
    assert _labels(index({**files, "clusters/north/notes.md": "\n"})) == {"north/kiwi", "north/plum"}


@pytest.mark.parametrize("namespace", ["{{" + " " * 9000 + "x", "{{" + "(" * 9000 + "}}", "{{ if a }}{{ else }}" * 200])
def test_a_hostile_template_is_left_as_it_is(namespace: str, index: Indexed) -> None:
    assert {each.name for each in index(_files(namespace=namespace)).workloads} <= {"kiwi", "plum"}


def test_a_source_that_only_argocd_can_fill_in_is_told(index: Indexed) -> None:
    files = _files("{clusters: {selector: {matchLabels: {role: home}}}}", "home")
    files["set.yaml"] = files["set.yaml"].replace("{{ .path.path }}", "{{ .metadata.annotations.folder }}/apps")
    told = {each.path: each.reason for each in index(files).unread}
    assert told["set.yaml"] == "has a source whose path only ArgoCD can fill in"
