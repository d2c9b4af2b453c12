"""Hosts, schedules and settings that are called by their spoken names."""

from functools import lru_cache

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import InputInvalid
from assistant_core.gitops import Index
from assistant_core.models.change import ChangePlan
from assistant_core.models.plan import SetEnv, SetImage, SetReplicas, SetStorage, SetStorageClass, SetValue
from assistant_core.models.repository import Snapshot

from .conftest import FILES, spoken

_ROUTE = """---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: sonarr, namespace: media}
spec:
  tls: [{hosts: [series.example]}]
  rules: [{host: series.example}]
"""
_CHART = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: notes, namespace: argocd}
spec:
  destination: {namespace: home}
  source:
    repoURL: https://charts.example
    chart: notes
    targetRevision: 1.2.3
    helm:
      valuesObject:
        logLevel: info
        defaultShelfCount: 2
        writer: {image: {repository: acme/writer, tag: 1.0.0}, replicas: 1}
        reader: {image: {repository: acme/reader, tag: 1.0.0}, replicas: 1}
        retention: 7d
        ingress:
          hosts: [{host: notes.example}]
          tls: [{hosts: [notes.example]}]
"""


_DATABASE = """apiVersion: acid.zalan.do/v1
kind: postgresql
metadata: {name: main-db, namespace: data}
spec: {numberOfInstances: 2, volume: {size: 5Gi}, patroni: {clonePeriod: 100}}
"""
_POLICY = "spec.jobTemplate.spec.template.spec.restartPolicy"
_SEVERAL = "One change at a time. Which first: "


@lru_cache
def _index() -> Index:
    files = FILES | {"argocd/notes.yaml": _CHART, "apps/data/db.yaml": _DATABASE}
    files["apps/media/sonarr.yaml"] += _ROUTE
    return Index.of(Snapshot(commit="c" * 40, files={path: text.encode() for path, text in files.items()}))


def _planned(words: str, language: str = "en") -> ChangePlan | str | None:
    try:
        return plan_by_sentences(words, _index(), [spoken(language)])
    except InputInvalid as error:
        return str(error)


def _job(schedule: str) -> SetValue:
    return SetValue(name="backup", kind="CronJob", path="spec.schedule", value=schedule)


_HOST = SetValue(name="sonarr", namespace="media", kind="Ingress", path="spec.rules[0].host", value="films.example")
_DEBUG = SetEnv(name="sonarr", variable="LOG_LEVEL", value="debug")


@pytest.mark.parametrize(
    ("words", "plan"),
    [
        ("change the schedule of backup to every night at 3", _job("0 3 * * *")),
        ("run the backup every day at 5am", _job("0 5 * * *")),
        ('set the schedule of backup to "0 5 * * 1"', _job("0 5 * * 1")),
        ("set the schedule of backup to 0 5 * * 1", _job("0 5 * * 1")),
        ("run backup every 15 minutes", _job("*/15 * * * *")),
        ("run backup every 6 hours", _job("0 */6 * * *")),
        ("change the host of sonarr to films.example", _HOST),
        ("make sonarr reachable at https://films.example", _HOST),
        ("move the host of sonarr from series.example to films.example", _HOST),
        ("change the domain of notes to memo.example",
         SetValue(name="notes", path="ingress.hosts[0].host", value="memo.example")),
        ("set the log level of sonarr to debug", _DEBUG),
        ("set sonarr's log level to debug please", _DEBUG),
        ("could you turn the log level to debug for sonarr?", _DEBUG),
        ("set the time zone of sonarr to Europe/Paris", SetEnv(name="sonarr", variable="TZ", value="Europe/Paris")),
        ("set the log level of notes to debug", SetValue(name="notes", path="logLevel", value="debug")),
        ("increase the retention of notes to 30d", SetValue(name="notes", path="retention", value="30d")),
        ("set the storage class of jellyfin to fast", SetStorageClass(name="jellyfin", storage_class="fast")),
        ("move jellyfin to the fast storage class", SetStorageClass(name="jellyfin", storage_class="fast")),
        ("move jellyfin to the storage class fast-storage",
         SetStorageClass(name="jellyfin", storage_class="fast-storage")),
        ("set the time zone of backup to UTC", SetValue(name="backup", path="spec.timeZone", value="UTC")),
        ("set sonarr to 10.9.7", SetImage(name="sonarr", tag="10.9.7")),
    ],
)  # fmt: skip
def test_one_field_is_called_by_its_name(words: str, plan: ChangePlan) -> None:
    assert _planned(words) == plan


@pytest.mark.parametrize(
    ("words", "plan"),
    [
        ("lass backup jede Nacht um 3 Uhr laufen", _job("0 3 * * *")),
        ("ändere den Zeitplan von backup auf täglich um 4 Uhr", _job("0 4 * * *")),
        ("verschiebe backup auf 2 Uhr nachts", _job("0 2 * * *")),
        ("lass backup alle 30 Minuten laufen", _job("*/30 * * * *")),
        ("ändere den Hostnamen von sonarr auf films.example", _HOST),
        ("stelle das Log-Level von sonarr auf debug um", _DEBUG),
        ("stelle LOG_LEVEL von sonarr auf debug um", _DEBUG),
        ("ändere die Zeitzone von sonarr auf UTC", SetEnv(name="sonarr", variable="TZ", value="UTC")),
        ("setze die Speicherklasse von jellyfin auf fast", SetStorageClass(name="jellyfin", storage_class="fast")),
        ("vergrößere das Jellyfin-Volume auf 40 GB", SetStorage(name="jellyfin", size="40Gi")),
        ("spiele bei sonarr die Version 10.9.5 ein", SetImage(name="sonarr", tag="10.9.5")),
    ],
)
def test_german_calls_them_too(words: str, plan: ChangePlan) -> None:
    assert _planned(words, "de") == plan


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("change the host of radarr to films.example", "The files name no host of media/radarr."),
        ("change the schedule of sonarr to hourly", "media/sonarr is a Deployment, which has no schedule."),
        ("change the host of sonarr from a.example to b.example", "media/sonarr is reached at series.example now."),
        ("set the log level of sonarr to debug every night", None),
        ("run backup at 25:00", None),
        ("restart sonarr every night", None),
        ("scale sonarr to 2 at 3am", None),
        ("give sonarr 2 gigs and nginx:1.27", _SEVERAL + "'give sonarr 2 gigs' or 'give nginx:1.27 for sonarr'?"),
        ("set the memory of sonarr to plenty", None),
        ("don't set the log level of sonarr to debug", None),
        (
            "set the log level of sonarr to debug and restart it",
            _SEVERAL + "'set the log level of sonarr to debug' or 'restart it for sonarr'?",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_asked_or_left_alone(words: str, answer: str | None) -> None:
    assert _planned(words) == answer


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("set the log level of backup to debug", "home/backup is called LOG_LEVEL"),
        ("set the favourite colour of sonarr to blue", "media/sonarr is called favourite colour"),
    ],
)
def test_a_setting_that_is_not_there_is_asked_for(words: str, key: str) -> None:
    rest = "Say the variable or the path of keys as it is written."
    assert _planned(words) == f"Nothing in the files of {key}. {rest}"


@pytest.mark.parametrize(
    ("said", "value"),
    [("3.10", "3.10"), ("0755", "0755"), ("1e3", "1e3"), ("0.5", 0.5), ("8080", 8080), ("true", True), ("off", False)],
)
def test_what_is_more_than_a_number_stays_as_it_was_said(said: str, value: object) -> None:
    plan = _planned(f"set image.tag of notes to {said}")
    assert (type(plan), getattr(plan, "value", None)) == (SetValue, value)


_SIDECAR = """---
apiVersion: apps/v1
kind: Deployment
metadata: {name: films, namespace: media}
spec:
  selector: {matchLabels: {app: films}}
  template:
    metadata: {labels: {app: films}}
    spec:
      containers:
        - {name: films, image: "acme/films:1.0.0"}
        - {name: exporter, image: "acme/exporter:0.3.1"}
