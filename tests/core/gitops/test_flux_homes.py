"""Homes with Flux: charts of the old library, values that Flux fills in, and folders that it looks through itself."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import AmbiguousWorkload, EditRefused, InputInvalid
from assistant_core.gitops import Edit, Index
from assistant_core.models.change import ChangePlan
from assistant_core.models.plan import AddApp, RemoveApp, SetReplicas, SetResources, SetStorage, Suspend
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
