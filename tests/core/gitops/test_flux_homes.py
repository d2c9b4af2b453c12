"""Homes with Flux: charts of the old library, values that Flux fills in, and folders that it looks through itself."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import AmbiguousWorkload, EditRefused, InputInvalid
from assistant_core.gitops import Edit, Index
from assistant_core.models.change import ChangePlan
from assistant_core.models.plan import (
    AddApp,
    RemoveApp,
    Resume,
    SetChartVersion,
    SetImage,
    SetReplicas,
    SetResources,
    SetStorage,
    Suspend,
)
from assistant_core.speech import Speech

type Edited = Callable[[Mapping[str, str], ChangePlan], Edit]
type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]

_FLUX = """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: NAME, namespace: flux-system}
spec: {path: ./PATH, sourceRef: {kind: GitRepository, name: flux-system}}
"""
_RELEASE = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: NAME, namespace: SPACE}
spec:
  chart: {spec: {chart: CHART, version: 8.2.0, sourceRef: {kind: HelmRepository, name: charts}}}
  values:
"""
_BACKUP = """    controllers:
      backup:
        type: cronjob
        cronjob: {schedule: '@daily'}
        containers:
          backup:
            image: {repository: acme/backup, tag: 0.19.1}
            resources: {limits: {memory: 1Gi}}
"""


def _release(values: str, chart: str = "films", name: str = "films", space: str = "media") -> str:
    return _RELEASE.replace("NAME", name).replace("SPACE", space).replace("CHART", chart) + values


def _alone(values: str) -> dict[str, str]:
    """A release that one Flux Kustomization deploys."""
    settings = "spec:\n  postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}\n  path: ./apps\n"
    root = _FLUX.replace("NAME", "apps").partition("spec:")[0] + settings
    return {"cluster/apps.yaml": root, "apps/films.yaml": _release(values)}


_TWO_HOMES = {
    "cluster/apps.yaml": _FLUX.replace("NAME", "apps").replace("PATH", "apps"),
    **{
        path: text
        for space in ("films", "books")
        for path, text in {
            f"apps/{space}/app/release.yaml": _release("    replicaCount: 1\n", space, space, space),
            f"apps/{space}/backup/release.yaml": _release(_BACKUP, "app-template", "backup", space),
        }.items()
    },
}


def test_a_chart_with_a_service_called_main_takes_the_replicas_of_its_controller(changed: Changed) -> None:
    values = "    service: {main: {ports: {http: {port: 80}}}}\n    addons: {vpn: {replicas: 1, image: {tag: v1}}}\n"
    assert changed(_alone(values), SetReplicas(name="films", replicas=0)) == [
        "apps/films.yaml",
        "+    controller:",
        "+      replicas: 0",
    ]
    said = _alone(values + "    controller: {replicas: 1, type: statefulset}\n")
    assert changed(said, SetReplicas(name="films", replicas=2)) == [
        "apps/films.yaml",
        "-    controller: {replicas: 1, type: statefulset}",
        "+    controller: {replicas: 2, type: statefulset}",
    ]


def test_replicas_that_flux_fills_in_give_way_to_a_number_where_they_stand(changed: Changed) -> None:
    files = _alone("    replicas: ${FILMS}\n    resources: {limits: {memory: 1Gi}}\n")
    assert changed(files, SetReplicas(name="films", replicas=3)) == [
        "apps/films.yaml",
        "-    replicas: ${FILMS}",
        "+    replicas: 3",
    ]


def test_a_volume_that_the_values_switch_off_gets_no_size(changed: Changed) -> None:
    off = _alone("    persistence:\n      enabled: false\n      size: 1Gi\n")
    with pytest.raises(EditRefused, match=r"switched off by persistence\.enabled"):
        changed(off, SetStorage(name="films", size="2Gi"))


def test_a_new_app_asks_for_its_namespace_where_the_apps_beside_it_have_their_own(edit: Edited) -> None:
    files = {
        "cluster/apps.yaml": _FLUX.replace("NAME", "apps").replace("PATH", "apps"),
        "apps/kustomization.yaml": "resources: [media, tools]\n",
        "apps/media/kustomization.yaml": "resources:\n- films\n- books\n",
        "apps/tools/kustomization.yaml": "resources:\n- notes\n- tasks\n",
    }
    for space, name in (("media", "films"), ("media", "books"), ("tools", "notes"), ("tools", "tasks")):
        files[f"apps/{space}/{name}/kustomization.yaml"] = "resources: [release.yaml]\n"
        files[f"apps/{space}/{name}/release.yaml"] = _release("    replicaCount: 1\n", name, name, space)

    with pytest.raises(InputInvalid, match="Say in which namespace queue shall run; there is media, tools"):
        edit(files, AddApp(name="queue", template="redis"))
    made = [each.path for each in edit(files, AddApp(name="queue", template="redis", namespace="tools")).files]
    assert sorted(made) == [
        "apps/tools/kustomization.yaml",
        "apps/tools/queue/kustomization.yaml",
        "apps/tools/queue/queue.yaml",
    ]


