"""Values that something else puts in: kustomize's replacements, and the overrides that ArgoCD keeps."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import EditRefused
from assistant_core.gitops import Edit
from assistant_core.models.notes import Note
from assistant_core.models.plan import (
    ChangePlan,
    SetEnv,
    SetImage,
    SetReplicas,
    SetResources,
    SetValue,
)

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Apply = Callable[[Mapping[str, str], ChangePlan], Edit]

WEB = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: nginx:1.25
          env:
            - name: HOST
              value: unknown
          resources:
            limits:
              memory: 64Mi
"""
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: sizes\ndata:\n  memory: 128Mi\n  image: nginx:1.26\n"


def _replaced(source: str, *fields: str, more: str = "", select: str = "{kind: Deployment, name: web}") -> str:
    listed = "".join(f"          - {each}\n" for each in fields)
    return (
        f"  - source: {{kind: ConfigMap, name: sizes, fieldPath: data.{source}{more}}}\n"
        f"    targets:\n      - select: {select}\n        fieldPaths:\n{listed}"
    )


def _home(*replacements: str) -> dict[str, str]:
    return {
        "kustomization.yaml": "resources: [web.yaml, sizes.yaml]\nreplacements:\n" + "".join(replacements),
        "web.yaml": WEB,
        "sizes.yaml": CONFIG,
    }


MEMORY = "spec.template.spec.containers.[name=web].resources.limits.memory"
HOST = "spec.template.spec.containers.*.env.[name=HOST].value"
IMAGE = "spec.template.spec.containers.0.image"


def test_a_field_that_is_filled_in_from_elsewhere_is_changed_there(changed: Changed) -> None:
    files = _home(_replaced("memory", MEMORY), _replaced("image", IMAGE))
    assert changed(files, SetResources(name="web", memory_limit="256Mi")) == [
        "sizes.yaml",
        "-  memory: 128Mi",
        "+  memory: 256Mi",
    ]
    assert changed(files, SetImage(name="web", tag="1.27")) == [
        "sizes.yaml",
        "-  image: nginx:1.26",
        "+  image: nginx:1.27",
    ]
    assert changed(files, SetValue(name="web", path=MEMORY.replace("[name=web]", "0"), value="1Gi"))[0] == "sizes.yaml"


def test_a_literal_that_fills_in_a_field_is_changed_in_its_component(changed: Changed) -> None:
    files = {
        "kustomization.yaml": "resources: [web.yaml]\ncomponents: [sizes]\n",
        "web.yaml": WEB,
        "sizes/kustomization.yaml": "kind: Component\nconfigMapGenerator:\n  - name: sizes\n    literals:\n"
        "      - pods=3\nreplacements:\n" + _replaced("pods", "spec.replicas"),
    }
    assert changed(files, SetReplicas(name="web", replicas=4)) == [
        "sizes/kustomization.yaml",
        "-      - pods=3",
        "+      - pods=4",
    ]


def test_a_replacement_may_stand_in_a_file_of_its_own(changed: Changed) -> None:
    each = _replaced("memory", MEMORY)
    files = _home("  - path: memory.yaml\n") | {"memory.yaml": each}
    assert changed(files, SetResources(name="web", memory_limit="256Mi"))[0] == "sizes.yaml"


@pytest.mark.parametrize(
    ("replacement", "plan"),
    [
        (_replaced("memory", MEMORY, "metadata.labels.size"), SetResources(name="web", memory_limit="256Mi")),
        (_replaced("image", IMAGE, more=", options: {delimiter: ':', index: 1}"), SetImage(name="web", tag="1.27")),
        (_replaced("host", HOST), SetEnv(name="web", variable="HOST", value="a")),
        (_replaced("pods", "spec.replicas"), SetReplicas(name="web", replicas=1)),
        (_replaced("pods", "spec.strategy"), SetValue(name="web", path="spec.strategy.type", value="Recreate")),
    ],
)  # fmt: skip
def test_what_hangs_on_more_than_one_field_or_cannot_be_found_is_left_alone(
    edit: Apply, replacement: str, plan: ChangePlan
) -> None:
    with pytest.raises(
        EditRefused, match=r"is filled in from data\.\w+ of the ConfigMap sizes \(kustomization\.yaml\)"
    ):
        edit(_home(replacement), plan)


@pytest.mark.parametrize(
    "select",
    ["{kind: Deployment, name: other}", "{kind: StatefulSet}", "{kind: Deployment}\n        reject: [{name: web}]"],
)
def test_a_replacement_of_something_else_is_none_of_ours(changed: Changed, select: str) -> None:
    files = _home(_replaced("pods", "spec.replicas", select=select))
    assert changed(files, SetReplicas(name="web", replicas=2))[0] == "web.yaml"


APP = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: blog
  annotations:
    argocd-image-updater.argoproj.io/image-list: other=redis:7.x, web=nginx:1.x
spec:
  source: {repoURL: https://example.org/home.git, path: web}
  destination: {namespace: web}
"""
UPDATER = """apiVersion: argocd-image-updater.argoproj.io/v1alpha1
kind: ImageUpdater
metadata: {name: all}
spec:
  applicationRefs:
    - namePattern: bl*
      images:
        - imageName: nginx
"""


def test_what_argocd_keeps_beside_the_manifests_overrides_them(changed: Changed) -> None:
    files = {
        "apps/blog.yaml": APP,
        "web/kustomization.yaml": "resources: [web.yaml]\n",
        "web/web.yaml": WEB,
        "web/.argocd-source-blog.yaml": "kustomize:\n  images:\n    - nginx:1.26\n",
    }
    assert changed(files, SetImage(name="web", tag="1.27")) == [
        "web/.argocd-source-blog.yaml",
        "-    - nginx:1.26",
        "+    - nginx:1.27",
    ]


@pytest.mark.parametrize("by", ["annotation", "resource"])
def test_an_image_that_is_updated_by_itself_says_so(edit: Apply, by: str) -> None:
    app = APP if by == "annotation" else APP.replace("web=nginx:1.x", "")
    files = {"apps/blog.yaml": app, "web/kustomization.yaml": "resources: [web.yaml]\n", "web/web.yaml": WEB}
    if by == "resource":
        files |= {"web/kustomization.yaml": "resources: [web.yaml, updater.yaml]\n", "web/updater.yaml": UPDATER}
    assert Note.UPDATED.told() in edit(files, SetImage(name="web", tag="1.27")).notes
    assert Note.UPDATED.told() not in edit(files, SetReplicas(name="web", replicas=2)).notes


def test_the_name_of_an_object_is_not_changed_for_the_sake_of_who_takes_it(changed: Changed) -> None:
    files = _home(_replaced("memory", HOST).replace(", fieldPath: data.memory", ""))
    with pytest.raises(EditRefused, match=r"filled in from metadata\.name of the ConfigMap sizes"):
        changed(files, SetEnv(name="web", variable="HOST", value="other"))
