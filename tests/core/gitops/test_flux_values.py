"""Values of charts in homes with Flux: what is meant by the name of a release, and what is said of a file."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.gitops import Edit, Index
from assistant_core.models.change import ChangePlan
from assistant_core.models.plan import SetEnv, SetReplicas, SetResources, SetStorage
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