def test_nothing_stays_that_flux_would_take_once_the_kustomization_around_it_is_gone(edit: Edited) -> None:
    folder = "apps/films/app"
    files = _TWO_HOMES | {
        "cluster/apps.yaml": _FLUX.replace("NAME", "films").replace("PATH", "apps/films"),
        f"{folder}/kustomization.yaml": "resources: [release.yaml]\nconfigurations: [names.yaml]\n",
        f"{folder}/names.yaml": "nameReference: [{kind: ConfigMap, fieldSpecs: [{path: spec/x, kind: HelmRelease}]}]\n",
        f"{folder}/policy.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: left-out}\n",
    }
    gone = {each.path: each.after for each in edit(files, RemoveApp(name="films")).files}
    assert gone == dict.fromkeys(path for path in files if path.startswith(f"{folder}/"))


def test_jobs_of_one_name_are_asked_for_with_their_namespaces(edit: Edited) -> None:
    with pytest.raises(AmbiguousWorkload) as raised:
        edit(_TWO_HOMES, Suspend(name="backup"))
    assert raised.value.candidates == ("books/backup", "films/backup")


@pytest.mark.parametrize(
    "words",
    [
        "give backup in films 2Gi of memory",
        "give the backup in the films namespace 2Gi of memory",
        "give the films backup 2Gi of memory",
    ],
)
def test_a_namespace_may_be_called_as_its_app_is(index: Callable[..., Index], words: str) -> None:
    speech = Speech.load("en", prepared=False)
    plan = plan_by_sentences(words, index(_TWO_HOMES), [speech])
    assert isinstance(plan, SetResources)
    named = index(_TWO_HOMES).find(plan.name, plan.namespace, plan.kind)
    assert (named.label, plan.memory_limit) == ("films/backup", "2Gi")


_CLUSTERS = {
    **{f"cluster/{each}.yaml": _FLUX.replace("NAME", each).replace("PATH", each) for each in ("prod", "dev")},
    **{f"{each}/kustomization.yaml": "resources: [../base]\n" for each in ("prod", "dev")},
    "base/kustomization.yaml": "resources: [films.yaml, store.yaml]\n",
    "base/films.yaml": _release("    replicaCount: 1\n"),
    "base/store.yaml": _release("    volume: {size: 1Gi}\n    image: {tag: 16.1.0}\n", name="store"),
}


@pytest.mark.parametrize(
    ("plan", "line"),
    [
        (SetChartVersion(name="store", namespace="prod", version="8.3.0"), "version: 8.3.0"),
        (SetStorage(name="store", namespace="prod", size="2Gi"), "size: 2Gi"),
        (SetImage(name="store", namespace="prod", tag="16.4.0"), "tag: 16.4.0"),
    ],
)
def test_a_new_patch_is_for_the_release_that_is_meant(changed: Changed, plan: ChangePlan, line: str) -> None:
    path, *lines = (each.lstrip("+ ") for each in changed(_CLUSTERS, plan))
    assert path == "prod/kustomization.yaml"
    assert line in lines
    assert [each for each in lines if each.startswith("name:")] == ["name: store"]


def test_a_chart_of_the_old_library_is_none_that_is_known_by_the_same_name(changed: Changed) -> None:
    values = "    ingress: {main: {enabled: true}}\n    persistence:\n      config: {enabled: true, size: 5Gi}\n"
    files = {"apps/home.yaml": _release(values, "home-assistant"), "cluster/apps.yaml": _alone("")["cluster/apps.yaml"]}
    assert changed(files, SetStorage(name="films", volume="config", size="10Gi"))[1:] == [
        "-      config: {enabled: true, size: 5Gi}",
        "+      config: {enabled: true, size: 10Gi}",
    ]
    assert changed(files, SetReplicas(name="films", replicas=0))[1:] == ["+    controller:", "+      replicas: 0"]


def test_what_sleeps_is_woken_where_only_a_kustomization_has_the_name(changed: Changed) -> None:
    files = _alone("    replicaCount: 1\n")
    files["cluster/apps.yaml"] = files["cluster/apps.yaml"].replace("spec:\n", "spec:\n  suspend: true\n")
    assert changed(files, Resume(name="apps"))[1:] == ["-  suspend: true", "+  suspend: false"]


def test_a_secret_that_sets_one_value_sets_no_other(edit: Edited) -> None:
    files = _alone("    image: {tag: v1}\n")
    secret = "  valuesFrom: [{kind: Secret, name: keys, valuesKey: key, targetPath: films.key}]\n"
    files["apps/films.yaml"] = files["apps/films.yaml"].replace("  values:\n", f"{secret}  values:\n")
    found = edit(files, SetResources(name="films", memory_limit="1Gi"))
    assert not [each for each in found.notes if "keys" in str(each)]


