"""From what people say to the plan, in words and orders of all kinds."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import EditRefused, Incomplete, InputInvalid
from assistant_core.gitops import Index, plan_from
from assistant_core.models.change import (
    AddApp,
    RemoveApp,
    Restart,
    Resume,
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
from assistant_core.models.repository import Snapshot
from tests.core.planning.conftest import FILES, homelab, spoken

type Planned = Callable[[str], Any]


@pytest.mark.parametrize(
    ("words", "replicas"),
    [
        ("scale sonarr to 5", 5),
        ("Scale Sonarr up to three replicas, please.", 3),
        ("run three copies of sonarr", 3),
        ("set the number of replicas of sonarr to four", 4),
        ("double the replicas of sonarr", 4),
        ("triple sonarr", 6),
        ("halve sonarr", 1),
        ("scale sonarr by two", 4),
        ("scale sonarr down by one", 1),
        ("scale sonarr by a factor of two", 4),
        ("one more replica of sonarr", 3),
        ("give sonarr another pod", 3),
        ("add two pods to sonarr", 4),
        ("remove one replica from sonarr", 1),
        ("scale sonarr down to zero", 0),
        ("increase sonarr from 2 to 3 replicas", 3),
    ],
)
def test_replicas_are_counted_from_what_runs_now(planned: Planned, words: str, replicas: int) -> None:
    assert planned(words) == SetReplicas(name="sonarr", replicas=replicas)


@pytest.mark.parametrize(
    ("words", "slots"),
    [
        ("give radarr two gigs", {"memory_limit": "2Gi"}),
        ("give radarr 1.5 gigabytes of RAM", {"memory_limit": "1536Mi"}),
        ("give radarr one and a half gigs", {"memory_limit": "1536Mi"}),
        ("raise the memory of radarr from 1 to 2 gigs", {"memory_limit": "2Gi"}),
        ("raise the memory of radarr from 512 to 768 megs", {"memory_request": "768Mi"}),
        ("increase radarr's memory limit to 4096 megabytes", {"memory_limit": "4096Mi"}),
        ("increase the memory of radarr by 50 percent", {"memory_limit": "1536Mi"}),
        ("give radarr 20% more memory", {"memory_limit": "1229Mi"}),
        ("give radarr 2 more gigs of memory", {"memory_limit": "3Gi"}),
        ("twice as much memory for radarr", {"memory_limit": "2Gi"}),
        ("cut the memory of radarr in half", {"memory_limit": "512Mi"}),
        ("set the memory request and limit of radarr to 1Gi", {"memory_request": "1Gi", "memory_limit": "1Gi"}),
        ("make radarr use at most 512Mi", {"memory_limit": "512Mi"}),
        ("increase the memory of radarr by half", {"memory_limit": "1536Mi"}),
        ("set memory=2Gi on radarr", {"memory_limit": "2Gi"}),
        ("give radarr 256Mi", {"memory_limit": "256Mi", "memory_request": "256Mi"}),
        ("give radarr 500 millicores", {"cpu_request": "500m"}),
        ("give radarr 300m CPU", {"cpu_request": "300m"}),
        ("limit radarr to 2 cores", {"cpu_limit": "2"}),
        ("radarr needs half a core", {"cpu_request": "500m"}),
        ("half a core for radarr please", {"cpu_request": "500m"}),
        ("half the cpu of radarr", {"cpu_request": "50m"}),
        ("cap radarr at half a core", {"cpu_limit": "500m"}),
        ("set radarr cpu request to 250m and limit to 1", {"cpu_request": "250m", "cpu_limit": "1"}),
        ("give radarr 2 cores and 4 gigs of memory", {"cpu_request": "2", "memory_limit": "4Gi"}),
        ("give radarr 300Mi memory request", {"memory_request": "300Mi"}),
        (
            "give radarr 300Mi memory request and 2Gi memory limit",
            {"memory_request": "300Mi", "memory_limit": "2Gi"},
        ),
        ("memory request 300Mi memory limit 2Gi for radarr", {"memory_request": "300Mi", "memory_limit": "2Gi"}),
    ],
)
def test_memory_and_cpu_go_where_they_are_decided(planned: Planned, words: str, slots: dict[str, str]) -> None:
    assert planned(words) == SetResources(name="radarr", **slots)


@pytest.mark.parametrize(
    ("words", "plan"),
    [
        ("restart the home assistant", Restart(name="home-assistant")),
        ("do a rolling restart of sonarr", Restart(name="sonarr")),
        ("update jellyfin to 10.10.1", SetImage(name="jellyfin", tag="10.10.1")),
        ("update jellyfin to ten point ten point one", SetImage(name="jellyfin", tag="10.10.1")),
        ("bump jellyfin from 10.9.6 to 10.9.7", SetImage(name="jellyfin", tag="10.9.7")),
        ("update the sidecar of sonarr to 2.1.0", SetImage(name="sonarr", tag="2.1.0", container="sidecar")),
        ("update the sidecar container of sonarr to 2.1", SetImage(name="sonarr", tag="2.1", container="sidecar")),
        ("give the sidecar of sonarr 64Mi of memory",
         "media/sonarr has no container called 'sidecar'; it has sonarr."),
        ("set the image tag of sonarr to 1.27-alpine", SetImage(name="sonarr", tag="1.27-alpine")),
        ("use tag stable for sonarr", SetImage(name="sonarr", tag="stable")),
        ("switch sonarr to ghcr.io/x/y:1.2", SetImage(name="sonarr", image="ghcr.io/x/y:1.2")),
        ("use image nginx:1.27 for sonarr", SetImage(name="sonarr", image="nginx:1.27")),
        ("update traefik to 30.1.0", SetChartVersion(name="traefik", version="30.1.0")),
        ("bump the helm chart of traefik to 30.1.0", SetChartVersion(name="traefik", version="30.1.0")),
        ("set TZ of sonarr to Europe/Berlin", SetEnv(name="sonarr", variable="TZ", value="Europe/Berlin")),
        ("set TZ=Europe/Berlin on sonarr", SetEnv(name="sonarr", variable="TZ", value="Europe/Berlin")),
        ("set LOG_LEVEL to very loud for sonarr", SetEnv(name="sonarr", variable="LOG_LEVEL", value="very loud")),
        ("set the variable log_level of sonarr to debug",
         SetEnv(name="sonarr", variable="LOG_LEVEL", value="debug")),
        ("set DB_HOST of sonarr to jellyfin", SetEnv(name="sonarr", variable="DB_HOST", value="jellyfin")),
        ("remove the env var LOG_LEVEL from sonarr", SetEnv(name="sonarr", variable="LOG_LEVEL", value=None)),
        ("grow the jellyfin volume to 50 gigs", SetStorage(name="jellyfin", size="50Gi")),
        ("grow jellyfin to 50 gigs", SetStorage(name="jellyfin", size="50Gi")),
        ("double the jellyfin volume", SetStorage(name="jellyfin", size="40Gi")),
        ("set deployment.replicas of traefik to 3", SetValue(name="traefik", path="deployment.replicas", value=3)),
        ("set ingress.enabled of traefik to true", SetValue(name="traefik", path="ingress.enabled", value=True)),
        ("roll sonarr back to 4.0.2", SetImage(name="sonarr", tag="4.0.2")),
        ("pin sonarr to 4.0.9", SetImage(name="sonarr", tag="4.0.9")),
        ("rollout restart deployment/sonarr", Restart(name="sonarr")),
        ("restart all pods of sonarr", Restart(name="sonarr")),
        ("stop sonarr", SetReplicas(name="sonarr", replicas=0)),
        ("turn backup off", Suspend(name="backup")),
        ("suspend the backup cronjob", Suspend(name="backup")),
        ("resume backup", Resume(name="backup")),
        ("remove sonarr", RemoveApp(name="sonarr")),
        ("add a redis called cache in media", AddApp(name="cache", template="redis", namespace="media")),
        ("add a redis called cache to the namespace apps", AddApp(name="cache", template="redis", namespace="apps")),
        ("add a redis called redis in the app namespace", AddApp(name="redis", template="redis", namespace="app")),
        ("add a postgres database called books with 20 gigs of storage",
         AddApp(name="books", template="postgresql", storage="20Gi")),
        ("deploy a web app named blog with image ghcr.io/a/blog:1.2 on port 8080 at blog.home.lan in home",
         AddApp(name="blog", template="web", image="ghcr.io/a/blog:1.2", port=8080, host="blog.home.lan",
                namespace="home")),
        ('create a cronjob called prune with image alpine:3.20 on schedule "0 4 * * *" running "sh -c date"',
         AddApp(name="prune", template="cronjob", image="alpine:3.20", schedule="0 4 * * *",
                command=("sh", "-c", "date"))),
        ("give the ai hub 8 cores and 16 gigs of memory", SetVm(name="ai-hub", cores=8, memory=16384)),
        ("grow the disk of ai-hub by 36 gigs", SetVm(name="ai-hub", disk=100)),
    ],
)  # fmt: skip
def test_every_operation_can_be_said(planned: Planned, words: str, plan: object) -> None:
    assert planned(words) == plan


@pytest.mark.parametrize(
    ("words", "plan"),
    [
        ("verdopple die Replikate von sonarr", SetReplicas(name="sonarr", replicas=4)),
        ("noch eine Instanz von sonarr", SetReplicas(name="sonarr", replicas=3)),
        ("skaliere sonarr um zwei hoch", SetReplicas(name="sonarr", replicas=4)),
        ("skaliere sonarr auf null", SetReplicas(name="sonarr", replicas=0)),
        ("starte home assistant neu", Restart(name="home-assistant")),
        ("aktualisiere jellyfin auf 10.10.1", SetImage(name="jellyfin", tag="10.10.1")),
        ("setze das Image von sonarr auf nginx:1.27", SetImage(name="sonarr", image="nginx:1.27")),
        ("gib radarr 1,5 Gigabyte", SetResources(name="radarr", memory_limit="1536Mi")),
        ("erhöhe den Speicher von radarr von 1 auf 2 Gigabyte", SetResources(name="radarr", memory_limit="2Gi")),
        ("gib radarr 2 GB mehr Speicher", SetResources(name="radarr", memory_limit="3Gi")),
        ("reduziere den Speicher von radarr um die Hälfte",
         SetResources(name="radarr", memory_limit="512Mi")),
        ("setze TZ von sonarr auf Europe/Berlin", SetEnv(name="sonarr", variable="TZ", value="Europe/Berlin")),
        ("vergrößere das Volume von jellyfin auf 50 Gigabyte", SetStorage(name="jellyfin", size="50Gi")),
        ("aktualisiere das Chart von traefik auf 30.1.0", SetChartVersion(name="traefik", version="30.1.0")),
        ("halte den CronJob backup an", Suspend(name="backup")),
        ("setze backup fort", Resume(name="backup")),
        ("fahre sonarr auf null herunter", SetReplicas(name="sonarr", replicas=0)),
        ("füge eine Postgres-Datenbank namens books hinzu", AddApp(name="books", template="postgresql")),
        ("entferne sonarr", RemoveApp(name="sonarr")),
        ("erstelle ein redis namens cache im namespace media",
         AddApp(name="cache", template="redis", namespace="media")),
        ("gib der VM ai-hub 8 Kerne", SetVm(name="ai-hub", cores=8)),
        ("verdopple das Speicherlimit von sonarr", SetResources(name="sonarr", memory_limit="2Gi")),
        ("setze die Speicheranforderung von sonarr auf 256Mi", SetResources(name="sonarr", memory_request="256Mi")),
        ("gib sonarr 256 MB Speicheranforderung", SetResources(name="sonarr", memory_request="256Mi")),
        ("verdopple das Limit von sonarr", None),
        ("kann radarr 2 Gig kriegen", SetResources(name="radarr", memory_limit="2Gi")),
        ("wir brauchen 3 Replikate von sonarr", SetReplicas(name="sonarr", replicas=3)),
        ("sonarr bitte einmal durchstarten", Restart(name="sonarr")),
        ("vergrößere jellyfin auf 50 GB", SetStorage(name="jellyfin", size="50Gi")),
        ("starte sonarr nochmal neu", Restart(name="sonarr")),
        ("skaliere sonarr auf drei Repliken", SetReplicas(name="sonarr", replicas=3)),
        ("mach das Volume von jellyfin 50 GB groß", SetStorage(name="jellyfin", size="50Gi")),
        ("sonarr auf 4.0.9 hochziehen", SetImage(name="sonarr", tag="4.0.9")),
        ("bumpe sonarr auf 4.0.9", SetImage(name="sonarr", tag="4.0.9")),
        ("radarr braucht 2 gigs ram", SetResources(name="radarr", memory_limit="2Gi")),
    ],
)  # fmt: skip
def test_german_comes_to_the_same_plans(geplant: Planned, words: str, plan: object) -> None:
    assert geplant(words) == plan


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("scale Sonarrs to 3", "sonarr"),
        ("scale sonar to 3", "sonarr"),
        ("scale jelly fin to 3", "jellyfin"),
        ("scale jelyfin to 3", "jellyfin"),
        ("scale HomeAssistant to 3", "home-assistant"),
        ("scale media/sonarr to 3", "media/sonarr"),
    ],
)
def test_names_are_known_as_they_are_spoken(planned: Planned, words: str, name: str) -> None:
    assert planned(words) == SetReplicas(name=name, replicas=3)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("give jellyfin more memory", "The memory limit of media/jellyfin is 1Gi now. How much shall it be?"),
        ("more memory for jellyfin", "The memory limit of media/jellyfin is 1Gi now. How much shall it be?"),
        ("scale up sonarr", "media/sonarr runs 2 replicas. How many shall it run?"),
        ("halve radarr", "1.5 is no whole number. How many replicas of media/radarr do you want?"),
        ("scale sonarr from 4 to 5", "media/sonarr runs 2 replicas, not 4. How many shall it run?"),
        ("raise the memory of sonarr from 4 to 5 gigs",
         "The memory limit of media/sonarr is 1Gi now, not 4Gi. How much shall it be?"),
        ("double the cpu limit of sonarr",
         "The CPU limit of media/sonarr is not set in one place, so I cannot count from it. How much shall it be?"),
        ("bump sonarr from 10.9.5 to 10.9.7", "No version of media/sonarr is 10.9.5 now. Which one shall it be?"),
        ("install postgres", "What shall the new app be called?"),
        ("double the memory of web",
         "Several workloads are called 'web': blue/web or green/web. Say which one you mean."),
        ("scale sonarr to many", '"many" is not a number of replicas; say for example "scale sonarr to 3".'),
    ],
)  # fmt: skip
def test_what_stays_open_is_asked(planned: Planned, words: str, answer: str) -> None:
    assert planned(words) == answer


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("gib jellyfin mehr Speicher", "Eingestellt ist gerade 1 Gigabyte. Wie viel soll es sein?"),
        ("halbiere radarr", "1.5 ist keine ganze Zahl. Wie viele sollen es sein?"),
        ("skaliere sonarr von 4 auf 5", "Von sonarr läuft gerade 2, nicht 4. Wie viele sollen es sein?"),
        ("verdopple das CPU-Limit von sonarr",
         "Das ist nicht an einer Stelle eingestellt, deshalb kann ich nicht davon ausgehen. Wie viel soll es sein?"),
        ("gib ai-hub mehr Speicher", "Sag, wie viel Speicher ai-hub haben soll."),
        ("gib der vm ai-hub mehr Kerne", "Sag, wie viele Kerne ai-hub haben soll."),
        ("installiere postgres", "Wie soll die neue Anwendung heißen?"),
    ],
)  # fmt: skip
def test_german_asks_in_german(geplant: Planned, words: str, answer: str) -> None:
    assert geplant(words) == answer


@pytest.mark.parametrize(
    "words",
    [
        "don't restart sonarr",
        "never give sonarr 2 gigs",
        "restart sonarr tomorrow",
        "restart everything except sonarr",
        "what is wrong with jellyfin",
        "how many replicas does sonarr have",
        "remove the memory limit of sonarr",
        "raise the memory of sonarr 2 gigs",
        "turn on the kitchen light",
        "delete the ingress of sonarr",
        "give sonarr 2 gigs of storage and memory",
        "update sonarr to the newest version that works",
        "restart sonarr with 3 replicas",
        "remove the volume of jellyfin",
        "should I restart sonarr?",
        "delete one sonarr pod",
        "delete the jellyfin namespace",
        "",
        "sonarr",
        "\x00\u202e \ud800",
    ],
)
def test_what_is_not_wholly_understood_is_left_alone(planned: Planned, words: str) -> None:
    assert planned(words) is None


WORDS = st.sampled_from([
    "scale", "sonarr", "jellyfin", "to", "from", "by", "of", "the", "two", "3", "1.5", "2Gi", "500m", "half", "double",
    "more", "memory", "cpu", "cores", "replicas", "volume", "set", "TZ=", "TZ", "image", "x/y:1", "tag", "v1.2",
    "chart", "add", "redis", "called",
    "cache", "in", "media", "restart", "every", "*", "/", "not", "and", ",", "-", "'", '"',
    "gigs",
])  # fmt: skip


@settings(max_examples=300)
@given(text=st.lists(WORDS, max_size=14).map(" ".join) | st.text(max_size=60))
def test_no_words_whatever_stop_the_reader(text: str) -> None:
    for language in ("en", "de"):
        try:
            plan = plan_by_sentences(text, homelab(), [spoken(language)])
        except InputInvalid, EditRefused:
            continue
        assert plan is None or plan_from({key: value for key, value in asdict(plan).items() if key != "command"})


@pytest.mark.parametrize(
    ("words", "plan"),
    [
        ("set PORT of sonarr to 9090", SetEnv(name="sonarr", variable="PORT", value="9090")),
        ("set LOG_LEVEL to debug in the server container of sonarr",
         SetEnv(name="sonarr", variable="LOG_LEVEL", value="debug", container="server")),
        ("set cpu of sonarr to 2 and memory to 4Gi",
         SetResources(name="sonarr", cpu_request="2", memory_limit="4Gi")),
        ("shut sonarr down", SetReplicas(name="sonarr", replicas=0)),
        ("let the backup run again", Resume(name="backup")),
        ("go back to version 10.9.5 of sonarr", SetImage(name="sonarr", tag="10.9.5")),
        ("deploy nginx 1.27.0 as web-site on port 8080 with host web.home.example",
         AddApp(name="web-site", template="web", image="nginx:1.27.0", port=8080, host="web.home.example")),
        ("add redis 7.2.4 called cache", AddApp(name="cache", template="redis", image="redis:7.2.4")),
        *((f"create a cron job called tidy with image acme/tidy:1.0 running {when}",
           AddApp(name="tidy", template="cronjob", image="acme/tidy:1.0", schedule=schedule))
          for when, schedule in (
              ("at 3 am", "0 3 * * *"), ("every night at three", "0 3 * * *"), ("every monday at 6:30", "30 6 * * 1"),
              ("every sunday at four in the afternoon", "0 16 * * 0"), ("daily at 12 am", "0 0 * * *"),
              ("on weekdays at 7pm", "0 19 * * 1-5"), ("every hour", "@hourly"), ("weekly", "@weekly"))),
    ],
)  # fmt: skip
def test_more_ways_to_say_it(planned: Planned, words: str, plan: object) -> None:
    assert planned(words) == plan


@pytest.mark.parametrize(
    ("words", "plan"),
    [
        ("erhöhe die Replicas von sonarr auf drei", SetReplicas(name="sonarr", replicas=3)),
        ("fahre sonarr herunter", SetReplicas(name="sonarr", replicas=0)),
        ("mach sonarr aus", SetReplicas(name="sonarr", replicas=0)),
        ("kannst du sonarr mal bitte 8 GB RAM geben", SetResources(name="sonarr", memory_limit="8Gi")),
        ("fahre sonarr auf drei hoch", SetReplicas(name="sonarr", replicas=3)),
        ("lass das backup wieder laufen", Resume(name="backup")),
        ("installiere eine postgresql datenbank namens notes-db mit 5 GB",
         AddApp(name="notes-db", template="postgresql", storage="5Gi")),
        ("ich würde gerne sonarr neu starten", Restart(name="sonarr")),
        ("könntest du sonarr auf 4.0.11 heben", SetImage(name="sonarr", tag="4.0.11")),
        ("setze PORT von sonarr auf 9090", SetEnv(name="sonarr", variable="PORT", value="9090")),
        *((f"erstelle einen job namens tidy mit image acme/tidy:1.0 {when}",
           AddApp(name="tidy", template="cronjob", image="acme/tidy:1.0", schedule=schedule))
          for when, schedule in (
              ("jede nacht um drei", "0 3 * * *"), ("jeden tag um 6 uhr 30", "30 6 * * *"),
              ("jeden montag um acht uhr abends", "0 20 * * 1"), ("stündlich", "@hourly"))),
    ],
)  # fmt: skip
def test_more_ways_to_say_it_in_german(geplant: Planned, words: str, plan: object) -> None:
    assert geplant(words) == plan


@pytest.mark.parametrize("version", ["v30.1.0", "3.2.1", "28.9.9", "60.1.0"])
def test_a_version_that_a_chart_can_hardly_have_is_asked_about(
    planned: Planned, geplant: Planned, version: str
) -> None:
    asked = "The files of traefik/traefik tell only the version of its chart, which is 29.0.0. "
    assert planned(f"update traefik to {version}") == (f"{asked}Say whether the chart or the image shall be {version}.")
    gefragt = "In den Dateien von traefik steht nur die Version des Charts, und das ist 29.0.0. "
    assert geplant(f"aktualisiere traefik auf {version}") == (
        f"{gefragt}Sag, ob das Chart oder das Image auf {version} soll."
    )


@pytest.mark.parametrize(("chart", "version"), [("0.1.52", "2.1.2"), ("10.1.2", "12.2.0"), ("1.0.12", "1.110.0")])
def test_the_next_version_of_a_chart_is_not_far_away(chart: str, version: str) -> None:
    files = {path: text.replace("29.0.0", chart) for path, text in FILES.items()}
    index = Index.of(Snapshot(commit="c" * 40, files={path: text.encode() for path, text in files.items()}))
    with pytest.raises(Incomplete, match=rf"whether the chart or the image shall be {version}"):
        plan_by_sentences(f"update traefik to {version}", index, [spoken("en")])


@pytest.mark.parametrize(
    "words",
    ["schalte sonarr wieder ein", "soll ich sonarr neu starten?", "schalte sonarr", "würde ich sonarr neu starten"],
)
def test_german_that_is_no_change_is_left_alone(geplant: Planned, words: str) -> None:
    assert geplant(words) is None
