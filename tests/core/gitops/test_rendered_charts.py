"""The workloads in the templates of a chart of the repository: their names, their kinds and the values they take."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import AmbiguousWorkload, EditRefused
from assistant_core.gitops import Edit, Index
from assistant_core.models.plan import (
    ChangePlan,
    SetChartVersion,
    SetImage,
    SetReplicas,
    SetResources,
    SetStorage,
)

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Indexed = Callable[[Mapping[str, str]], Index]

_WORKLOAD = """apiVersion: apps/v1
kind: KIND
metadata:
  labels: {app: x}
  name: NAME
spec:
  replicas: REPLICAS
  selector: {matchLabels: {app: x}}
  template:
    metadata: {labels: {app: x}}
    spec:
      initContainers:
        - name: first
          image: busybox:1.37
      containers:
        - name: main
          image: "{{ .Values.IMAGE.image.repository }}:{{ .Values.IMAGE.image.tag | default .Chart.AppVersion }}"
          resources:
            {{- toYaml .Values.OWN.resources | nindent 12 }}
"""


def _template(name: str, own: str, *, image: str = "", kind: str = "Deployment", replicas: str = "") -> str:
    text = _WORKLOAD.replace("KIND", kind).replace("NAME", name).replace("OWN", own).replace("IMAGE", image or own)
    return text.replace("REPLICAS", replicas or f"{{{{ .Values.{own}.replicas }}}}")


CHART = {
    "apps/talk/Chart.yaml": "name: talk\nversion: 0.1.0\ndependencies:\n"
    "- {name: pgsql, version: 1.4.0, repository: 'oci://charts.example'}\n",
    "apps/talk/templates/api.yaml": _template("talk-api", "talk", replicas="1"),
    "apps/talk/templates/worker.yaml": _template("talk-worker", "talk.worker", image="talk", replicas="1"),
    "apps/talk/templates/bridge.yaml": _template("{{ .Release.Name }}-bridge", "bridge", kind="StatefulSet"),
    "apps/talk/values.yaml": """talk:
  image: {repository: acme/talk, tag: 3.0.12}
  resources: {limits: {memory: 512Mi}}
  worker:
    resources: {limits: {memory: 256Mi}}
bridge:
  replicas: 1
  image: {repository: acme/bridge, tag: '0.100'}
  resources: {}
pgsql:
  name: talkdb
  instances: 2
  imageName: acme/postgresql:17.6
  storage: {size: 30Gi}
""",
}


def test_workloads_are_called_as_their_templates_say(index: Indexed) -> None:
    found = {each.name: each.kind for each in index(CHART).workloads}
    assert found == {
        "talk-api": "Deployment",
        "talk-worker": "Deployment",
        "talk-bridge": "StatefulSet",
        "talk-pgsql": "Cluster",
    }


@pytest.mark.parametrize(
    ("plan", "line"),
    [
        (SetReplicas(name="bridge", replicas=2), "+  replicas: 2"),
        (SetImage(name="talk-bridge", tag="0.101"), "+  image: {repository: acme/bridge, tag: '0.101'}"),
        (SetResources(name="talk-worker", memory_limit="1Gi"), "+    resources: {limits: {memory: 1Gi}}"),
        (SetResources(name="talk-api", memory_limit="1Gi"), "+  resources: {limits: {memory: 1Gi}}"),
        (SetReplicas(name="talkdb", replicas=3), "+  instances: 3"),
        (SetImage(name="talkdb", tag="17.7"), "+  imageName: acme/postgresql:17.7"),
        (SetStorage(name="talkdb", size="50Gi"), "+  storage: {size: 50Gi}"),
        (
            SetChartVersion(name="pgsql", version="1.5.0"),
            "+- {name: pgsql, version: 1.5.0, repository: 'oci://charts.example'}",
        ),
    ],
)
def test_each_setting_is_changed_where_its_template_takes_it(plan: ChangePlan, line: str, changed: Changed) -> None:
    assert changed(CHART, plan)[2:] == [line]


def test_whoever_takes_the_same_value_is_told(edit: Callable[[Mapping[str, str], ChangePlan], Edit]) -> None:
    found = edit(CHART, SetImage(name="talk-api", tag="3.0.13"))
    assert [each.sentence for each in found.notes] == ["The same entry is read by talk-worker too."]


def test_a_number_that_stands_in_a_template_is_left_alone(changed: Changed) -> None:
    with pytest.raises(EditRefused, match="do not tell where the number of replicas of talk-api"):
        changed(CHART, SetReplicas(name="talk-api", replicas=2))
    with pytest.raises(AmbiguousWorkload):
        changed(CHART, SetReplicas(name="talk", replicas=2))


@pytest.mark.parametrize("name", ["{{ .Values.nobody }}", '{{ printf "%s-x" .Release.Name }}'])
def test_templates_that_only_helm_understands_are_searched_for_by_the_values(name: str, index: Indexed) -> None:
    files = CHART | {"apps/talk/templates/api.yaml": _template(name, "talk")}
    assert "talk-bridge" in {each.name for each in index(files).workloads}


@pytest.mark.parametrize(
    ("name", "values", "called"),
    [
        ('{{ include "talk.fullname" . }}', "", "talk"),
        ('{{ include "talk.fullname" . }}-web', "fullnameOverride: chat\n", "chat-web"),
        ('{{ include "talk.name" . | trunc 63 }}', "nameOverride: chatter\n", "chatter"),
        ("{{ .Chart.Name }}", "", "talk"),
        ("{{ .Values.bridge.name }}", "", "crossing"),
    ],
)
def test_a_name_is_filled_in_as_helm_does(name: str, values: str, called: str, index: Indexed) -> None:
    files = {
        "talk/Chart.yaml": "name: talk\nversion: 0.1.0\n",
        "talk/templates/one.yaml": _template(name, "bridge"),
        "talk/values.yaml": f"{values}bridge: {{name: crossing, replicas: 1}}\n",
    }
    assert [each.name for each in index(files).workloads] == [called]


@pytest.mark.parametrize(("beside", "is_known"), [("nginx:1.31", True), ("nginx:{{ .Values.web.tag }}", False)])
def test_the_image_of_the_values_is_that_of_the_first_container(
    changed: Changed, beside: str, *, is_known: bool
) -> None:
    template = f'{_template("talk", "talk")}        - name: web\n          image: "{beside}"\n'
    files = {
        "talk/Chart.yaml": "name: talk\nversion: 0.1.0\n",
        "talk/templates/one.yaml": template,
        "talk/values.yaml": "talk:\n  replicas: 1\n  image: {repository: acme/talk, tag: 3.0.12}\nweb: {tag: '1.31'}\n",
    }
    if is_known:
        assert changed(files, SetImage(name="talk", tag="3.1.0"))[0] == "talk/values.yaml"
    else:
        with pytest.raises(EditRefused):
            changed(files, SetImage(name="talk", tag="3.1.0"))