"""


def test_a_version_for_a_container_called_by_its_name_is_its_image() -> None:
    files = {"films.yaml": _SIDECAR.encode()}
    index = Index.of(Snapshot(commit="c" * 40, files=files))
    plan = plan_by_sentences("update the exporter of films to 0.4.0", index, [spoken("en")])
    assert plan == SetImage(name="films", container="exporter", tag="0.4.0")


def test_one_host_in_several_places_is_asked_about_by_its_places() -> None:
    twice = _CHART.replace("hosts: [{host: notes.example}]", "hosts: [{host: notes.example}, {host: notes.example}]")
    index = Index.of(Snapshot(commit="c" * 40, files={"notes.yaml": twice.encode()}))
    with pytest.raises(InputInvalid, match=r"ingress\.hosts\[0\]\.host, ingress\.hosts\[1\]\.host of home/notes could"):
        plan_by_sentences("set the host of notes to pages.example", index, [spoken("en")])


def test_what_would_be_an_older_chart_is_the_image() -> None:
    series = (
        _CHART.replace("notes", "series").replace("1.2.3", "4.4.0").replace("retention: 7d", "image: {tag: 4.0.16}")
    )
    index = Index.of(Snapshot(commit="c" * 40, files={"series.yaml": series.encode()}))
    plan = plan_by_sentences("update series to 4.0.17", index, [spoken("en")])
    assert plan == SetImage(name="series", tag="4.0.17")
    with pytest.raises(InputInvalid, match="Of home/series the image tag or the chart version can be meant"):
        plan_by_sentences("update series to 4.5.0", index, [spoken("en")])


_CRON = _SIDECAR.replace("exporter", "cron")


@pytest.mark.parametrize(
    "words", ["update the cron container of films to 0.4.0", "set the image of the container cron of films to 0.4.0"]
)
def test_a_container_may_be_called_like_a_kind(words: str) -> None:
    index = Index.of(Snapshot(commit="c" * 40, files={"films.yaml": _CRON.encode()}))
    assert plan_by_sentences(words, index, [spoken("en")]) == SetImage(name="films", container="cron", tag="0.4.0")


def test_a_name_in_capitals_is_the_value_that_a_chart_has_of_it() -> None:
    chart = _CHART.replace("retention: 7d", "config: {server: {SSH_PORT: 2222}, other: {NAME: a}, third: {NAME: b}}")
    index = Index.of(Snapshot(commit="c" * 40, files={"notes.yaml": chart.encode()}))
    plan = plan_by_sentences("set SSH_PORT of notes to 22", index, [spoken("en")])
    assert plan == SetValue(name="notes", path="config.server.SSH_PORT", value=22)
    with pytest.raises(InputInvalid, match=r"config\.other\.NAME, config\.third\.NAME of home/notes could be meant"):
        plan_by_sentences("set NAME of notes to c", index, [spoken("en")])


def test_a_parenthesis_that_belongs_to_a_value_stays() -> None:
    plan = _planned("set GREETING of sonarr to hello(world)")
    assert plan == SetEnv(name="sonarr", variable="GREETING", value="hello(world)")


@pytest.mark.parametrize(
    ("words", "name", "path", "value"),
    [
        ("set numberOfInstances of main-db to 3", "main-db", "spec.numberOfInstances", 3),
        ("set the clone period of main-db to 200", "main-db", "spec.patroni.clonePeriod", 200),
        ("set defaultShelfCount of notes to 3", "notes", "defaultShelfCount", 3),
        ("set restartPolicy of backup to OnFailure", "backup", _POLICY, "OnFailure"),
    ],
)
def test_a_field_of_a_manifest_is_found_by_the_name_that_it_has_there(
    words: str, name: str, path: str, value: int | str
) -> None:
    assert _planned(words) == SetValue(name=name, path=path, value=value)


def test_instances_are_counted_as_replicas() -> None:
    assert _planned("set the number of instances of main-db to 3") == SetReplicas(name="main-db", replicas=3)


def test_a_value_that_a_chart_of_several_workloads_has_once_needs_no_more_words() -> None:
    chart = _CHART.replace("chart: notes", "chart: kube-prometheus-stack")
    chart = chart.replace("retention: 7d", "prometheus: {prometheusSpec: {retentionSize: 45GB}}")
    index = Index.of(Snapshot(commit="c" * 40, files={"notes.yaml": chart.encode()}))
    path = "prometheus.prometheusSpec.retentionSize"
    assert plan_by_sentences("set retentionSize of notes to 90GB", index, [spoken("en")]) == SetValue(
        name="notes", path=path, value="90GB"
    )


def test_a_variable_that_one_part_of_a_release_has_is_that_part_s() -> None:
    part = "{containers: {app: {image: {repository: acme/a, tag: 1.0.0}, env: {NAME: a}}}}"
    chart = _CHART.replace("chart: notes", "chart: app-template").replace(
        "retention: 7d", f"controllers: {{web: {part}, worker: {part.replace('NAME', 'OTHER_NAME')}}}"
    )
    index = Index.of(Snapshot(commit="c" * 40, files={"notes.yaml": chart.encode()}))
    plan = plan_by_sentences("set OTHER_NAME of notes to b", index, [spoken("en")])
    assert plan == SetEnv(name="notes-worker", namespace="home", variable="OTHER_NAME", value="b")


def test_the_schedule_of_a_chart_s_job_is_set_where_its_values_have_it() -> None:
    chart = _CHART.replace("retention: 7d", 'cronjob: {schedule: "0 9 * * *"}').replace("writer:", "x:")
    index = Index.of(Snapshot(commit="c" * 40, files={"notes.yaml": chart.encode()}))
    assert plan_by_sentences("run notes every day at 3 am", index, [spoken("en")]) == SetValue(
        name="notes", kind="CronJob", path="cronjob.schedule", value="0 3 * * *"
    )


@pytest.mark.parametrize(
    ("words", "schedule"),
    [
        ("run prune at 6am", "0 6 * * 0"),
        ("change the schedule of prune to 4:30", "30 4 * * 0"),
        ("run prune daily at 6am", "0 6 * * *"),
        ("run prune every 6 hours", "0 */6 * * *"),
    ],
)
def test_another_time_alone_leaves_the_days(words: str, schedule: str) -> None:
    job = FILES["apps/home/backup.yaml"].replace("name: backup", "name: prune").replace("0 3 * * *", "0 5 * * 0")
    index = Index.of(Snapshot(commit="c" * 40, files={"prune.yaml": job.encode()}))
    plan = SetValue(name="prune", kind="CronJob", path="spec.schedule", value=schedule)
    assert plan_by_sentences(words, index, [spoken("en")]) == plan


def test_of_two_routes_to_one_app_each_is_named() -> None:
    routes = _ROUTE + _ROUTE.replace("{name: sonarr,", "{name: sonarr-plain, labels: {app: sonarr},")
    files = FILES | {"apps/media/sonarr.yaml": FILES["apps/media/sonarr.yaml"] + routes}
    index = Index.of(Snapshot(commit="c" * 40, files={path: text.encode() for path, text in files.items()}))
    asked = r"spec\.rules\[0\]\.host of sonarr, spec\.rules\[0\]\.host of sonarr-plain of media/sonarr could be meant"
    with pytest.raises(InputInvalid, match=asked):
        plan_by_sentences("change the host of sonarr to films.example", index, [spoken("en")])
