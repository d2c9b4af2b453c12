"""Values of charts in homes with Flux: what is meant by the name of a release, and what is said of a file."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.gitops import Edit, Index
from assistant_core.models.change import ChangePlan
from assistant_core.models.plan import SetEnv, SetReplicas, SetResources, SetStorage, Suspend
from assistant_core.speech import Speech

type Edited = Callable[[Mapping[str, str], ChangePlan], Edit]
type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]

_RELEASE = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: films, namespace: media}
spec:
  chart: {spec: {chart: films, version: 8.2.0, sourceRef: {kind: HelmRepository, name: charts}}}
  values:
"""


def _alone(values: str) -> dict[str, str]:
    return {"apps/films.yaml": _RELEASE + values}


@pytest.mark.parametrize(
    ("plan", "line"),
    [
        (SetResources(name="films", memory_limit="2Gi"), "+      resources: {limits: {memory: 2Gi}}"),
        (SetStorage(name="films", size="10Gi"), "+      persistence: {size: 10Gi}"),
    ],
)
def test_what_a_chart_calls_main_is_meant_by_the_name_of_the_release(
    changed: Changed, plan: ChangePlan, line: str
) -> None:
    main = "      resources: {limits: {memory: 1Gi}}\n      persistence: {size: 5Gi}\n"
    assert changed(_alone(f"    nodeSelector: {{a: b}}\n    main:\n{main}"), plan)[-1] == line


def test_a_section_called_as_its_release_is_no_other_workload(changed: Changed) -> None:
    files = _alone("    films:\n      persistence: {size: 2Gi}\n    ingress: {enabled: false}\n")
    assert changed(files, SetStorage(name="films", size="5Gi"))[1:] == [
        "-      persistence: {size: 2Gi}",
        "+      persistence: {size: 5Gi}",
    ]


def test_a_file_that_says_it_is_generated_is_told_of(edit: Edited) -> None:
    files = _alone("    replicas: 1\n")
    files["apps/films.yaml"] = f"---\n# Made by a tool. DO NOT EDIT.\n{files['apps/films.yaml']}"
    (note,) = edit(files, SetReplicas(name="films", replicas=2)).notes
    assert "generated" in str(note)


def test_a_variable_may_have_several_underscores_in_a_row(index: Callable[..., Index]) -> None:
    speech = Speech.load("en", prepared=False)
    found = index(_alone("    env: {TZ: UTC}\n"))
    plan = plan_by_sentences("set FILMS__LOG__LEVEL to debug on films", found, [speech])
    assert plan == SetEnv(name="films", variable="FILMS__LOG__LEVEL", value="debug")


_KUSTOMIZATION = """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: NAME, namespace: media}
spec:
  path: ./apps/films/NAME
  targetNamespace: media
  postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}
"""
_OPERATED = {
    "apps/films/ks.yaml": _KUSTOMIZATION.replace("NAME", "store") + "---\n" + _KUSTOMIZATION.replace("NAME", "cache"),
    "apps/films/store/store.yaml": """apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: films-pg}
spec: {instances: '${INSTANCES:=2}', storage: {size: 1Gi}}
""",
    "apps/films/cache/release.yaml": _RELEASE.replace("name: films,", "name: cache-operator,")
    + "    resources: {limits: {memory: 128Mi}}\n",
    "apps/films/cache/cache.yaml": """apiVersion: dragonflydb.io/v1alpha1
kind: Dragonfly
metadata: {name: cache, namespace: media}
spec: {replicas: 3, resources: {limits: {memory: 512Mi}}}
""",
    "apps/films/app/release.yaml": _RELEASE + "    server: {replicas: 1}\n    worker: {replicas: 1}\n",
    "apps/films/app.yaml": _KUSTOMIZATION.replace("NAME", "app"),
}


def test_what_an_operator_runs_is_meant_by_its_own_name_and_not_the_operator(changed: Changed) -> None:
    assert changed(_OPERATED, SetResources(name="cache", memory_limit="1Gi")) == [
        "apps/films/cache/cache.yaml",
        "-spec: {replicas: 3, resources: {limits: {memory: 512Mi}}}",
        "+spec: {replicas: 3, resources: {limits: {memory: 1Gi}}}",
    ]


def test_the_kustomization_of_what_an_operator_runs_may_rest(changed: Changed) -> None:
    assert changed(_OPERATED, Suspend(name="store")) == ["apps/films/ks.yaml", "+  suspend: true"]


def test_a_number_that_an_object_of_the_cluster_may_fill_in_is_not_told(edit: Edited) -> None:
    assert edit(_OPERATED, SetReplicas(name="films-pg", replicas=3)).target.before == ""


def test_the_volume_of_a_part_is_meant_where_the_app_has_none_of_that_name(index: Callable[..., Index]) -> None:
    found = index(_OPERATED)
    plan = plan_by_sentences("make the films database volume 2Gi", found, [Speech.load("en", prepared=False)])
    assert plan == SetStorage(name="films-pg", namespace="media", size="2Gi")
