"""Manifests without any chart: kinds of other projects, and the names that files and folders lend them."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import Incomplete, InputInvalid
from assistant_core.gitops import Edit, Index
from assistant_core.models.notes import Note
from assistant_core.models.plan import ChangePlan, SetEnv, SetImage, SetReplicas, SetResources, SetValue

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]

FUNCTION = """apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: hello}
spec:
  template:
    spec:
      containers:
        - image: acme/hello:1.0.0
          env:
            - {name: TARGET, value: World}
          resources: {limits: {memory: 64Mi}}
---
apiVersion: v1
kind: Service
metadata: {name: other}
spec: {ports: [{port: 80}]}
"""


@pytest.mark.parametrize(
    ("plan", "line"),
    [
        (SetImage(name="hello", tag="1.1.0"), "+        - image: acme/hello:1.1.0"),
        (SetEnv(name="hello", variable="TARGET", value="Moon"), "+            - {name: TARGET, value: Moon}"),
        (SetResources(name="hello", memory_limit="128Mi"), "+          resources: {limits: {memory: 128Mi}}"),
    ],
)
def test_a_service_of_knative_runs_containers(changed: Changed, plan: ChangePlan, line: str) -> None:
    assert changed({"hello.yaml": FUNCTION}, plan)[2:] == [line]


def test_a_service_of_knative_has_no_replicas(changed: Changed) -> None:
    with pytest.raises(InputInvalid, match="has no number of replicas"):
        changed({"hello.yaml": FUNCTION}, SetReplicas(name="hello", replicas=2))


def test_a_file_that_only_tells_its_kind_leaves_the_name_to_its_folder(changed: Changed) -> None:
    text = (
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: wifi-controller}\nspec:\n  replicas: 1\n"
        "  selector: {}\n  template: {spec: {containers: [{name: a, image: 'b:1'}]}}\n"
    )
    assert changed({"apps/wifi/sts.yaml": text}, SetReplicas(name="wifi", replicas=0))[0] == "apps/wifi/sts.yaml"


def test_a_key_that_no_object_has_at_its_top_is_asked_back(changed: Changed) -> None:
    with pytest.raises(Incomplete, match="has nothing called log"):
        changed({"hello.yaml": FUNCTION}, SetValue(name="hello", path="log.level", value="debug"))


def test_what_other_tools_deploy_is_named(index: Callable[[Mapping[str, str]], Index]) -> None:
    files = {
        "fleet/photos/fleet.yaml": "defaultNamespace: photos\n",
        "infra/photos.tf": 'resource "kubernetes_deployment_v1" "photos" {}\n',
        "infra/dns.tf": 'resource "cloudflare_record" "photos" {}\n',
    }
    assert {each.path: each.reason for each in index(files).unread} == {
        "fleet/photos/fleet.yaml": "belongs to Fleet, which I do not understand",
        "infra/photos.tf": "has Terraform run workloads, which I leave to a person",
    }


@pytest.mark.parametrize(("mode", "notes"), [("Auto", 1), ("Off", 0)])
def test_an_autoscaler_that_sets_what_pods_get_is_told(
    edit: Callable[[Mapping[str, str], ChangePlan], Edit], mode: str, notes: int
) -> None:
    app = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: photos}\nspec:\n  selector: {}\n"
        "  template: {spec: {containers: [{name: photos, image: 'a:1'}]}}\n---\n"
        "apiVersion: autoscaling.k8s.io/v1\nkind: VerticalPodAutoscaler\nmetadata: {name: sizes}\nspec:\n"
        f"  targetRef: {{kind: Deployment, name: photos}}\n  updatePolicy: {{updateMode: {mode!r}}}\n"
    )
    told = edit({"photos.yaml": app}, SetResources(name="photos", memory_limit="1Gi")).notes
    assert told == (Note.RESIZED.told(by="VerticalPodAutoscaler sizes"),) * notes


def test_a_transformer_is_named(index: Callable[[Mapping[str, str]], Index]) -> None:
    files = {"kustomization.yaml": "resources: [a.yaml]\ntransformers: [t.yaml]\n", "a.yaml": "", "t.yaml": "kind: T\n"}
    assert [each.path for each in index(files).unread] == ["t.yaml"]
