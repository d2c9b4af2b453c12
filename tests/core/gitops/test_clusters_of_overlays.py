"""Kustomizations of clusters that take in overlays of apps, applied by hand."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import EditRefused, UnknownWorkload
from assistant_core.gitops import Edit, Index
from assistant_core.models.plan import ChangePlan, RemoveApp, SetEnv, SetImage, SetReplicas

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Apply = Callable[[Mapping[str, str], ChangePlan], Edit]

APP = """apiVersion: apps/v1
kind: Deployment
metadata: {name: photos}
spec:
  replicas: 1
  selector: {}
  template:
    spec:
      containers:
        - name: photos
          image: acme/photos
          envFrom: [{configMapRef: {name: settings}}]
"""
SETTINGS = "configMapGenerator:\n  - name: settings\n    behavior: merge\n    literals:\n      - LEVEL="
HOMES = {
    "clusters/home/kustomization.yaml": "resources:\n  - ../../photos/overlays/home\n  # - ../../music\n",
    "clusters/cabin/kustomization.yaml": "resources: [../../photos/overlays/cabin]\n",
    "photos/base/kustomization.yaml": "resources: [photos.yaml]\nconfigMapGenerator:\n  - name: settings\n"
    "    literals: [LEVEL=info]\nimages:\n  - name: acme/photos\n    newName: mirror/photos\n    newTag: 1.0.0\n",
    "photos/base/photos.yaml": APP,
    "photos/overlays/home/kustomization.yaml": f"namespace: photos\nresources: [../../base]\n{SETTINGS}debug\n",
    "photos/overlays/cabin/kustomization.yaml": f"namespace: photos\nresources: [../../base]\n{SETTINGS}warn\n",
    "music/kustomization.yaml": "resources: [music.yaml]\n",
    "music/music.yaml": APP.replace("photos", "music"),
}


def test_an_overlay_that_a_cluster_takes_in_is_not_applied_once_more(
    index: Callable[[Mapping[str, str]], Index],
) -> None:
    assert [each.way[-1] for each in index(HOMES).workloads] == [
        "clusters/cabin/kustomization.yaml",
        "clusters/home/kustomization.yaml",
    ]


def test_what_a_kustomization_names_in_a_comment_is_not_deployed(edit: Apply) -> None:
    with pytest.raises(UnknownWorkload, match="is not deployed: no kustomization names it"):
        edit(HOMES, SetReplicas(name="music", replicas=2))


def test_a_new_image_is_named_as_the_overlay_finds_it_and_stands_next_to_the_base(changed: Changed) -> None:
    assert changed(HOMES, SetImage(name="photos", namespace="home", tag="1.1.0")) == [
        "photos/overlays/home/kustomization.yaml",
        "+images:",
        "+  - name: mirror/photos",
        "+    newTag: 1.1.0",
    ]


def test_an_entry_that_names_the_image_of_the_base_anew_is_found(changed: Changed) -> None:
    path = "photos/overlays/home/kustomization.yaml"
    files = HOMES | {path: HOMES[path] + "images: [{name: mirror/photos, newTag: 1.0.1}]\n"}
    assert changed(files, SetImage(name="photos", namespace="home", tag="1.1.0")) == [
        path,
        "-images: [{name: mirror/photos, newTag: 1.0.1}]",
        "+images: [{name: mirror/photos, newTag: 1.1.0}]",
    ]


@pytest.mark.parametrize(("place", "was"), [("home", "debug"), ("cabin", "warn")])
def test_a_generated_variable_is_that_of_the_own_overlay(edit: Apply, changed: Changed, place: str, was: str) -> None:
    plan = SetEnv(name="photos", namespace=place, variable="LEVEL", value="error")
    path = f"photos/overlays/{place}/kustomization.yaml"
    assert changed(HOMES, plan) == [path, f"-      - LEVEL={was}", "+      - LEVEL=error"]
    assert edit(HOMES, plan).notes == ()


PATCH = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: NAME}\nspec: {replicas: 2}\n"


@pytest.mark.parametrize("delete", [False, True])
def test_an_app_that_a_patch_would_still_name_is_left_to_a_person(edit: Apply, delete: bool) -> None:  # noqa: FBT001
    both = f"{PATCH.replace('NAME', 'photos')}---\n{PATCH.replace('NAME', 'music')}"
    files = {
        "kustomization.yaml": "resources: [base]\npatches: [{path: both.yaml}]\n",
        "both.yaml": PATCH.replace("NAME", "photos") if delete else both,
        "base/kustomization.yaml": "resources: [photos.yaml, music.yaml]\n",
        "base/photos.yaml": APP,
        "base/music.yaml": APP.replace("photos", "music"),
    }
    if delete:
        gone = PATCH.replace("NAME", "music").replace("spec:", "$patch: delete\nspec:")
        files |= {
            "dev/kustomization.yaml": "resources: [../base]\npatches: [{path: gone.yaml}]\n",
            "dev/gone.yaml": gone,
        }
    path = "dev/gone.yaml" if delete else "both.yaml"
    with pytest.raises(EditRefused, match=f"{path} would still patch the Deployment music"):
        edit(files, RemoveApp(name="music"))


def test_what_a_kustomization_takes_from_elsewhere_is_named(index: Callable[[Mapping[str, str]], Index]) -> None:
    address = "https://example.org/install.yaml"
    found = index({"proxy/kustomization.yaml": f"resources: [{address}]\nreplicas: [{{name: proxy, count: 1}}]\n"})
    assert [each.reason for each in found.unread] == [f"takes in {address}, which lies elsewhere"]
    with pytest.raises(
        UnknownWorkload, match=r"proxy/kustomization\.yaml mentions it, but that file takes in https://"
    ):
        found.find("proxy")
