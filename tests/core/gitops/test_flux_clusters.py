"""Two clusters of Flux that share bases, components and the names of their charts."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import AmbiguousWorkload, EditRefused
from assistant_core.gitops import Edit, Index
from assistant_core.models.plan import (
    AddApp,
    ChangePlan,
    RemoveApp,
    SetChartVersion,
    SetEnv,
    SetReplicas,
    SetResources,
    SetStorage,
    SetValue,
)

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Edited = Callable[[Mapping[str, str], ChangePlan], Edit]
type Indexed = Callable[[Mapping[str, str]], Index]

_ROOT = """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec: {path: ./k8s/apps/CLUSTER, sourceRef: {kind: GitRepository, name: flux-system}}
"""
_LISTING = """namespace: NAMESPACE
replacements:
  - path: ../../replace.yaml
resources: [films.yaml]
"""
_FILMS = """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: &app films}
spec:
  path: ./k8s/base/films
  components: [../../parts/volume, ../../parts/scaler]
  postBuild:
    substitute:
      APP: *app
  sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}
"""
_TOOL = """apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: tool, namespace: flux-system}
spec:
  url: oci://example.org/charts/tool
  ref:
    tag: 1.2.0
"""
_TOOL_RELEASE = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: tool, namespace: flux-system}
spec:
  chartRef: {kind: OCIRepository, name: tool}
"""
FILES = {
    "k8s/clusters/main/apps.yaml": _ROOT.replace("CLUSTER", "main"),
    "k8s/clusters/spare/apps.yaml": _ROOT.replace("CLUSTER", "spare"),
    "k8s/apps/replace.yaml": """- source:
    kind: Namespace
    fieldPath: metadata.name
  targets:
    - select: {group: kustomize.toolkit.fluxcd.io, kind: Kustomization}
      fieldPaths: [spec.targetNamespace]
      options: {create: true}
""",
    "k8s/apps/main/media/kustomization.yaml": _LISTING.replace("NAMESPACE", "media"),
    "k8s/apps/main/media/films.yaml": _FILMS,
    "k8s/apps/main/tool/chart.yaml": _TOOL,
    "k8s/apps/main/tool/release.yaml": _TOOL_RELEASE,
    "k8s/apps/spare/attic/kustomization.yaml": _LISTING.replace("NAMESPACE", "cellar"),
    "k8s/apps/spare/attic/films.yaml": _FILMS,
    "k8s/apps/spare/tool/chart.yaml": _TOOL,
    "k8s/apps/spare/tool/release.yaml": _TOOL_RELEASE,
    "k8s/parts/volume/kustomization.yaml": "kind: Component\nresources: [claim.yaml]\n",
    "k8s/parts/volume/claim.yaml": """apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: "${APP}"}
spec:
  resources:
    requests:
      storage: ${CAPACITY:=5Gi}
""",
    "k8s/parts/scaler/kustomization.yaml": "kind: Component\nresources: [scaler.yaml]\n",
    "k8s/parts/scaler/scaler.yaml": """apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: "${APP}-nfs"}
spec:
  scaleTargetRef: {name: "${APP}"}
""",
    "k8s/base/films/release.yaml": """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: films}
spec:
  chart: {spec: {chart: app-template, version: 4.0.0}}
  values:
    controllers:
      films:
        containers:
          app:
            image: {repository: example.org/films, tag: "1"}
            resources: {limits: {memory: 1Gi}}
    persistence: {data: {existingClaim: films}}
""",
}


def test_a_replacement_gives_what_a_kustomization_deploys_the_namespace_of_its_folder(index: Indexed) -> None:
    labels = sorted(each.label for each in index(FILES).workloads if each.name == "films")

    assert labels == ["cellar/films", "media/films"]


def test_a_replacement_in_the_kustomization_itself_that_leaves_some_out_is_followed(index: Indexed) -> None:
    own = """namespace: media
replacements:
  - source: {kind: Namespace}
    targets:
      - select: {kind: Kustomization}
        reject: [{name: films}]
        fieldPaths: [spec.targetNamespace]
resources: [films.yaml]
"""

    assert index(FILES | {"k8s/apps/main/media/kustomization.yaml": own}).find("films", "main").namespace == ""


def test_a_scaler_whose_name_and_target_are_variables_owns_the_replicas(edit: Edited) -> None:
    with pytest.raises(EditRefused, match="set by the KEDA ScaledObject films-nfs "):
        edit(FILES, SetReplicas(name="films", namespace="media", replicas=2))


def test_the_variable_of_one_cluster_says_the_size_of_its_volume(changed: Changed) -> None:
    lines = changed(FILES, SetStorage(name="films", namespace="spare", size="9Gi"))

    assert lines == ["k8s/apps/spare/attic/films.yaml", "+      CAPACITY: 9Gi"]