def test_nothing_waits_for_a_release_that_goes(edit: Edited) -> None:
    wait = "  dependsOn: [{name: films}]\n"
    waits = _release("    replicaCount: 1\n", name="notes").replace("spec:\n", f"spec:\n{wait}", 1)
    files = _alone("    replicaCount: 1\n") | {"apps/notes.yaml": waits}
    gone = {each.path: each.after for each in edit(files, RemoveApp(name="films")).files}
    assert gone == {
        "apps/films.yaml": None,
        "apps/notes.yaml": waits.replace(wait, "").encode(),
    }

    together = _alone("") | {"apps/films.yaml": f"{files['apps/films.yaml']}---\n{waits}"}
    (file,) = edit(together, RemoveApp(name="films")).files
    assert b"films" not in (file.after or b"films").replace(b"chart: films", b"")


_SETTINGS = "  postBuild: {substitute: {APP: NAME, TAG: 4.0.1}}\n  components: [../../components/store]\n"
_STORE = """apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: '${APP}-db'}
spec: {instances: 3, storage: {size: 1Gi}}
"""


def _listed(name: str, path: str) -> dict[str, str]:
    """An app whose folder names the Kustomization that deploys it, which is filled in there."""
    settings = _FLUX.replace("spec: {path", "spec:\n  path").replace("PATH, s", "PATH\n  s").replace("}}\n", "}\n")
    return {
        f"apps/{name}/kustomization.yaml": "resources: [ks.yaml]\n",
        f"apps/{name}/ks.yaml": (settings + _SETTINGS).replace("NAME", name).replace("PATH", path),
    }


_HOME = {
    "cluster/config/home.yaml": _FLUX.replace("NAME", "home").replace("PATH", "cluster/home"),
    "cluster/home/kustomization.yaml": "resources:\n- ../../apps/films\n- ../../apps/books\n# - ../../apps/notes\n",
    "components/store/kustomization.yaml": "kind: Component\nresources: [store.yaml]\n",
    "components/store/store.yaml": _STORE,
    "apps/shared/kustomization.yaml": "resources: [release.yaml, chart.yaml]\n",
    "apps/shared/release.yaml": _release("    image: {repository: acme/app, tag: '${TAG}'}\n", name="'${APP}'").replace(
        "  chart: {spec: {chart: films, version: 8.2.0, sourceRef: {kind: HelmRepository, name: charts}}}\n",
        "  chartRef: {kind: OCIRepository, name: '${APP}'}\n",
    ),
    "apps/shared/chart.yaml": """apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: '${APP}', namespace: media}
spec: {url: 'oci://charts.example.com/app', ref: {tag: 1.0.0}}
""",
    **_listed("films", "apps/shared"),
    **_listed("books", "apps/shared"),
    **_listed("notes", "apps/notes/app"),
    "apps/notes/app/release.yaml": _release("    image: {tag: 1.0.0}\n", name="notes"),
}


def test_a_kustomization_that_only_its_own_folder_names_is_put_away(index: Callable[..., Index]) -> None:
    found = index(_HOME)
    assert {each.label for each in found.workloads if each.release} == {"media/books", "media/films"}
    (why,) = (each.reason for each in found.unread if each.path == "apps/notes/ks.yaml")
    assert why.startswith("is not deployed")


def test_an_update_is_for_the_tag_of_its_own_not_for_the_chart_of_all(index: Callable[..., Index]) -> None:
    plan = plan_by_sentences("update films to 4.0.2", index(_HOME), [Speech.load("en", prepared=False)])
    assert plan == SetImage(name="films", tag="4.0.2")


def test_a_tag_of_its_own_is_changed_though_the_rest_is_shared(changed: Changed) -> None:
    assert changed(_HOME, SetImage(name="films", tag="4.0.2")) == [
        "apps/films/ks.yaml",
        "-  postBuild: {substitute: {APP: films, TAG: 4.0.1}}",
        "+  postBuild: {substitute: {APP: films, TAG: 4.0.2}}",
    ]


def test_the_source_of_a_chart_may_have_a_name_that_is_filled_in(edit: Edited) -> None:
    with pytest.raises(EditRefused, match=r"stands in apps/shared/chart\.yaml, which media/books would follow"):
        edit(_HOME, SetChartVersion(name="films", version="1.1.0"))


def test_an_app_of_several_parts_goes_with_what_deploys_it_and_its_database(edit: Edited) -> None:
    files = {path: text for path, text in _HOME.items() if "books" not in path}
    files["cluster/home/kustomization.yaml"] = "resources:\n- ../../apps/films\n- ../../apps/notes\n"
    parts = "    server: {replicas: 2, image: {tag: v1}}\n    worker: {replicas: 2, image: {tag: v1}}\n"
    files["apps/shared/release.yaml"] = _release(parts, name="films")
    gone = {each.path for each in edit(files, RemoveApp(name="films")).files if each.after is None}
    assert gone >= {"apps/films/ks.yaml", "apps/shared/release.yaml", "apps/shared/chart.yaml"}
