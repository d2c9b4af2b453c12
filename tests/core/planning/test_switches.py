"""Features of a chart that are switched on and off by their names."""

from functools import lru_cache

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import AmbiguousWorkload, Incomplete
from assistant_core.gitops import Index
from assistant_core.models.plan import ChangePlan, SetReplicas, SetValue
from assistant_core.models.repository import Snapshot

from .conftest import FILES, spoken

GRAFANA = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: grafana, namespace: argocd}
spec:
  destination: {namespace: watch}
  source:
    repoURL: https://charts.example
    chart: grafana
    targetRevision: 8.0.0
    helm:
      valuesObject:
        ingress: {enabled: false, tls: {enabled: true}}
        persistence: {enabled: true, size: 1Gi}
        serviceMonitor: {enabled: false}
        sidecar: {dashboards: {enabled: true}, plugins: {enabled: true}, alerts: {plugins: {enabled: true}}}
"""


PAPERLESS = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: paperless, namespace: argocd}
spec:
  destination: {namespace: home}
  source:
    repoURL: https://charts.example
    chart: paperless
    targetRevision: 1.0.0
    helm:
      valuesObject:
        ingress: {main: {enabled: true}}
        persistence: {data: {enabled: true}, media: {enabled: false}}
        postgresql: {enabled: true, image: {tag: 16.0.0}}
        redis: {enabled: true, metrics: {enabled: false}, persistence: {enabled: true}}
"""


@lru_cache
def _index() -> Index:
    files = {**FILES, "argocd/grafana.yaml": GRAFANA, "argocd/paperless.yaml": PAPERLESS}
    return Index.of(Snapshot(commit="c" * 40, files={path: text.encode() for path, text in files.items()}))


def _planned(words: str, language: str = "en") -> ChangePlan | None:
    return plan_by_sentences(words, _index(), [spoken(language)])


@pytest.mark.parametrize(
    ("language", "words", "path", "value"),
    [
        ("en", "enable ingress for grafana", "ingress.enabled", True),
        ("en", "turn on the ingress of grafana", "ingress.enabled", True),
        ("en", "turn the ingress of grafana on", "ingress.enabled", True),
        ("en", "please disable persistence on grafana", "persistence.enabled", False),
        ("en", "switch off grafana's persistence", "persistence.enabled", False),
        ("en", "enable the service monitor for grafana", "serviceMonitor.enabled", True),
        ("de", "aktiviere den Ingress für grafana", "ingress.enabled", True),
        ("de", "schalte die Persistenz von grafana aus", "persistence.enabled", False),
        ("de", "schalte Ingress bei grafana ein", "ingress.enabled", True),
        ("de", "Persistenz von grafana deaktivieren", "persistence.enabled", False),
    ],
)
def test_a_feature_is_switched_where_the_values_name_it(language: str, words: str, path: str, value: bool) -> None:  # noqa: FBT001 - pytest's
    assert _planned(words, language) == SetValue(name="grafana", path=path, value=value)


def test_several_switches_of_that_name_are_asked_about() -> None:
    with pytest.raises(AmbiguousWorkload) as raised:
        _planned("disable plugins for grafana")
    assert raised.value.candidates == ("sidecar.plugins.enabled", "sidecar.alerts.plugins.enabled")


@pytest.mark.parametrize(
    ("language", "words", "path"),
    [
        ("en", "disable redis of paperless", "redis.enabled"),
        ("de", "schalte redis von paperless aus", "redis.enabled"),
        ("en", "disable postgresql of paperless", "postgresql.enabled"),
        ("en", "disable the ingress of paperless", "ingress.main.enabled"),
        ("en", "disable the data persistence of paperless", "persistence.data.enabled"),
        ("en", "disable persistence data of paperless", "persistence.data.enabled"),
    ],
)
def test_a_chart_inside_and_the_only_part_of_a_feature_are_switched(language: str, words: str, path: str) -> None:
    assert _planned(words, language) == SetValue(name="paperless", path=path, value=False)


def test_a_feature_of_several_parts_is_not_taken_for_that_of_a_chart_inside() -> None:
    with pytest.raises(AmbiguousWorkload) as raised:
        _planned("disable persistence of paperless")
    parts = ("persistence.data.enabled", "persistence.media.enabled")
    assert raised.value.candidates == ("redis.persistence.enabled", *parts)


@pytest.mark.parametrize("words", ["enable metrics for grafana", "enable metrics for sonarr"])
def test_what_the_values_do_not_name_is_asked_back(words: str) -> None:
    with pytest.raises(Incomplete, match=r"set metrics\.enabled of \w+ to true"):
        _planned(words)


def test_the_path_that_is_suggested_begins_where_the_values_do() -> None:
    with pytest.raises(Incomplete, match=r"set persistence\.films\.enabled of paperless to true"):
        _planned("enable films persistence for paperless")


def test_an_app_is_still_switched_off_as_a_whole() -> None:
    assert _planned("turn off sonarr") == SetReplicas(name="sonarr", replicas=0)
    assert _planned("schalte sonarr aus", "de") == SetReplicas(name="sonarr", replicas=0)


@pytest.mark.parametrize(
    "words", ["enable grafana", "enable ingress tomorrow for grafana", "do not enable ingress for grafana"]
)
def test_what_is_not_plain_is_not_read(words: str) -> None:
    assert _planned(words) is None