def test_a_variable_that_flux_fills_in_is_set_there_and_not_in_a_container(changed: Changed) -> None:
    files = FILES | {"k8s/apps/main/media/films.yaml": _FILMS.replace("APP: *app", "APP: *app\n      CAPACITY: 7Gi")}

    lines = changed(files, SetEnv(name="films", namespace="media", variable="CAPACITY", value="9Gi"))

    assert lines == ["k8s/apps/main/media/films.yaml", "-      CAPACITY: 7Gi", "+      CAPACITY: 9Gi"]


def test_a_variable_that_flux_fills_in_is_not_taken_away(edit: Edited) -> None:
    with pytest.raises(EditRefused, match="APP of media/films stands in"):
        edit(FILES, SetEnv(name="films", namespace="media", variable="APP", value=None))


def test_a_component_is_no_overlay_for_a_patch_that_is_meant_for_one_cluster(edit: Edited) -> None:
    with pytest.raises(EditRefused, match=r"k8s/base/films/release\.yaml, which media/films would follow too"):
        edit(FILES, SetResources(name="films", namespace="cellar", memory_limit="2Gi"))


def test_namesakes_are_told_apart_by_their_folders_never_by_a_component(edit: Edited) -> None:
    plain = {path: text.replace("  - path: ../../replace.yaml\n", "  []\n") for path, text in FILES.items()}
    plain["k8s/apps/main/media/films.yaml"] = _FILMS.replace(", ../../parts/scaler", "")

    with pytest.raises(AmbiguousWorkload) as caught:
        edit(plain, SetResources(name="films", memory_limit="2Gi"))

    assert caught.value.candidates == (
        "films (k8s/apps/main/media/films.yaml)",
        "films (k8s/apps/spare/attic/films.yaml)",
    )


_TWINS = FILES | {"k8s/apps/spare/attic/kustomization.yaml": _LISTING.replace("NAMESPACE", "media")}


def test_what_two_clusters_take_from_the_same_files_is_changed_for_both(changed: Changed) -> None:
    lines = changed(_TWINS, SetResources(name="films", memory_limit="2Gi"))

    assert lines[0] == "k8s/base/films/release.yaml"


@pytest.mark.parametrize(
    "plan",
    [
        SetResources(name="films", namespace="spare", memory_limit="2Gi"),
        SetResources(name="films", namespace="main", memory_limit="2Gi"),
        SetStorage(name="films", size="9Gi"),
        SetStorage(name="films", namespace="spare", size="9Gi"),
        SetEnv(name="films", variable="APP", value="movies"),
        RemoveApp(name="films"),
    ],
)
def test_what_is_for_one_of_two_clusters_is_never_guessed(plan: ChangePlan, edit: Edited) -> None:
    with pytest.raises(EditRefused, match=r"more than once, by k8s/apps/main/media/films\.yaml or k8s/apps/spare/"):
        edit(_TWINS, plan)


def test_each_cluster_has_its_own_chart_of_one_name(changed: Changed) -> None:
    lines = changed(FILES, SetChartVersion(name="tool", namespace="spare", version="1.3.0"))

    assert lines == ["k8s/apps/spare/tool/chart.yaml", "-    tag: 1.2.0", "+    tag: 1.3.0"]


def test_a_folder_called_like_the_release_gives_it_no_name_of_the_folder_above(index: Indexed) -> None:
    release = _TOOL_RELEASE.replace("name: tool, namespace", "name: flux-tool, namespace")
    moved = {"k8s/apps/spare/garden/flux-tool/release.yaml": release}

    assert index(FILES | moved).find("flux-tool").aliases == ("tool",)


_ARTIFACT = """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: NAME, namespace: flux-system}
spec: {path: ./PATH, sourceRef: {kind: SOURCE, name: flux-system}}
"""


def _artifact(source: str) -> dict[str, str]:
    root, films = (_ARTIFACT.replace("NAME", each).replace("SOURCE", source) for each in ("home", "films"))
    return {
        "deploy/clusters/home/ks.yaml": root.replace("PATH", "apps/films"),
        "deploy/apps/films/ks.yaml": films.replace("PATH", "apps/films/app"),
        "deploy/apps/films/kustomization.yaml": "resources: [ks.yaml]\n",
        "deploy/apps/films/app/release.yaml": FILES["k8s/base/films/release.yaml"],
    }


def test_the_artifact_of_a_folder_has_its_paths_from_there(index: Indexed, changed: Changed) -> None:
    lines = changed(_artifact("OCIRepository"), SetResources(name="films", memory_limit="2Gi"))

    assert lines[0] == "deploy/apps/films/app/release.yaml"
    assert index(_artifact("OCIRepository")).unread == ()


def test_a_path_of_the_repository_itself_is_never_looked_for_elsewhere(index: Indexed) -> None:
    assert "names a folder that is not there (apps/films)" in {
        each.reason for each in index(_artifact("GitRepository")).unread
    }


_SHARED = """apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- ../../apps/base/films/ks.yaml
# - ../../apps/base/music/ks.yaml
"""


