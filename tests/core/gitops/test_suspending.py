"""What is suspended where a job and what deploys it have one name."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import AmbiguousWorkload, EditRefused
from assistant_core.gitops import Index
from assistant_core.models.plan import ChangePlan, Resume, Suspend
from assistant_core.speech import Speech

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]

FILES = {
    "clusters/home/apps.yaml": """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: tools, namespace: flux-system}
spec:
  path: ./apps
""",
    "apps/tools.yaml": """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: tools, namespace: media}
spec:
  interval: 1h
  chart: {spec: {chart: app-template, version: 3.5.0, sourceRef: {kind: HelmRepository, name: bjw-s}}}
  values:
    controllers:
      tools:
        type: cronjob
        cronjob: {schedule: "@daily", suspend: false}
        containers: {app: {image: {repository: x/tools, tag: 1.0.0}}}
""",
}


def test_a_job_and_its_release_of_one_name_are_asked_about(changed: Changed) -> None:
    with pytest.raises(AmbiguousWorkload) as raised:
        changed(FILES, Suspend(name="tools"))
    assert raised.value.candidates == (
        "media/tools (CronJob)",
        "media/tools (HelmRelease)",
        "media/tools (Kustomization)",
    )


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("CronJob", [
            "apps/tools.yaml",
            '-        cronjob: {schedule: "@daily", suspend: false}',
            '+        cronjob: {schedule: "@daily", suspend: true}',
        ]),
        ("HelmRelease", ["apps/tools.yaml", "+  suspend: true"]),
    ],
)  # fmt: skip
def test_the_one_that_was_named_is_suspended(kind: str, lines: list[str], changed: Changed) -> None:
    assert changed(FILES, Suspend(name="tools", namespace="media", kind=kind)) == lines


def test_the_kustomization_is_suspended_when_it_is_named(changed: Changed) -> None:
    plan = Suspend(name="tools", kind="Kustomization")
    assert changed(FILES, plan) == ["clusters/home/apps.yaml", "+  suspend: true"]


def test_a_job_with_a_name_of_its_own_needs_no_question(changed: Changed) -> None:
    files = {
        path: text.replace("{name: tools, namespace: flux", "{name: all, namespace: flux")
        for path, text in FILES.items()
    }
    files["apps/tools.yaml"] = (
        files["apps/tools.yaml"].replace("{name: tools,", "{name: kit,").replace("      tools:", "      night:")
    )
    assert changed(files, Suspend(name="night"))[0] == "apps/tools.yaml"


@pytest.mark.parametrize(
    ("words", "kind"),
    [("suspend the tools cronjob", "CronJob"), ("suspend the helm release tools", "HelmRelease")],
)
def test_words_say_which_of_them(words: str, kind: str, index: Callable[[Mapping[str, str]], Index]) -> None:
    assert plan_by_sentences(words, index(FILES), [Speech.load("en")]) == Suspend(name="tools", kind=kind)


KUSTOMIZATION, RELEASE = FILES
ASLEEP = {
    "HelmRelease": (RELEASE, "spec:\n", "spec:\n  suspend: true\n"),
    "Kustomization": (KUSTOMIZATION, "spec:\n", "spec:\n  suspend: true\n"),
    "CronJob": (RELEASE, "suspend: false", "suspend: true"),
}


def _asleep(*kinds: str, called: str = "tools") -> dict[str, str]:
    files = FILES | {KUSTOMIZATION: FILES[KUSTOMIZATION].replace("name: tools", f"name: {called}")}
    for path, awake, asleep in (ASLEEP[each] for each in kinds):
        files[path] = files[path].replace(awake, asleep, 1)
    return files


@pytest.mark.parametrize("called", ["tools", "cluster-apps-tools"])
@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("HelmRelease", "+  suspend: false"),
        ("Kustomization", "+  suspend: false"),
        ("CronJob", '+        cronjob: {schedule: "@daily", suspend: false}'),
    ],
)
def test_the_one_that_is_suspended_is_resumed(kind: str, line: str, called: str, changed: Changed) -> None:
    path, *lines = changed(_asleep(kind, called=called), Resume(name="tools"))
    assert (path, lines[1:]) == (ASLEEP[kind][0], [line])


def test_nothing_is_asked_where_nothing_is_suspended(changed: Changed) -> None:
    assert changed(FILES, Resume(name="tools")) == []


def test_several_that_are_suspended_are_asked_about(changed: Changed) -> None:
    with pytest.raises(AmbiguousWorkload) as raised:
        changed(_asleep("HelmRelease", "Kustomization"), Resume(name="tools"))
    assert raised.value.candidates == ("media/tools (HelmRelease)", "media/tools (Kustomization)")


@pytest.mark.parametrize("operation", [Suspend, Resume])
def test_a_deployment_leaves_the_question_whether_what_deploys_it_shall_rest(
    operation: type[Suspend | Resume], changed: Changed
) -> None:
    web = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: tools, namespace: media}\n"
    web += "spec: {selector: {}, template: {spec: {containers: [{name: tools, image: 'x/tools:1.0'}]}}}\n"
    with pytest.raises(AmbiguousWorkload, match="cannot be suspended itself") as raised:
        changed(FILES | {RELEASE: web}, operation(name="tools"))
    assert raised.value.candidates == ("flux-system/tools (Kustomization)",)
    assert changed(FILES | {RELEASE: web}, Suspend(name=raised.value.candidates[0]))[0] == KUSTOMIZATION


def test_a_kustomization_of_other_apps_is_not_resumed_for_one(changed: Changed) -> None:
    files = _asleep("Kustomization", called="all")
    web = FILES[RELEASE].replace("tools", "web").replace("type: cronjob", "type: deployment")
    assert changed(files | {"apps/web.yaml": web}, Resume(name="web")) == []


def test_a_kustomization_of_that_name_is_meant_before_a_release_in_a_folder_of_it(changed: Changed) -> None:
    files = {
        "clusters/home/apps.yaml": FILES["clusters/home/apps.yaml"].replace("name: tools", "name: media"),
        "apps/media/release.yaml": FILES["apps/tools.yaml"].replace("name: tools, namespace", "name: films, namespace"),
    }
    assert changed(files, Suspend(name="media"))[0] == "clusters/home/apps.yaml"
    assert changed(files, Suspend(name="films", kind="HelmRelease"))[0] == "apps/media/release.yaml"


def test_a_job_of_a_chart_that_no_value_suspends_is_no_other_kind(changed: Changed) -> None:
    files = {
        "saver/Chart.yaml": "name: saver\nversion: 0.1.0\n",
        "saver/values.yaml": "schedule: 0 3 * * *\n",
        "saver/templates/job.yaml": "kind: CronJob\nmetadata:\n  name: saver\n"
        "spec:\n  schedule: {{ .Values.schedule }}\n",
    }
    with pytest.raises(EditRefused, match="do not tell where"):
        changed(files, Suspend(name="saver"))
