"""A claim in a base belongs to every overlay of it; a change is for the one that was meant."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import EditRefused, InputInvalid
from assistant_core.gitops import Edit
from assistant_core.models.plan import ChangePlan, SetEnv, SetReplicas, SetStorage, SetStorageClass

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Edited = Callable[[Mapping[str, str], ChangePlan], Edit]

_CLAIM = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {resources: {requests: {storage: "
_APP = """apiVersion: apps/v1
kind: Deployment
metadata: {name: feeds}
spec:
  selector: {matchLabels: {app: feeds}}
  template:
    metadata: {labels: {app: feeds}}
    spec:
      containers:
        - name: feeds
          image: registry.example/feeds:2.2.3
          envFrom: [{configMapRef: {name: feeds}}]
      volumes:
        - {name: data, persistentVolumeClaim: {claimName: data}}
"""
_CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: feeds}\ndata: {LOG_LEVEL: info}\n"


def _overlays(*spaces: str, patch: str = "") -> dict[str, str]:
    files = {
        "base/kustomization.yaml": "resources: [app.yaml, claim.yaml, config.yaml]\n",
        "base/app.yaml": _APP,
        "base/claim.yaml": f"{_CLAIM}5Gi}}}}}}\n",
        "base/config.yaml": _CONFIG,
    }
    for space in spaces:
        files[f"overlays/{space}/kustomization.yaml"] = f"namespace: {space}\nresources: [../../base]\n"
    if patch:
        files[f"overlays/{spaces[0]}/kustomization.yaml"] += "patches:\n  - path: claim.yaml\n"
        files[f"overlays/{spaces[0]}/claim.yaml"] = patch
    return files


def test_a_claim_of_one_overlay_alone_is_changed_in_its_base(changed: Changed) -> None:
    assert changed(_overlays("home"), SetStorage(name="feeds", size="8Gi")) == [
        "base/claim.yaml",
        "-spec: {resources: {requests: {storage: 5Gi}}}",
        "+spec: {resources: {requests: {storage: 8Gi}}}",
    ]


def test_a_claim_of_several_overlays_grows_in_the_one_that_is_meant(changed: Changed) -> None:
    assert changed(_overlays("home", "away"), SetStorage(name="feeds", namespace="home", size="8Gi")) == [
        "overlays/home/kustomization.yaml",
        "+patches:",
        "+  - patch: |",
        "+      apiVersion: v1",
        "+      kind: PersistentVolumeClaim",
        "+      metadata:",
        "+        name: data",
        "+      spec:",
        "+        resources:",
        "+          requests:",
        "+            storage: 8Gi",
    ]


def test_a_claim_of_several_overlays_does_not_shrink_either(changed: Changed) -> None:
    with pytest.raises(InputInvalid, match="has 5Gi already"):
        changed(_overlays("home", "away"), SetStorage(name="feeds", namespace="home", size="2Gi"))


def test_a_size_that_an_overlay_patches_is_changed_there(changed: Changed) -> None:
    files = _overlays("home", "away", patch=f"{_CLAIM}6Gi}}}}}}\n")
    assert changed(files, SetStorage(name="feeds", namespace="home", size="8Gi"))[0] == "overlays/home/claim.yaml"


def test_a_class_that_several_overlays_share_is_left_alone(changed: Changed) -> None:
    with pytest.raises(EditRefused, match="away/data would follow too"):
        changed(_overlays("home", "away"), SetStorageClass(name="feeds", namespace="home", storage_class="fast"))


def test_a_variable_in_a_config_map_of_several_overlays_is_left_alone(changed: Changed) -> None:
    plan = SetEnv(name="feeds", namespace="home", variable="LOG_LEVEL", value="debug")
    assert changed(_overlays("home", "away"), plan)[0] == "overlays/home/kustomization.yaml"
    assert changed(_overlays("home"), plan)[0] == "base/config.yaml"


def test_what_an_overlay_adds_is_told_by_what_it_decides(edit: Edited) -> None:
    found = edit(_overlays("home", "away"), SetStorage(name="feeds", namespace="home", size="8Gi"))
    assert (found.target.field, found.target.before, found.target.after) == ("storage", "5Gi", "8Gi")


def test_the_value_of_a_shared_base_is_what_there_is_now(edit: Edited) -> None:
    files = _overlays("home", "away")
    files["base/app.yaml"] = _APP.replace("spec:\n", "spec:\n  replicas: 3\n", 1)
    found = edit(files, SetReplicas(name="feeds", namespace="home", replicas=1))
    assert (found.target.field, found.target.before, found.target.after) == ("replicas", "3", "1")
    assert [each.path for each in found.files] == ["overlays/home/kustomization.yaml"]


def test_a_claim_that_nobody_mounts_is_no_volume_of_a_chart_with_its_own(changed: Changed) -> None:
    release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: charts, namespace: home}\n"
    release += "spec:\n  chart: {spec: {chart: charts, version: 1.0.0}}\n  values: {persistence: {size: 5Gi}}\n"
    files = {"release.yaml": release, "claim.yaml": f"{_CLAIM.replace('name: data', 'name: charts-old')}5Gi}}}}}}\n"}
    assert changed(files, SetStorage(name="charts", size="8Gi"))[0] == "release.yaml"


def _elsewhere(size: str = "10Gi") -> dict[str, str]:
    """A library that one Kustomization of Flux deploys, and what mounts it by another one."""
    flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: NAME}\n"
    flux += "spec: {path: ./NAME, targetNamespace: media, sourceRef: {kind: GitRepository, name: flux-system}}\n"
    return {
        "flux/library.yaml": flux.replace("NAME", "library"),
        "flux/feeds.yaml": flux.replace("NAME", "feeds"),
        "library/claim.yaml": f"{_CLAIM}{size}}}}}}}\n".replace("name: data", "name: library"),
        "feeds/claim.yaml": f"{_CLAIM}5Gi}}}}}}\n",
        "feeds/app.yaml": f"{_APP}        - {{name: books, persistentVolumeClaim: {{claimName: library}}}}\n",
    }


def test_a_volume_that_another_kustomization_deploys_is_found_by_what_mounts_it(changed: Changed) -> None:
    lines = changed(_elsewhere(), SetStorage(name="feeds", volume="library", size="20Gi"))

    assert lines[0] == "library/claim.yaml"
    assert lines[2].endswith("storage: 20Gi}}}")


def test_one_of_two_volumes_is_asked_for_wherever_they_are_deployed(edit: Edited) -> None:
    with pytest.raises(InputInvalid, match="has several volumes: data, library"):
        edit(_elsewhere(), SetStorage(name="feeds", size="20Gi"))


def test_a_volume_from_elsewhere_whose_size_is_filled_in_is_left_alone(edit: Edited) -> None:
    with pytest.raises(InputInvalid, match="has no volume called 'library'"):
        edit(_elsewhere("${SIZE}"), SetStorage(name="feeds", volume="library", size="20Gi"))


def test_a_claim_of_a_volume_that_is_made_by_hand_does_not_grow(changed: Changed) -> None:
    bound = _CLAIM.replace("spec: {", "spec: {volumeName: share, ") + "5Gi}}}\n"
    share = "---\napiVersion: v1\nkind: PersistentVolume\nmetadata: {name: share}\n"
    with pytest.raises(EditRefused, match="data is bound to the volume share"):
        changed({"app.yaml": _APP, "claim.yaml": bound + share}, SetStorage(name="feeds", size="8Gi"))
    assert changed({"app.yaml": _APP, "claim.yaml": bound}, SetStorage(name="feeds", size="8Gi"))[0] == "claim.yaml"