def _of_base() -> dict[str, str]:
    """An artifact whose root names each app by its file, and one app that it leaves out."""
    kustomization = _ARTIFACT.replace("SOURCE", "OCIRepository").replace("flux-system}\nspec", "media}\nspec")
    films = kustomization.replace("NAME", "films").replace("PATH", "apps/base/films/app")
    return {
        "deploy/clusters/home/kustomization.yaml": _SHARED,
        "deploy/root.yaml": _ARTIFACT.replace("NAME", "home")
        .replace("SOURCE", "OCIRepository")
        .replace("PATH", "clusters/home"),
        "deploy/apps/base/films/ks.yaml": films,
        "deploy/apps/base/films/app/release.yaml": FILES["k8s/base/films/release.yaml"],
        "deploy/apps/base/music/ks.yaml": films.replace("films", "music"),
        "deploy/apps/base/music/app/release.yaml": FILES["k8s/base/films/release.yaml"].replace("films", "music"),
    }


def test_what_no_kustomization_names_beside_others_is_no_root_of_its_own(index: Indexed) -> None:
    found = index(_of_base())

    assert [each.name for each in found.workloads] == ["films"]
    assert {each.path: each.reason for each in found.unread}["deploy/apps/base/music/ks.yaml"] == (
        "is not deployed: what names deploy/apps/base/films/ks.yaml leaves it out"
    )


def test_clusters_side_by_side_are_roots_although_somebody_names_only_one_of_them(index: Indexed) -> None:
    files = _of_base() | {"deploy/apps/base/music/kustomization.yaml": "resources: [ks.yaml]\n"}

    assert [each.name for each in index(files).workloads] == ["films", "music"]


def test_a_new_app_is_named_where_the_others_are_and_by_the_paths_of_the_artifact(edit: Edited) -> None:
    made = {
        each.path: (each.after or b"").decode()
        for each in edit(_of_base(), AddApp(name="cache", template="redis")).files
    }

    assert "path: ./apps/base/cache/app\n" in made["deploy/apps/base/cache/ks.yaml"]
    assert "- ../../apps/base/cache/ks.yaml\n" in made["deploy/clusters/home/kustomization.yaml"]


_SET = """apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSet
metadata: {name: tools, namespace: flux-system}
spec:
  resources:
  - apiVersion: source.toolkit.fluxcd.io/v1
    kind: OCIRepository
    metadata: {name: tool, namespace: tools}
    spec: {url: oci://example.org/tool, ref: {tag: 1.2.0}}
  - apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata: {name: tool, namespace: tools}
    spec:
      chartRef: {kind: OCIRepository, name: tool}
      values:
        resources: {limits: {memory: 1Gi}}
"""
_ROOT_ALONE = {"k8s/root.yaml": _ROOT.replace("/apps/CLUSTER", "/apps")}


def test_the_objects_of_a_resource_set_are_changed_in_it(changed: Changed) -> None:
    files = _ROOT_ALONE | {"k8s/apps/set.yaml": _SET}

    assert changed(files, SetChartVersion(name="tool", version="1.3.0"))[1:] == [
        "-    spec: {url: oci://example.org/tool, ref: {tag: 1.2.0}}",
        "+    spec: {url: oci://example.org/tool, ref: {tag: 1.3.0}}",
    ]
    assert (
        changed(files, SetResources(name="tool", memory_limit="2Gi"))[2]
        == "+        resources: {limits: {memory: 2Gi}}"
    )


def test_a_resource_set_with_inputs_is_listed_as_not_followed(index: Indexed) -> None:
    files = _ROOT_ALONE | {
        "k8s/apps/set.yaml": _SET.replace("spec:\n  resources", "spec:\n  inputs: [{tag: a}]\n  resources")
    }

    assert [each.reason for each in index(files).unread] == ["fills in a ResourceSet's inputs, which I do not follow"]
    assert index(files).workloads == ()


_BACKUP = """apiVersion: volsync.backube/v1alpha1
kind: ReplicationSource
metadata: {name: films}
spec: {restic: {retain: {daily: 7}}}
"""


def test_a_path_that_no_values_have_is_looked_for_in_the_objects_of_that_name(changed: Changed) -> None:
    files = _ROOT_ALONE | {"k8s/apps/films.yaml": FILES["k8s/base/films/release.yaml"], "k8s/apps/backup.yaml": _BACKUP}

    assert changed(files, SetValue(name="films", path="spec.restic.retain.daily", value=14)) == [
        "k8s/apps/backup.yaml",
        "-spec: {restic: {retain: {daily: 7}}}",
        "+spec: {restic: {retain: {daily: 14}}}",
    ]


def test_a_path_that_several_objects_of_a_name_have_is_asked_for(edit: Edited) -> None:
    files = _ROOT_ALONE | {
        "k8s/apps/films.yaml": FILES["k8s/base/films/release.yaml"].replace("spec:\n", "spec:\n  suspend: false\n", 1),
        "k8s/apps/backup.yaml": _BACKUP.replace("spec: {", "spec: {suspend: false, "),
    }

    with pytest.raises(AmbiguousWorkload):
        edit(files, SetValue(name="films", path="spec.suspend", value=True))
