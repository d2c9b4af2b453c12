"""Overlays of one base, each with its own suffix: what their apps are called, and what stands where it counts."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import EditRefused
from assistant_core.gitops import Edit, Index
from assistant_core.models.change import ChangePlan
from assistant_core.models.plan import AddApp, SetEnv, SetImage, SetResources
from assistant_core.speech import Speech

type Edited = Callable[[Mapping[str, str], ChangePlan], Edit]
type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]

_SET = """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: apps, namespace: argocd}
spec:
  generators:
    - git: {repoURL: https://git.example/home, directories: [{path: apps/*/*}]}
  template:
    metadata: {name: '{{path.basename}}'}
    spec:
      source: {repoURL: https://git.example/home, path: '{{path}}'}
      destination: {namespace: '{{path.basename}}'}
"""
_BASE = """apiVersion: apps/v1
kind: Deployment
metadata: {name: arr}
spec:
  selector: {matchLabels: {app: arr}}
  template:
    metadata: {labels: {app: arr}}
    spec:
      containers:
        - {name: arr, image: arr, resources: {limits: {memory: 1Gi}}}
"""
_ZONE = """apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target: {kind: Deployment}
    patch: |-
      - op: add
        path: /spec/template/spec/containers/0/env
        value: [{name: TZ, value: UTC}]
"""
_OVERLAY = "nameSuffix: -NAME\nresources: [../base]\nimages:\n  - {name: arr, newName: acme/NAME, newTag: 1.0.0}\n"
_WORKLOAD = """apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME}
spec:
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec:
      containers:
        - {name: keep, image: "acme/NAME:1.0.0", envFrom: [{configMapRef: {name: settings}}]}
"""
FILES = {
    "sets/apps.yaml": _SET,
    "zone/kustomization.yaml": _ZONE,
    "apps/media/arr/kustomization.yaml": "namespace: media\nresources:\n  - films\n  - series\n"
    "components: [../../../zone]\n",
    "apps/media/arr/base/kustomization.yaml": "resources: [arr.yaml]\n",
    "apps/media/arr/base/arr.yaml": _BASE,
    "apps/media/arr/films/kustomization.yaml": _OVERLAY.replace("NAME", "films"),
    "apps/media/arr/series/kustomization.yaml": _OVERLAY.replace("NAME", "series"),
    "apps/home/keep/kustomization.yaml": "namespace: keep\nresources: [web.yaml, search.yaml]\n"
    "configMapGenerator:\n- name: settings\n  literals:\n  - LANGUAGES=en\n",
    "apps/home/keep/web.yaml": _WORKLOAD.replace("NAME", "keep-web"),
    "apps/home/keep/search.yaml": _WORKLOAD.replace("NAME", "search"),
}


def test_an_overlay_gives_its_app_the_name_of_its_folder(changed: Changed) -> None:
    assert changed(FILES, SetImage(name="series", tag="1.1.0"))[0] == "apps/media/arr/series/kustomization.yaml"
    assert (
        changed(FILES, SetResources(name="films", memory_limit="2Gi"))[0] == "apps/media/arr/films/kustomization.yaml"
    )


@pytest.mark.parametrize("variable", ["TZ", "LANG"])
def test_what_an_overlay_further_out_sets_is_not_set_further_in(variable: str, changed: Changed) -> None:
    with pytest.raises(EditRefused, match=r"stands in zone/kustomization\.yaml, which media/arr-"):
        changed(FILES, SetEnv(name="films", variable=variable, value="Europe/Oslo"))


def test_a_limit_goes_into_the_patch_that_sets_the_resources_whole(changed: Changed) -> None:
    patch = (
        "patches:\n  - target: {kind: Deployment}\n    patch: |-\n      - op: replace\n"
        "        path: /spec/template/spec/containers/0/resources\n        value:\n          requests:\n"
        "            memory: 64Mi\n"
    )
    files = FILES | {"apps/media/arr/films/kustomization.yaml": _OVERLAY.replace("NAME", "films") + patch}
    assert changed(files, SetResources(name="films", memory_limit="2Gi")) == [
        "apps/media/arr/films/kustomization.yaml", "+          limits:", "+            memory: 2Gi",
    ]  # fmt: skip


def test_who_reads_the_same_settings_is_told(edit: Edited) -> None:
    (note,) = edit(FILES, SetEnv(name="keep-web", variable="LANGUAGES", value="de")).notes
    assert note.sentence == "The same entry is read by keep/search too."


def test_a_new_app_does_not_go_among_the_overlays_of_one_base(edit: Edited) -> None:
    files = FILES | {
        f"apps/media/arr/{name}/kustomization.yaml": _OVERLAY.replace("NAME", name) for name in ("music", "books")
    }
    listed = "namespace: media\nresources:\n  - films\n  - series\n  - music\n  - books\n"
    files["apps/media/arr/kustomization.yaml"] = listed
    (file,) = edit(files, AddApp(name="queue", template="redis")).files
    assert file.path in ("apps/media/queue/queue.yaml", "apps/home/queue/queue.yaml")


def test_a_container_after_which_a_workload_is_called_stands_for_it(index: Callable[..., Index]) -> None:
    plan = plan_by_sentences("set LANGUAGES of keep to de", index(_alone()), [Speech.load("en")])
    assert plan == SetEnv(name="keep", variable="LANGUAGES", value="de")


def _alone() -> dict[str, str]:
    return {"keep.yaml": _WORKLOAD.replace("NAME", "keep-web").replace("envFrom", "env: [{name: LANGUAGES}], envFrom")}
