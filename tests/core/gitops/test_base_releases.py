"""HelmReleases of a base that overlays rename and fill: what they are called, and where their values stand."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import EditRefused, InputInvalid
from assistant_core.gitops import Edit, Index
from assistant_core.models.change import ChangePlan
from assistant_core.models.plan import (
    AddApp,
    RemoveApp,
    SetChartVersion,
    SetImage,
    SetReplicas,
    SetResources,
    SetStorage,
    Suspend,
)
from assistant_core.speech import Speech

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Edited = Callable[[Mapping[str, str], ChangePlan], Edit]

_FLUX = """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: NAME, namespace: flux-system}
spec: {path: ./PATH, sourceRef: {kind: GitRepository, name: flux-system}}
"""
_RELEASE = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: base-films, namespace: flux-system}
spec:
  releaseName: base-films
  chart: {spec: {chart: films, version: '>=0.1.0-0'}}
  values: {controller: {replicaCount: 1, resources: {limits: {memory: 1Gi}}}}
"""
_OVERLAY = """resources: [../../base/films, certificate.yaml]
patches:
- {path: release.yaml, target: {kind: HelmRelease}}
configMapGenerator:
- {name: films-values, namespace: flux-system, files: [values.yaml=values.yaml]}
"""
_PATCH = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: base-films, namespace: flux-system}
spec:
  releaseName: films
  targetNamespace: media
  valuesFrom: [{kind: ConfigMap, name: films-values}]
"""
_REDIS = """apiVersion: apps/v1
kind: Deployment
metadata: {name: cache}
spec:
  selector: {matchLabels: {app: cache}}
  template: {metadata: {labels: {app: cache}}, spec: {containers: [{name: cache, image: 'acme/cache:7.2'}]}}
"""
FILES = {
    "clusters/nas/apps.yaml": _FLUX.replace("NAME", "apps").replace("PATH", "apps/nas"),
    "clusters/pi/apps.yaml": _FLUX.replace("NAME", "pi").replace("PATH", "apps/pi"),
    "apps/base/films/kustomization.yaml": "resources: [release.yaml]\n",
    "apps/base/films/release.yaml": _RELEASE,
    "apps/base/cache/kustomization.yaml": "resources: [cache.yaml]\n",
    "apps/base/cache/cache.yaml": _REDIS,
    "apps/nas/kustomization.yaml": "resources:\n- films\n- cache\n",
    "apps/nas/films/kustomization.yaml": _OVERLAY,
    "apps/nas/films/release.yaml": _PATCH,
    "apps/nas/films/values.yaml": "image:\n  repository: acme/films\n  tag: 1.5.2\nvolume:\n  size: 1Gi\n",
    "apps/nas/films/certificate.yaml": "apiVersion: c.io/v1\nkind: Certificate\nmetadata: {name: films-tls}\n",
    "apps/nas/films/.env": "TZ=UTC\n",
    "apps/nas/cache/kustomization.yaml": "namespace: nas\nresources:\n- ../../base/cache\n",
    "apps/pi/kustomization.yaml": "resources:\n- cache\n",
    "apps/pi/cache/kustomization.yaml": "namespace: pi\nresources:\n- ../../base/cache\n",
}
_OPERATIONS = """resources: [../base/films]
patches:
- target: {kind: HelmRelease, name: base-films}
  patch: |-
    - op: replace
      path: /spec/targetNamespace
      value: media
    - op: add
      path: /spec/values/controller/resources
      value:
        requests:
          memory: 128Mi
