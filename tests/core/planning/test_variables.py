"""Variables that are called like words of ours, and their values: as written, or as people say them."""

from functools import lru_cache
from typing import Any

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import Incomplete
from assistant_core.gitops import Index
from assistant_core.models.plan import SetEnv, SetImage, SetReplicas, SetResources, SetValue
from assistant_core.models.repository import Snapshot

from .conftest import spoken

_NAMES = ("VERSION", "MEMORY", "REPLICAS", "A", "TAG", "LIMIT", "NAMESPACE", "CPU")
FILES = {
    "game.yaml": """apiVersion: apps/v1
kind: StatefulSet
metadata: {name: minecraft, namespace: games}
spec:
  replicas: 1
  selector: {matchLabels: {app: minecraft}}
  template:
    metadata: {labels: {app: minecraft}}
    spec:
      containers:
        - name: minecraft
          image: example/minecraft:2024.12.1
          resources: {limits: {memory: 5Gi}}
          env:
            - {name: TZ, value: UTC}
            - {name: LOG_LEVEL, value: INFO}
"""
    + "".join(f'            - {{name: {each}, value: "1"}}\n' for each in _NAMES),
    "dns.yaml": """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: pihole, namespace: argocd}
spec:
  destination: {namespace: dns}
  source:
    chart: pihole
    repoURL: https://charts.example
    targetRevision: 2.26.2
    helm:
      valuesObject: {DNS1: 9.9.9.9, image: {tag: 2024.7.0}, logs: {general: {level: WARN}}, extraEnvVars: {TZ: UTC}}
""",
}


@lru_cache
def _index() -> Index:
    return Index.of(Snapshot(commit="c" * 40, files={path: text.encode() for path, text in FILES.items()}))


def _planned(words: str, language: str = "en") -> Any:
    return plan_by_sentences(words, _index(), [spoken(language)])


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "set {} of minecraft to 4"),
        ("en", "set the variable {} of minecraft to 4"),
        ("de", "setze {} von minecraft auf 4"),
    ],
)
def test_a_variable_in_capitals_is_meant_where_the_workload_has_it(language: str, words: str, name: str) -> None:
    assert _planned(words.format(name), language) == SetEnv(name="minecraft", variable=name, value="4")


def test_it_may_be_taken_away_too() -> None:
    assert _planned("remove VERSION from minecraft") == SetEnv(name="minecraft", variable="VERSION", value=None)


@pytest.mark.parametrize(
    ("words", "plan"),
    [
        ("set the memory limit of minecraft to 6Gi", SetResources(name="minecraft", memory_limit="6Gi")),
        ("give minecraft 6Gi of memory", SetResources(name="minecraft", memory_limit="6Gi")),
        ("set the image tag of minecraft to 1.21.4", SetImage(name="minecraft", tag="1.21.4")),
        ("scale minecraft to 3", SetReplicas(name="minecraft", replicas=3)),
        ("SCALE MINECRAFT TO 3 REPLICAS", SetReplicas(name="minecraft", replicas=3)),
        ("set VERSION of pihole to 2024.8.0", SetImage(name="pihole", tag="2024.8.0")),
    ],
)
def test_otherwise_it_is_the_word(words: str, plan: object) -> None:
    assert _planned(words) == plan


def test_a_value_of_a_chart_in_capitals_is_no_variable() -> None:
    assert _planned("set DNS1 of pihole to 1.1.1.1") == SetValue(name="pihole", path="DNS1", value="1.1.1.1")


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("set the time zone of minecraft to Berlin", "Europe/Berlin"),
        ("set the time zone of minecraft to los angeles", "America/Los_Angeles"),
        ("set TZ of minecraft to europe/berlin", "Europe/Berlin"),
        ("set TZ of pihole to Vienna", "Europe/Vienna"),
        ("set TZ of minecraft to CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0"),
    ],
)
def test_a_time_zone_may_be_called_by_its_city(words: str, value: str) -> None:
    assert _planned(words).value == value


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("set TAG of minecraft to a.example,b.example", "a.example,b.example"),
        ("set TAG to de,en for minecraft, please", "de,en"),
        ("set TAG of minecraft to a, b and c", "a, b and c"),
        ("set TAG=x,y on minecraft", "x,y"),
        ("set TAG of minecraft to x=y", "x=y"),
        ("set TAG of minecraft to 10,5", "10,5"),
        ("set TAG of minecraft to the value debug", "debug"),
        ("set TAG of minecraft to debug again, please", "debug"),
        ("set TAG of minecraft to debug for now", "debug"),
        ("add the variable TAG with the value debug to minecraft", "debug"),
    ],
)
def test_a_value_is_what_was_said_and_no_more(words: str, value: str) -> None:
    assert _planned(words) == SetEnv(name="minecraft", variable="TAG", value=value)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("set REPLICAS of minecraft to thirty", "30"),
        ("set the limit variable of minecraft to thirty", None),
        ("set NEW_ONE of minecraft to twenty one", "21"),
        ("set LOG_LEVEL of minecraft to seven", "seven"),
    ],
)
def test_a_number_in_words_is_written_in_digits_where_numbers_stand(words: str, value: str | None) -> None:
    assert getattr(_planned(words), "value", None) == value


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "TAG von minecraft auf debug setzen"),
        ("de", "setze TAG bei minecraft auf den Wert debug"),
        ("de", "füge minecraft die Variable TAG mit dem Wert debug hinzu"),
        ("de", "stell TAG bei minecraft auf debug um"),
    ],
)
def test_german_puts_words_around_a_value_too(language: str, words: str) -> None:
    assert _planned(words, language) == SetEnv(name="minecraft", variable="TAG", value="debug")


@pytest.mark.parametrize(
    "words",
    [
        "set TAG of minecraft to debug when it rains",
        "set TAG of minecraft to debug if possible",
        "set TAG of minecraft to debug instead of 1",
        "set MEMORY of minecraft to 6 gigs",
    ],
)
def test_what_may_be_more_than_a_value_is_not_read(words: str) -> None:
    assert _planned(words) is None


def test_a_time_zone_that_does_not_exist_is_asked_back() -> None:
    with pytest.raises(Incomplete, match="Middelerde is no time zone") as raised:
        _planned("setze die Zeitzone von minecraft auf Middelerde", "de")
    assert "Middelerde ist keine Zeitzone" in spoken("de").phrases.say_error(raised.value)


@pytest.mark.parametrize(("name", "value"), [("minecraft", "DEBUG"), ("pihole", "DEBUG")])
def test_a_level_is_written_as_loud_as_it_was(name: str, value: str) -> None:
    assert _planned(f"set the log level of {name} to debug").value == value


def test_what_is_no_job_says_so_in_german_too() -> None:
    with pytest.raises(Exception, match="has no schedule") as raised:
        _planned("lass minecraft jede Stunde laufen", "de")
    assert "ist kein CronJob" in spoken("de").phrases.say_error(raised.value)  # type: ignore[arg-type]
