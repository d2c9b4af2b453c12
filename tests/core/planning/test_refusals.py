"""Refusals and questions of the engine, in the words of the person who asked."""

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import HomelabError, InputInvalid
from assistant_core.gitops import apply
from assistant_core.models.plan import (
    AddApp,
    ChangePlan,
    Restart,
    SetChartVersion,
    SetEnv,
    SetImage,
    SetReplicas,
    SetResources,
    SetStorage,
    SetValue,
    SetVm,
    Suspend,
)
from tests.core.planning.conftest import homelab, spoken


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (SetReplicas(name="backup", replicas=2), "Backup ist ein CronJob und hat keine Anzahl von Replikaten."),
        (Restart(name="backup"), "Backup ist ein CronJob, der wird nicht neu gestartet."),
        (SetStorage(name="jellyfin", size="5Gi"), "Kleiner geht nicht: jellyfin hat schon 20 Gigabyte."),
        (SetStorage(name="sonarr", size="5Gi"), "Von sonarr finde ich kein Volume in den Dateien."),
        (SetStorage(name="jellyfin", size="50"), "Sag die Einheit dazu, etwa 512 Megabyte oder 2 Gigabyte."),
        (SetResources(name="jellyfin", memory_request="2Gi"),
         "Die Anforderung von jellyfin wäre mit 2 Gigabyte höher als das Limit von 1 Gigabyte."),
        (SetResources(name="jellyfin", memory_limit="viel"), "„viel“ ist keine Menge, wie etwa 500m oder 2Gi."),
        (SetChartVersion(name="sonarr", version="1.2.3"), "Sonarr kommt nicht aus einem Helm-Chart."),
        (SetChartVersion(name="traefik", version="neu"), "„neu“ ist keine Version eines Charts, wie etwa 1.2.3."),
        (Suspend(name="sonarr"),
         "Sonarr ist ein Deployment. Anhalten kann ich CronJobs, HelmReleases und Kustomizations von Flux."),
        (SetImage(name="sonarr"), "Sag entweder den neuen Tag oder das ganze neue Image."),
        (SetImage(name="sonarr", tag="a b"), "„a b“ ist kein Tag eines Images."),
        (SetEnv(name="sonarr", variable="A B", value="1"), "„A B“ ist kein gültiger Name."),
        (SetValue(name="sonarr", path="spec.template", value=1),
         "Unter spec.template stehen mehrere Werte. Sag, welchen du meinst."),
        (AddApp(name="sonarr", template="redis"), "Sonarr gibt es schon."),
        (SetVm(name="ai-hub"), "Sag, wie viele Kerne, wie viel Speicher oder Platte die Maschine haben soll."),
        (SetVm(name="ai-hub", disk=8), "Kleiner geht nicht: ai-hub hat schon 64 Gigabyte."),
        (SetVm(name="ai-hub", cores=1000), "Das muss eine Zahl von 1 bis 256 sein."),
    ],
)  # fmt: skip
def test_german_hears_why_in_german(plan: ChangePlan, said: str) -> None:
    with pytest.raises(HomelabError) as raised:
        apply(plan, homelab())
    assert spoken("de").phrases.say_error(raised.value) == said


def test_english_hears_quantities_as_people_say_them() -> None:
    with pytest.raises(HomelabError) as raised:
        apply(SetStorage(name="jellyfin", size="5Gi"), homelab())
    said = spoken("en").phrases.say_error(raised.value)
    assert said == "A volume cannot shrink: jellyfin has 20 gigabytes already."


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "should sonarr have 3 replicas"),
        ("en", "is sonarr at 3 replicas?"),
        ("en", "is jellyfin on 10.10.1"),
        ("en", "has sonarr 3 replicas"),
        ("de", "ist jellyfin auf 10.10.1"),
        ("de", "läuft sonarr mit 3 Replikaten?"),
        ("de", "braucht radarr 2 GB"),
        ("de", "soll sonarr 3 Replikate haben"),
    ],
)
def test_a_question_changes_nothing(language: str, words: str) -> None:
    assert plan_by_sentences(words, homelab(), [spoken(language)]) is None


@pytest.mark.parametrize("replicas", [-5, 5000, True, "many"])
def test_a_path_to_the_replicas_takes_no_other_number_than_they_do(replicas: str | int) -> None:
    with pytest.raises(InputInvalid, match="whole number from 0 to 100"):
        apply(SetValue(name="sonarr", path="spec.replicas", value=replicas), homelab())
