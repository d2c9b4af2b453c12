"""Sentences that have the words of a wish and wish for nothing, or for what cannot be meant."""

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import Incomplete
from assistant_core.gitops import Index, apply
from assistant_core.models.plan import Restart, SetEnv, SetImage, SetReplicas, SetResources, SetStorage
from assistant_core.models.repository import Snapshot

from .conftest import Planned, deployment, homelab, spoken


@pytest.mark.parametrize(
    "words",
    [
        "have you restarted sonarr",
        "i restarted sonarr",
        "sonarr restarted",
        "you should have restarted sonarr",
        "sonarr has 4 gigs of memory",
        "sonarr runs 3 replicas",
        "sonarr is set to 3 replicas",
        "we have 3 replicas of sonarr",
        "can sonarr run 3 replicas",
        "could sonarr run with 1 gig of memory",
        "set LOG_LEVEL of sonarr to nothing",
        "set LOG_LEVEL of sonarr back to default",
        "set the log level of sonarr to the same as radarr level",
        "give sonarr more than 3 gigs of memory",
        "give sonarr 3 gigs of cpu",
        "give sonarr 3 cores of memory",
        "give sonarr 1.500 MB",
    ],
)
def test_what_tells_or_asks_how_things_are_is_no_wish(planned: Planned, words: str) -> None:
    assert planned(words) is None


@pytest.mark.parametrize(
    "words",
    [
        "sonarr hat 4 Gigabyte Speicher",
        "sonarr läuft mit 3 Replikas",
        "kann sonarr mit 3 Replikas laufen",
        "gib sonarr 1.500 MB",
        "gib sonarr mehr als drei Gigabyte",
    ],
)
def test_in_german_neither(geplant: Planned, words: str) -> None:
    assert geplant(words) is None


@pytest.mark.parametrize(
    ("words", "plan"),
    [
        ("i want sonarr restarted", Restart(name="sonarr")),
        ("have sonarr restarted", Restart(name="sonarr")),
        ("could you get sonarr restarted", Restart(name="sonarr")),
        ("turn sonarr off and on again", Restart(name="sonarr")),
        ("can sonarr have 3 replicas", SetReplicas(name="sonarr", replicas=3)),
        ("let sonarr run 3 replicas", SetReplicas(name="sonarr", replicas=3)),
        ("set LOG_LEVEL of sonarr back to debug", SetEnv(name="sonarr", variable="LOG_LEVEL", value="debug")),
        (
            "set GREETING of sonarr to hi: you; there",
            SetEnv(name="sonarr", variable="GREETING", value="hi: you; there"),
        ),
        ("set the log level of sonarr to 08", SetEnv(name="sonarr", variable="LOG_LEVEL", value="08")),
        ("give sonarr no more than 3 gigs of memory", SetResources(name="sonarr", memory_limit="3Gi")),
        ("set the memory limit of sonarr to 768m", SetResources(name="sonarr", memory_limit="768Mi")),
    ],
)
def test_a_wish_may_be_said_that_way_too(planned: Planned, words: str, plan: object) -> None:
    assert planned(words) == plan


@pytest.mark.parametrize(
    ("words", "plan"),
    [
        ("schalte sonarr aus und wieder ein", Restart(name="sonarr")),
        ("kann sonarr 2 Gigabyte bekommen", SetResources(name="sonarr", memory_limit="2Gi")),
        ("sonarr soll mit 3 Replikas laufen", SetReplicas(name="sonarr", replicas=3)),
    ],
)
def test_in_german_as_well(geplant: Planned, words: str, plan: object) -> None:
    assert geplant(words) == plan


@pytest.mark.parametrize(
    ("words", "now"),
    [
        ("scale down radarr to 5", "runs 3 replicas"),
        ("scale up radarr to 2", "runs 3 replicas"),
        ("increase the memory of sonarr to 768Mi", "is 1Gi now"),
        ("lower the memory limit of sonarr to 2Gi", "is 1Gi now"),
        ("reduce the cores of ai-hub to 8", "is 4 now"),
    ],
)
def test_less_that_would_be_more_is_asked_back(planned: Planned, words: str, now: str) -> None:
    assert now in str(planned(words))


@pytest.mark.parametrize(
    ("words", "plan"),
    [
        ("scale down radarr to 2", SetReplicas(name="radarr", replicas=2)),
        ("scale up radarr to 3", SetReplicas(name="radarr", replicas=3)),
        ("increase the memory of sonarr to 2Gi", SetResources(name="sonarr", memory_limit="2Gi")),
        ("grow the volume of jellyfin to 30Gi", SetStorage(name="jellyfin", size="30Gi")),
    ],
)
def test_what_leads_where_it_was_said_to_is_done(planned: Planned, words: str, plan: object) -> None:
    assert planned(words) == plan


def test_nothing_is_restarted_where_nothing_runs() -> None:
    stopped = homelab().snapshot.files["apps/media/sonarr.yaml"].replace(b"replicas: 2", b"replicas: 0")
    index = Index.of(Snapshot(commit="d" * 40, files={"sonarr.yaml": stopped}))
    with pytest.raises(Incomplete, match="nothing to restart"):
        apply(Restart(name="sonarr", at="2026-01-01T00:00:00Z"), index)


def _image(tag: str, *, called: str = "sonarr") -> Index:
    text = deployment(called).replace("10.9.6", tag)
    return Index.of(Snapshot(commit="d" * 40, files={f"{called}.yaml": text.encode()}))


@pytest.mark.parametrize(
    ("now", "words", "tag"),
    [
        ("v1.13.3", "update sonarr to 1.14.0", "v1.14.0"),
        ("v1.13.3@sha256:" + "a" * 64, "update sonarr to 1.14.0", "v1.14.0"),
        ("1.13.3", "update sonarr to v1.14.0", "1.14.0"),
        ("v1.13.3", "update sonarr to v1.14.0", "v1.14.0"),
        ("v1.13.3", "set the image tag of sonarr to 1.14.0", "1.14.0"),
        ("main", "update sonarr to v1.14.0", "v1.14.0"),
    ],
)
def test_a_version_is_written_with_a_v_where_the_one_before_is(now: str, words: str, tag: str) -> None:
    assert plan_by_sentences(words, _image(now), [spoken("en")]) == SetImage(name="sonarr", tag=tag)


@pytest.mark.parametrize("words", ["restart a pod", "restart a container", "stop a deployment"])
def test_an_article_is_no_app_of_that_name(words: str) -> None:
    assert plan_by_sentences(words, _image("1.0.0", called="a"), [spoken("en")]) is None