"""


def test_a_release_is_what_the_patches_of_its_overlay_make_of_it(index: Callable[..., Index]) -> None:
    assert "media/films" in {each.label for each in index(FILES).workloads}


@pytest.mark.parametrize(
    ("plan", "now", "then"),
    [
        (SetImage(name="films", tag="1.5.3"), "  tag: 1.5.2", "  tag: 1.5.3"),
        (SetStorage(name="films", size="2Gi", volume="volume"), "  size: 1Gi", "  size: 2Gi"),
    ],
)
def test_the_values_that_a_patch_names_are_changed(plan: ChangePlan, now: str, then: str, changed: Changed) -> None:
    assert changed(FILES, plan) == ["apps/nas/films/values.yaml", f"-{now}", f"+{then}"]


def test_an_only_volume_without_a_name_is_told_by_its_place(changed: Changed) -> None:
    with pytest.raises(InputInvalid, match=r"has no volume called 'cache'; it has volume\.size\."):
        changed(FILES, SetStorage(name="films", size="2Gi", volume="cache"))


def test_a_version_for_a_chart_that_has_a_range_is_asked_about(index: Callable[..., Index]) -> None:
    files = FILES | {
        "apps/nas/films/values.yaml": "volume: {size: 1Gi}\n",
        "apps/base/films/release.yaml": _RELEASE.partition("  values:")[0],
    }
    for version in ("1.5.3", "20.1"):
        with pytest.raises(InputInvalid, match="Say whether the chart or the image"):
            plan_by_sentences(f"update films to {version}", index(files), [Speech.load("en")])


def test_what_an_operation_sets_whole_hides_what_the_release_says(changed: Changed) -> None:
    files = FILES | {"apps/nas/kustomization.yaml": _OPERATIONS}
    assert changed(files, SetResources(name="controller", memory_limit="2Gi")) == [
        "apps/nas/kustomization.yaml",
        "+        limits:",
        "+          memory: 2Gi",
    ]


def test_the_folder_of_a_group_of_apps_names_none_of_them(index: Callable[..., Index]) -> None:
    files = FILES | {"apps/nas/kustomization.yaml": _OPERATIONS}
    plan = plan_by_sentences("suspend pi", index(files), [Speech.load("en")])
    assert plan == Suspend(name="pi")
    assert not [each for each in index(files).workloads if "nas" in each.aliases]


def test_an_overlay_of_one_app_is_preferred_to_the_one_around_it(changed: Changed) -> None:
    assert (
        changed(FILES, SetReplicas(name="cache", namespace="pi", replicas=3))[0] == "apps/pi/cache/kustomization.yaml"
    )
    assert changed(FILES, SetImage(name="cache", namespace="pi", tag="7.4"))[0] == "apps/pi/cache/kustomization.yaml"


def test_an_app_goes_with_the_folder_of_its_overlay(edit: Edited) -> None:
    gone = {each.path: each.after for each in edit(FILES, RemoveApp(name="films")).files}
    assert gone.pop("apps/nas/kustomization.yaml") == b"resources:\n- cache\n"
    assert gone == dict.fromkeys(path for path in FILES if "/films/" in path and not path.endswith(".env"))


def test_an_app_goes_with_its_folders_where_flux_finds_them(edit: Edited) -> None:
    files = {path: text for path, text in FILES.items() if path != "apps/nas/kustomization.yaml"}
    policy = "apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImagePolicy\nmetadata: {name: film-tags}\n"
    base = "resources: [release.yaml, policy.yaml]\n"
    files |= {"apps/base/films/kustomization.yaml": base, "apps/base/films/policy.yaml": policy}
    gone = {each.path: each.after for each in edit(files, RemoveApp(name="films")).files}

    assert gone == dict.fromkeys(path for path in files if "/films/" in path and not path.endswith(".env"))


def test_a_namespace_that_others_live_in_keeps_the_folder(edit: Edited) -> None:
    files = FILES | {
        "apps/nas/films/certificate.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: nas}\n",
    }
    gone = {each.path: each.after for each in edit(files, RemoveApp(name="films")).files}
    assert "apps/nas/films/certificate.yaml" not in gone


def test_a_new_app_goes_where_most_apps_are(edit: Edited) -> None:
    infrastructure = {
        "clusters/nas/net.yaml": _FLUX.replace("NAME", "net").replace("PATH", "net/dns"),
        "net/dns/kustomization.yaml": "resources: [dns.yaml]\n",
        "net/dns/dns.yaml": _REDIS.replace("cache", "dns"),
    }
    plan = AddApp(name="queue", template="redis", namespace="nas")
    assert sorted(each.path for each in edit(FILES | infrastructure, plan).files) == [
        "apps/nas/kustomization.yaml",
        "apps/nas/queue/kustomization.yaml",
        "apps/nas/queue/queue.yaml",
    ]


_TWO = {
    "clusters/a.yaml": _FLUX.replace("NAME", "a").replace("PATH", "apps/a"),
    "clusters/b.yaml": _FLUX.replace("NAME", "b").replace("PATH", "apps/b"),
    "apps/base/kustomization.yaml": "resources: [release.yaml]\n",
    "apps/base/release.yaml": _RELEASE.replace("'>=0.1.0-0'", "1.0.0"),
    "apps/a/kustomization.yaml": "resources: [../base]\n",
    "apps/b/kustomization.yaml": "resources: [../base]\npatches:\n- path: films.yaml\n",
    "apps/b/films.yaml": _PATCH.replace("releaseName: films", "suspend: false"),
}


@pytest.mark.parametrize(
    ("place", "path", "line"),
    [
        ("a", "apps/a/kustomization.yaml", "+            version: 1.1.0"),
        ("b", "apps/b/films.yaml", "+      version: 1.1.0"),
    ],
)
def test_a_chart_version_is_set_for_one_overlay_alone(place: str, path: str, line: str, changed: Changed) -> None:
    lines = changed(_TWO, SetChartVersion(name="base-films", namespace=place, version="1.1.0"))
    assert lines[0] == path
    assert lines[-1] == line
    assert sum(each.endswith(".yaml") for each in lines) == 1


def test_a_chart_version_that_two_clusters_read_is_left_alone(changed: Changed) -> None:
    files = {path: text for path, text in _TWO.items() if path.startswith("apps/base/")}
    for name in ("one", "two"):
        cluster = _FLUX.replace("NAME", name).replace("PATH", "apps/base")
        files[f"clusters/{name}.yaml"] = cluster.replace("spec: {", f"spec: {{targetNamespace: {name}, ")
    with pytest.raises(EditRefused, match="which two/base-films would follow too"):
        changed(files, SetChartVersion(name="base-films", namespace="one", version="1.1.0"))


def test_overlays_that_rename_a_release_are_environments_of_it(index: Callable[..., Index]) -> None:
    files = {path: text.replace("  releaseName: base-films\n", "") for path, text in _TWO.items()}
    files["apps/a/kustomization.yaml"] = "nameSuffix: -first\nresources: [../base]\n"
    assert index(files).environments() == ["a", "b"]


def test_a_refusal_names_the_file_that_has_the_version(edit: Edited) -> None:
    flux = _FLUX.replace("PATH", "apps").replace("spec: {", "spec: {targetNamespace: NAME, ")
    files = {
        "clusters/one.yaml": flux.replace("NAME", "one"),
        "clusters/two.yaml": flux.replace("NAME", "two"),
        "apps/kustomization.yaml": "resources: [films.yaml]\n",
        "apps/films.yaml": _RELEASE.replace(", namespace: flux-system", ""),
    }
    with pytest.raises(EditRefused, match=r"stands in apps/films\.yaml, which two/base-films would follow too"):
        edit(files, SetChartVersion(name="base-films", namespace="one", version="0.2.0"))
