"""What the clusters deploy and on which nodes, in the words of each language."""

from datetime import UTC, datetime
from typing import Any

import pytest

from assistant_core.errors import ConnectionFailed, NotFound
from assistant_core.models.application import Application, HealthStatus, SyncStatus
from assistant_core.models.cluster import Node
from assistant_core.models.observation import Observation
from assistant_core.speech import Phrases

NOW = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)


def application(name: str, sync: str = "Synced", health: str = "Healthy") -> Application:
    return Application(
        namespace="argocd", name=name, project="", destination="", sync=SyncStatus(sync), health=HealthStatus(health),
        compared=(), operation=None, history=(), conditions=(),
    )  # fmt: skip


def node(name: str, *, ready: bool = True) -> Node:
    return Node(name=name, ready=ready, schedulable=True, version="v1.34.1", complaints=())


def seen(*things: Any) -> Observation[tuple[Any, ...]]:
    return Observation(value=things, at=NOW)


UNWELL = (
    application("web"),
    application("blog", sync="OutOfSync"),
    application("<b>grafana</b>", sync="OutOfSync", health="Degraded"),
    application("paperless", health="Progressing"),
    application("wiki", sync="Unknown"),
)


@pytest.fixture(params=["en", "de"])
def phrases(request: pytest.FixtureRequest) -> Phrases:
    return Phrases.load(request.param, time_zone=UTC, clock=lambda: NOW)


@pytest.fixture
def english() -> Phrases:
    return Phrases.load("en", time_zone=UTC, clock=lambda: NOW)


@pytest.fixture
def german() -> Phrases:
    return Phrases.load("de", time_zone=UTC, clock=lambda: NOW)


def test_the_worst_applications_are_named_in_two_sentences(english: Phrases, german: Phrases) -> None:
    assert english.say_applications(seen(*UNWELL)) == (
        "Of five applications in sync: two, healthy: three. These need a look: grafana is degraded and out of sync; "
        "paperless is still starting; blog is out of sync and one more."
    )
    assert german.say_applications(seen(*UNWELL)) == (
        "Von fünf Anwendungen synchron: zwei, gesund: drei. Einen Blick brauchen: grafana ist nicht gesund und nicht "
        "synchron; paperless ist noch im Start; blog ist nicht synchron und noch eins."
    )


def test_where_all_is_well_one_sentence_is_enough(english: Phrases, german: Phrases) -> None:
    assert (
        english.say_applications(seen(*map(application, "abc")))
        == "Three of three applications are in sync and healthy."
    )
    assert german.say_applications(seen(application("a"))) == "Die einzige Anwendung ist synchron und gesund."
    assert english.say_nodes(seen(*map(node, "ab"))) == "Two of two nodes are ready."
    assert german.say_nodes(seen(node("a"))) == "Der einzige Knoten ist bereit."


def test_nodes_that_are_not_ready_are_named(english: Phrases, german: Phrases) -> None:
    nodes = seen(node("k3s-1"), node("k3s-2", ready=False), node("k3s-3", ready=False))
    assert english.say_nodes(nodes) == "Of three nodes ready: one; not ready: k3s-2 and k3s-3."
    assert german.say_nodes(nodes) == "Von drei Knoten bereit: eins; nicht bereit: k3s-2 und k3s-3."
    assert english.say_nodes(seen(node("pi", ready=False))) == "The only node, pi, is not ready."


def test_every_state_of_an_application_has_words(phrases: Phrases) -> None:
    for sync in SyncStatus:
        for health in HealthStatus:
            assert phrases.say_applications(seen(application("web", sync, health)))


def test_what_is_not_set_up_not_installed_or_not_heard_of_is_said(english: Phrases) -> None:
    assert "No cluster is set up" in english.say_applications(None)
    assert "No cluster is set up" in english.say_nodes(None)
    absent = Observation[tuple[Application, ...]](error=NotFound("There is no Argo CD."))
    assert english.say_applications(absent) == "Neither Argo CD nor Flux deploys anything."
    gone = Observation[tuple[Node, ...]](error=ConnectionFailed("The cluster does not answer."), since=NOW)
    assert english.say_nodes(gone) == "The cluster does not answer since 14:30."
    assert english.say_nodes(Observation()) == "Nothing has been heard from the cluster yet."
